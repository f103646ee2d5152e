/* Looking after the library: what could be tidied up, and what is odd in it. */
import useSWR from 'swr';
import type { BulkAnswer } from './admin';
import { apiPath, apiSend } from './client';
import type { Page, Shapes } from './types';

export type Suggestion = Shapes['CleanupSuggestion'];
export type CleanupRule = Shapes['CleanupRule'];
export type CleanupAction = 'accept' | 'dismiss' | 'undo';

export const useCleanupRules = () => useSWR<Page<CleanupRule>>(apiPath('/cleanup/rules'));

export const decideOne = (id: number, action: CleanupAction) => apiSend<Suggestion>('POST', `/cleanup/${id}/${action}`);

export const decideMany = (ids: number[], action: CleanupAction) =>
	apiSend<BulkAnswer>('POST', '/cleanup/bulk', { action, ids });

/** Accepts all of a rule; the server takes some hundreds at a time, and what it refuses stays open. */
export async function acceptRule(rule: string): Promise<BulkAnswer> {
	const all: BulkAnswer = { changed: [], refused: [] };
	for (;;) {
		const some = await apiSend<BulkAnswer>('POST', '/cleanup/bulk', { action: 'accept', rule });
		all.changed.push(...some.changed);
		all.refused = some.refused;
		if (some.changed.length === 0) return all;
	}
}

export type Quality = Shapes['Quality'];
export type QualityCheck = Shapes['QualityCheck'];
export type OddThing = Shapes['OddThing'];

export const useQuality = () => useSWR<Quality>(apiPath('/quality'));

export type TagWrite = Omit<Shapes['TagWrite'], 'fields'> & {
	fields: Record<string, { was: string | null; becomes: string | null }>;
};

export const TAG_WRITE_STATES = ['written', 'confirmed', 'undone', 'refused', 'prepared'] as const;

export const decideWrite = (id: number, what: 'undo' | 'confirm') =>
	apiSend<TagWrite>('POST', `/tag-writes/${id}/${what}`);

/** Queues the job that writes the tags of these tracks into their files. */
export const writeTags = (ids: number[]) => apiSend('POST', '/tag-writes', { ids });
