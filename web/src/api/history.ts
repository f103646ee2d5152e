/* What was listened to, and where one left off. */
import useSWR from 'swr';
import { apiPath } from './client';
import { useMe } from './session';
import type { Exactly, Page, Shapes, Track } from './types';

export interface Listened {
	/** null: no longer in the library. */
	track: Track | null;
	track_id: number;
	played_at: string;
	reported_at: string;
	action: string;
	heard_ms: number;
	counted: boolean;
	source: string;
	source_id: number | null;
	device_type: string | null;
	client: string | null;
}

export type ContinueItem = Exactly<
	Shapes['ContinueItem'],
	{ type: 'album' | 'playlist' | 'artist' | 'genre' | 'track'; track: Track }
>;

export function useContinue() {
	const { me } = useMe();
	return useSWR<Pick<Page<ContinueItem>, 'items'>>(me ? apiPath('/me/continue') : null);
}
