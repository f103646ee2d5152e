/* The answers of the server's REST API, under the names the app uses. The shapes themselves are in schema.d.ts, which
 * `npm run types` makes out of the server's own /openapi.json; here stands only what a schema cannot say: which words a
 * text may be, which type a list is of. Durations are milliseconds, times RFC 3339. */
import type { components } from './schema';

export type Shapes = components['schemas'];

/** A shape with some of its fields told more exactly. A field the server does not have is an error here. */
export type Exactly<
	Shape,
	Fields extends { [Name in keyof Fields]: Name extends keyof Shape ? unknown : never },
> = Omit<Shape, keyof Fields> & Fields;

export type ArtistRole =
	'main' | 'featured' | 'composer' | 'conductor' | 'remixer' | 'performer' | 'lyricist' | 'producer';

export type ArtistCredit = Exactly<Shapes['ArtistCredit'], { role: ArtistRole }>;
export type GenreRef = Shapes['GenreRef'];
export type ReplayGain = Shapes['ReplayGain'];
export type Gapless = Shapes['Gapless'];

export type Track = Exactly<
	Shapes['Track'],
	{
		/** null: the file does not say. */
		artist: string | null;
		artists: ArtistCredit[];
		bitrate: number | null;
		sample_rate: number | null;
		channels: number | null;
	}
>;

/** An answer that has tracks somewhere in it. */
export type Told<Answer> = Answer extends Shapes['Track']
	? Track
	: Answer extends object
		? { [Name in keyof Answer]: Told<Answer[Name]> }
		: Answer;

/** One that goes with another, and why. */
export type SimilarTrack = Track & Pick<Shapes['SimilarTrack'], 'reason' | 'reason_kind'>;

/** Without an artist: a compilation that names no album artist. */
export type Album = Exactly<Shapes['Album'], { artists: ArtistCredit[] }>;

export type Artist = Shapes['Artist'] & {
	/** Of one artist's own answer only. */
	bio?: string | null;
	/** Told to the owners and to moderators. */
	owners?: { id: number; username: string }[];
};

export type Genre = Shapes['Genre'];
export type GenreStats = Exactly<Shapes['GenreStats'], { top_artists: Artist[] }>;

export interface Page<T> {
	items: T[];
	total: number;
	next_cursor: string | null;
}

export type LyricsLine = Shapes['LyricsLine'];
export type Lyrics = Shapes['Lyrics'];
export type Library = Shapes['Library'];

export type HighlightPart = Shapes['HighlightPiece'];
export type Highlights = Partial<Record<keyof Shapes['Highlights'] | 'name', HighlightPart[] | null>>;
export type Hit<T> = T & { highlights?: Highlights };

export interface FacetValue {
	value: string | number;
	count: number;
	id?: number;
}

export type Facets = Partial<Record<keyof Shapes['Facets'], FacetValue[]>>;
export type SearchInfo = Pick<Shapes['MultiHits'], 'did_you_mean' | 'engine' | 'took_ms'>;

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

export type Visibility = 'private' | 'unlisted' | 'public';

export interface Rule {
	field: string;
	op: string;
	value?: string | number | boolean | (string | number)[];
}

export interface RuleGroup {
	match: 'all' | 'any';
	rules: (Rule | RuleGroup)[];
}

export interface Rules extends RuleGroup {
	sort?: string;
	limit?: number;
}

export type Playlist = Exactly<
	Shapes['Playlist'],
	{ kind: 'manual' | 'rules'; visibility: Visibility; rules: Rules | null }
>;

export type SearchTop =
	| { type: 'track'; item: Hit<Track> }
	| { type: 'album'; item: Hit<Album> }
	| { type: 'artist'; item: Hit<Artist> }
	| { type: 'playlist'; item: Hit<Playlist> };

export interface SearchMulti extends SearchInfo {
	top: SearchTop | null;
	tracks: SearchSection<Track>;
	albums: SearchSection<Album>;
	artists: SearchSection<Artist>;
	playlists: SearchSection<Playlist>;
}

export type ApiErrorBody = Shapes['Error'];
