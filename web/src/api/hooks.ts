/* Server state. One hook per question a page asks; the SWR key is the URL itself. */
import useSWR, { type SWRConfiguration, type SWRResponse } from 'swr';
import { apiGet, apiPath, latestOnly, type Query } from './client';
import type {
	Album,
	Artist,
	Genre,
	GenreStats,
	Library,
	Lyrics,
	Page,
	SearchMulti,
	SearchPage,
	SimilarTrack,
	Track,
} from './types';

export type Id = string | number | null | undefined;

function useGet<T>(path: string | null, query?: Query, options?: SWRConfiguration<T>): SWRResponse<T> {
	return useSWR<T>(path === null ? null : apiPath(path, query), options);
}

const byId = (kind: string, id: Id, rest = '') => (id === null || id === undefined ? null : `/${kind}/${id}${rest}`);

export const useLibrary = () =>
	useGet<Library>('/library', undefined, { refreshInterval: (library) => (library?.scanning ? 3000 : 0) });

export const useTrack = (id: Id) => useGet<Track>(byId('tracks', id));
export const useSimilarTracks = (id: Id) => useGet<Page<SimilarTrack>>(byId('tracks', id, '/similar'), { limit: 10 });
export const usePopularTracks = (limit: number) => useGet<Page<Track>>('/tracks/popular/', { limit });
export const useLyrics = (track: Track | null | undefined) =>
	useGet<Lyrics>(track?.has_lyrics ? `/tracks/${track.id}/lyrics` : null);

export const useAlbum = (id: Id) => useGet<Album>(byId('albums', id));
export const useRecentAlbums = (limit: number) => useGet<Page<Album>>('/albums/recent/', { limit });
export const useAlbums = (query: Query | null) => useGet<Page<Album>>(query && '/albums/', query ?? {});
export const usePopularAlbums = (limit: number) => useGet<Page<Album>>('/albums/popular/', { limit });

export const useArtist = (id: Id) => useGet<Artist>(byId('artists', id));
export const useArtistTracks = (id: Id, limit: number) =>
	useGet<Page<Track>>(byId('artists', id, '/tracks'), { limit, sort: '-popularity' });
export const usePopularArtists = (limit: number) => useGet<Page<Artist>>('/artists/popular/', { limit });

export const useGenres = (limit: number) => useGet<Page<Genre>>('/genres/', { limit });
export const useGenre = (id: Id) => useGet<Genre>(byId('genres', id));
export const useGenreStats = (id: Id) => useGet<GenreStats>(byId('genres', id, '/stats'));

export { useInfiniteList, type InfiniteList } from './infinite';

/** Every track of an album, also when it has more than one page of them. */
export async function fetchAllTracks(path: string, query: Query = {}, max = 1000): Promise<Track[]> {
	const tracks: Track[] = [];
	let cursor: string | null = null;
	do {
		const page: Page<Track> = await apiGet<Page<Track>>(apiPath(path, { ...query, limit: 100, cursor }));
		tracks.push(...page.items);
		cursor = page.next_cursor;
	} while (cursor && tracks.length < max);
	return tracks.slice(0, max);
}

export function useAlbumTracks(id: Id): SWRResponse<Track[]> {
	const path = byId('albums', id, '/tracks');
	return useSWR<Track[]>(path ? ['all', path] : null, ([, url]: [string, string]) => fetchAllTracks(url));
}

const multiFetcher = latestOnly<SearchMulti>();
const trackFetcher = latestOnly<SearchPage<Track>>();
const typing: SWRConfiguration = { keepPreviousData: true, shouldRetryOnError: false, revalidateOnFocus: false };

export const useSearchMulti = (q: string, limit: number) =>
	useSWR<SearchMulti>(q ? apiPath('/search/multi/', { q, limit }) : null, multiFetcher, typing);

export const useSearchTracks = (q: string, query: Query) =>
	useSWR<SearchPage<Track>>(q ? apiPath('/search/tracks', { q, ...query }) : null, trackFetcher, typing);

export function useSearchPage<T>(kind: 'albums' | 'artists' | 'playlists', q: string, limit: number) {
	return useSWR<SearchPage<T>>(q ? apiPath(`/search/${kind}`, { q, limit }) : null, { keepPreviousData: true });
}
