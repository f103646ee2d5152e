/* What the server counts of listening: its answers and the questions pages ask. Rates are 0..1, times RFC 3339. */
import useSWR from 'swr';
import { apiPath, type Query } from './client';
import type { Shapes, Told } from './types';

export type Period = Shapes['Period'];
export type Part = Shapes['ListenPart'];
export type ArtistRef = Shapes['ArtistRef'];
export type Streaks = Shapes['Streaks'];

/** What every line of a chart has, and what some have besides. */
export type Point = Shapes['ListenPoint'] &
	Partial<Shapes['ThingPoint'] & Shapes['ArtistPoint'] & Shapes['PlatformPoint']>;

export type UserStats = Told<Shapes['UserReport']>;
export type Recap = Told<Shapes['Recap']>;
export type TrackStats = Told<Shapes['TrackReport']>;
export type ArtistStats = Told<Shapes['ArtistReport']>;
export type PlatformStats = Shapes['PlatformReport'];
export type Trends = Told<Shapes['Trends']>;
export type RealTime = Told<Shapes['ActiveUsers']>;

export type Ranking = Told<Shapes['PopularTracks'] | Shapes['PopularArtists'] | Shapes['PopularGenres']>;

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
export const useRanking = (of: 'popular-tracks' | 'popular-artists' | 'genres/stats', query: Query) =>
	useStats<Ranking>(`/analytics/${of}`, query);
export const useRealTime = () =>
	useSWR<RealTime>(apiPath('/analytics/realtime/active-users'), { refreshInterval: 10_000 });
