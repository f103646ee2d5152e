/* What was listened to, and where one left off. */
import useSWR from 'swr';
import { apiPath } from './client';
import { useMe } from './session';
import type { Page, Track } from './types';

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

export interface ContinueItem {
	type: 'album' | 'playlist' | 'artist' | 'genre' | 'track';
	id: number;
	title: string;
	subtitle: string | null;
	cover_url: string | null;
	track: Track;
	position_ms: number;
	index: number;
	updated_at: string;
}

export function useContinue() {
	const { me } = useMe();
	return useSWR<Pick<Page<ContinueItem>, 'items'>>(me ? apiPath('/me/continue') : null);
}
