/* What was listened to, and where one left off. */
import useSWR from 'swr';
import { apiPath } from './client';
import { useMe } from './session';
import type { Exactly, Page, Shapes, Track } from './types';

/** Without a track: it is no longer in the library. */
export type Listened = Exactly<Shapes['HistoryItem'], { track: Track | null }>;

export type ContinueItem = Exactly<
	Shapes['ContinueItem'],
	{ type: 'album' | 'playlist' | 'artist' | 'genre' | 'track'; track: Track }
>;

export function useContinue() {
	const { me } = useMe();
	return useSWR<Pick<Page<ContinueItem>, 'items'>>(me ? apiPath('/me/continue') : null);
}
