/* The answers of the server's REST API, kept in this one file. To be replaced by what `npm run types` generates from
 * the server's own /openapi.json; no other file may describe an answer. Durations are milliseconds, times RFC 3339. */

export type ArtistRole =
	'main' | 'featured' | 'composer' | 'conductor' | 'remixer' | 'performer' | 'lyricist' | 'producer';

export interface ArtistCredit {
	id: number;
	name: string;
	role: ArtistRole;
}

export interface GenreRef {
	id: number;
	name: string;
}

export interface ReplayGain {
	track_gain_db: number | null;
	track_peak: number | null;
	album_gain_db: number | null;
	album_peak: number | null;
}

export interface Gapless {
	start_samples: number;
	end_samples: number;
}

export interface Track {
	id: number;
	title: string;
	/** null: the file does not say. */
	artist: string | null;
	artist_id: number | null;
	artists: ArtistCredit[];
	album: string | null;
	album_id: number | null;
	album_artist: string | null;
	genre: string | null;
	genres: GenreRef[];
	duration_ms: number;
	track_no: number | null;
	disc_no: number | null;
	year: number | null;
	tempo: number | null;
	energy: number | null;
	valence: number | null;
	danceability: number | null;
	key: string | null;
	loudness_lufs: number | null;
	popularity: number;
	play_count: number;
	cover_url: string | null;
	stream_url: string;
	source: string;
	codec: string;
	container: string;
	bitrate: number | null;
	sample_rate: number | null;
	channels: number | null;
	bit_depth: number | null;
	size_bytes: number;
	gapless: Gapless | null;
	replaygain: ReplayGain | null;
	composer: string | null;
	has_lyrics: boolean;
	created_at: string;
	updated_at: string;
}

export interface Album {
	id: number;
	title: string;
	/** null: a compilation without an album artist. */
	artist: string | null;
	artist_id: number | null;
	artists: ArtistCredit[];
	year: number | null;
	genre: string | null;
	genres: GenreRef[];
	track_count: number;
	disc_count: number;
	duration_ms: number;
	cover_url: string | null;
	is_compilation: boolean;
	popularity: number;
	created_at: string;
	updated_at: string;
}

export interface Artist {
	id: number;
	name: string;
	sort_name: string;
	album_count: number;
	track_count: number;
	duration_ms: number;
	cover_url: string | null;
	popularity: number;
	/** Of one artist's own answer only. */
	bio?: string | null;
	/** Told to the owners and to moderators. */
	owners?: { id: number; username: string }[];
	created_at: string;
	updated_at: string;
}

export interface Genre {
	id: number;
	name: string;
	track_count: number;
	album_count: number;
	artist_count: number;
	cover_url: string | null;
}

export interface GenreStats {
	track_count: number;
	album_count: number;
	artist_count: number;
	duration_ms: number;
	top_artists: Artist[];
}

export interface Page<T> {
	items: T[];
	total: number;
	next_cursor: string | null;
}

export interface LyricsLine {
	time_ms: number | null;
	text: string;
}

export interface Lyrics {
	synced: boolean;
	lines: LyricsLine[];
	text: string;
}

export interface Library {
	tracks: number;
	albums: number;
	artists: number;
	genres: number;
	duration_ms: number;
	size_bytes: number;
	last_scan_at: string | null;
	scanning: boolean;
}

export interface HighlightPart {
	text: string;
	match: boolean;
}

export type Highlights = Partial<Record<'title' | 'artist' | 'album' | 'name', HighlightPart[]>>;

export type Hit<T> = T & { highlights?: Highlights };

export interface FacetValue {
	value: string | number;
	count: number;
	id?: number;
}

export type Facets = Partial<Record<'genre' | 'year' | 'artist', FacetValue[]>>;

export interface SearchInfo {
	did_you_mean: string | null;
	engine: string;
	took_ms: number;
}

export interface SearchPage<T> extends SearchInfo {
	items: Hit<T>[];
	total: number;
	total_is_lower_bound?: boolean;
	facets?: Facets;
}

export interface SearchSection<T> {
	items: Hit<T>[];
	total: number;
}

export type SearchTop =
	{ type: 'track'; item: Hit<Track> } | { type: 'album'; item: Hit<Album> } | { type: 'artist'; item: Hit<Artist> };

export interface SearchMulti extends SearchInfo {
	top: SearchTop | null;
	tracks: SearchSection<Track>;
	albums: SearchSection<Album>;
	artists: SearchSection<Artist>;
}

export interface ApiErrorBody {
	error: string;
	message: string;
	details?: unknown;
	request_id?: string;
}
