/* Tracks that sound the same, and what is decided about them. */
import { apiPath, apiGet, apiSend } from './client';
import type { Exactly, Page, Shapes, Track } from './types';

export type DuplicateState = 'open' | 'merged' | 'dismissed';
export type BestReason = 'lossless' | 'resolution' | 'bitrate' | 'tags' | 'longer' | 'plays' | 'older';
export type DuplicateTrack = Exactly<Shapes['DuplicateTrack'], { track: Track }>;
export type DuplicateGroup = Exactly<
	Shapes['DuplicateGroup'],
	{
		state: DuplicateState;
		kind: 'same_recording' | 'same_file';
		best_reason: BestReason;
		tracks: DuplicateTrack[];
	}
>;

const decide = (group: DuplicateGroup, what: string, body: Record<string, unknown> = {}) =>
	apiSend<DuplicateGroup>('POST', `/duplicates/${group.id}/${what}`, body);

export const keepTrack = (group: DuplicateGroup, keep: number) => decide(group, 'merge', { keep });
export const dismissGroup = (group: DuplicateGroup) => decide(group, 'dismiss');
export const dismissTrack = (group: DuplicateGroup, trackId: number) => decide(group, 'dismiss', { track_id: trackId });
export const undoDecision = (group: DuplicateGroup) => apiSend<DuplicateGroup>('POST', `/duplicates/${group.id}/undo`);

const SURE_PATH = (cursor: string | null) =>
	apiPath('/duplicates', { state: 'open', sure: 'true', limit: 100, ...(cursor && { cursor }) });

/** All groups that nothing speaks against. */
export async function sureGroups(): Promise<DuplicateGroup[]> {
	const all: DuplicateGroup[] = [];
	let cursor: string | null = null;
	do {
		const page: Page<DuplicateGroup> = await apiGet<Page<DuplicateGroup>>(SURE_PATH(cursor));
		all.push(...page.items);
		cursor = page.next_cursor;
	} while (cursor);
	return all;
}
