/* What the server counts of listening: its answers and the questions pages ask. Rates are 0..1, times RFC 3339. */
import useSWR from 'swr';
import { apiPath, type Query } from './client';
import type { GenreRef, Track } from './types';

export interface Period {
	from: string;
	/** exclusive */
	to: string;
	interval: 'hour' | 'day' | 'week' | 'month';
	days: number;
}

export interface Sums {
	plays: number;
	starts: number;
	completes: number;
	skips: number;
	heard_ms: number;
	completion_rate: number | null;
}

export interface Part extends Sums {
	name: string;
}

export interface ArtistRef {
	id: number;
	name: string;
	cover_url: string | null;
}

export interface AlbumRef {
	id: number;
	title: string;
	artist: string | null;
	artist_id: number | null;
	year: number | null;
	cover_url: string | null;
}

interface Heard {
	plays: number;
	heard_ms: number;
}

export interface TopTrack extends Heard {
	track: Track;
}
export interface TopArtist extends Heard {
	artist: ArtistRef;
}
export interface TopAlbum extends Heard {
	album: AlbumRef;
}
export interface TopGenre extends Heard {
	genre: GenreRef;
}

export interface Point extends Heard {
	at: string;
	skips?: number;
	listeners?: number;
	listeners_28d?: number;
	active_users?: number;
	new_users?: number;
	searches?: number;
	requests?: number;
	errors?: number;
}

export interface Streaks {
	current_days: number;
	longest_days: number;
	longest_from: string | null;
	longest_to: string | null;
}

export interface UserStats {
	user_id: number;
	period: Period;
	totals: Sums & { tracks: number; artists: number; albums: number; active_days: number };
	previous: Heard;
	series: Point[];
	/** Seven days from Monday, 24 hours each, milliseconds heard. */
	weekday_hours: number[][];
	streaks: Streaks;
	top_tracks: TopTrack[];
	top_artists: TopArtist[];
	top_albums: TopAlbum[];
	top_genres: TopGenre[];
	sources: Part[];
	platforms: Part[];
	devices: Part[];
	clients: Part[];
	rediscover: { track: Track; plays: number; last_played_at: string }[];
}

export interface Recap {
	year: number;
	user: { id: number; username: string; full_name: string | null };
	heard_ms: number;
	plays: number;
	tracks: number;
	artists: number;
	albums: number;
	genres: number;
	active_days: number;
	longest_streak_days: number;
	new_artists: number;
	months: ({ month: number } & Heard)[];
	weekday_hours: number[][];
	peak: { weekday: number; hour: number } | null;
	top_day: ({ date: string } & Heard) | null;
	first_play: { track: Track; played_at: string } | null;
	top_tracks: TopTrack[];
	top_artists: TopArtist[];
	top_albums: TopAlbum[];
	top_genres: TopGenre[];
	previous_year: Heard;
}

export interface TrackStats {
	track: Track;
	period: Period;
	totals: Sums & { listeners: number };
	series: Point[];
	sources: Part[];
}

export interface ArtistStats {
	artist: ArtistRef;
	period: Period;
	totals: Sums & { listeners: number; listeners_28d: number };
	previous: Heard & { listeners: number };
	series: Point[];
	sources: Part[];
	tracks: ({ track: Track } & Sums)[];
}

export interface PlatformStats {
	period: Period;
	totals: Sums & {
		listeners: number;
		active_users: number;
		new_users: number;
		users: number;
		searches: number;
		searches_without_results: number;
		requests: number;
		errors: number;
		refused: number;
	};
	previous: Heard & {
		active_users: number;
		new_users: number;
		searches: number;
		requests: number;
		errors: number;
	};
	series: Point[];
	hours: number[];
	platforms: Part[];
	devices: Part[];
	clients: Part[];
	countries: Part[];
	sources: Part[];
	actions: { name: string; count: number }[];
	top_queries: { query: string; count: number; without_results: number }[];
	events: { accepted: number; dropped: number; waiting: number };
}

interface Ranked extends Heard {
	rank: number;
	previous_rank: number | null;
}

export interface Ranking<T> {
	period: Period;
	items: (Ranked & T)[];
	total: number;
}

interface Rising {
	plays: number;
	previous_plays: number;
	/** 1 = doubled; null: new. */
	change: number | null;
}

export interface Trends {
	period: Period;
	previous_period: Period;
	totals: { plays: number; previous_plays: number; heard_ms: number; previous_heard_ms: number };
	rising_tracks: (Rising & { track: Track })[];
	rising_artists: (Rising & { artist: ArtistRef })[];
	rising_genres: (Rising & { genre: GenreRef })[];
	series: Point[];
}

export interface RealTime {
	at: string;
	active_users: number;
	last_15_minutes: number;
	last_hour: number;
	listening: number;
	now_playing: {
		user: { id: number; username: string } | null;
		track: Track;
		since: string;
		platform: string | null;
	}[];
}

export interface Recommendation {
	track: Track;
	/** One line in the reader's language. */
	reason: string;
	reason_kind: 'co_listening' | 'artist' | 'genre' | 'popular';
	because_track_id: number | null;
	because_artist_id: number | null;
	score: number;
}

/** Minutes the reader's clock is ahead of UTC: hours and weekdays are theirs. */
export const tzMinutes = (): number => -new Date().getTimezoneOffset();

const useStats = <T>(path: string | null, query: Query) =>
	useSWR<T>(path && apiPath(path, query), { keepPreviousData: true });

export const useUserStats = (id: number | undefined, query: Query) =>
	useStats<UserStats>(id === undefined ? null : `/analytics/user/${id}`, query);
export const useRecap = (year: number) => useStats<Recap>('/me/recap', { year, tz_minutes: tzMinutes() });
export const useTrackStats = (id: string, query: Query) => useStats<TrackStats>(`/analytics/track/${id}`, query);
export const useArtistStats = (id: string, query: Query) => useStats<ArtistStats>(`/analytics/artist/${id}`, query);
export const usePlatformStats = (query: Query) => useStats<PlatformStats>('/analytics/platform', query);
export const useTrends = (query: Query) => useStats<Trends>('/analytics/trends', query);
export const useRanking = <T>(of: 'popular-tracks' | 'popular-artists' | 'genres/stats', query: Query) =>
	useStats<Ranking<T>>(`/analytics/${of}`, query);
export const useRealTime = () =>
	useSWR<RealTime>(apiPath('/analytics/realtime/active-users'), { refreshInterval: 10_000 });
