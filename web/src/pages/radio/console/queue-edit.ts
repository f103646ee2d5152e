/* Edits of a channel's queue, told so that they still mean the same when somebody else has changed it meanwhile: a row is
 * moved "behind that one", not "to number 7". What is shown is the server's newest state with one's own edits that are
 * still on their way laid over it. */
import type { QueueItem } from '../../../api/channels';

export interface Draft {
	title: string;
	/** The title is only ours, until the server gives the thing its own. */
	untitled?: boolean;
	artist?: string | null;
	source: QueueItem['source'];
	track_id?: number;
	url?: string;
	duration_ms?: number | null;
	cover_url?: string | null;
}

export type Edit =
	| { kind: 'add'; key: string; draft: Draft; next: boolean }
	/** `after` null: to the front. */
	| { kind: 'move'; id: string; after: string | null }
	| { kind: 'remove'; id: string }
	| { kind: 'clear' };

export interface QueueState {
	items: QueueItem[];
	version: number;
}

/** A row that the server does not know yet. */
export const isPending = (item: QueueItem): boolean => item.id.startsWith('new-');

function rowOf(key: string, draft: Draft): QueueItem {
	return {
		id: key,
		channel_id: 0,
		title: draft.title,
		artist: draft.artist ?? null,
		album: null,
		source: draft.source,
		track_id: draft.track_id ?? null,
		url: draft.url ?? null,
		cover_url: draft.cover_url ?? null,
		duration_ms: draft.duration_ms ?? null,
		duration: null,
		requested_by: null,
		metadata: null,
		added_at: '',
	};
}

/** Where a moved row comes to stand in this state; null: the edit has lost its meaning here. */
export function placeOf(edit: { id: string; after: string | null }, items: QueueItem[]): number | null {
	if (!items.some(({ id }) => id === edit.id)) return null;
	const others = items.filter(({ id }) => id !== edit.id);
	if (edit.after === null) return 0;
	const at = others.findIndex(({ id }) => id === edit.after);
	/* Its neighbour has been played or taken out: those before it went the same way, so it comes first. */
	return at + 1;
}

/** What the state is once the edit is made. */
export function applied(items: QueueItem[], edit: Edit): QueueItem[] {
	switch (edit.kind) {
		case 'add': {
			const row = rowOf(edit.key, edit.draft);
			return edit.next ? [row, ...items] : [...items, row];
		}
		case 'move': {
			const place = placeOf(edit, items);
			const moved = items.find(({ id }) => id === edit.id);
			if (place === null || !moved) return items;
			const others = items.filter(({ id }) => id !== edit.id);
			return [...others.slice(0, place), moved, ...others.slice(place)];
		}
		case 'remove':
			return items.filter(({ id }) => id !== edit.id);
		case 'clear':
			return [];
	}
}

export const shownOf = (state: QueueState | null, edits: Edit[]): QueueItem[] =>
	edits.reduce(applied, state?.items ?? []);

/** The move of a row of the list as it is shown, as an edit. */
export function moveEdit(items: QueueItem[], from: number, to: number): Edit | null {
	const row = items[from];
	if (!row || from === to || to < 0 || to >= items.length) return null;
	const others = items.filter((_, at) => at !== from);
	return { kind: 'move', id: row.id, after: to === 0 ? null : others[to - 1]!.id };
}

/** Whether the edit still means something in this state. A row that is gone was played, or somebody took it out. */
export function makesSense(edit: Edit, items: QueueItem[]): boolean {
	if (edit.kind === 'add') return true;
	if (edit.kind === 'clear') return items.length > 0;
	return items.some(({ id }) => id === edit.id);
}

export type Outcome =
	/** Made, and whether the state had changed under it first. */
	| { kind: 'made'; state: QueueState; redone: boolean }
	/** The state changed so that there is nothing left to do. */
	| { kind: 'dropped'; state: QueueState };

export interface Sender {
	/** Makes the edit against a state. Resolves to the state after it, or to what is there instead of what was known. */
	send: (edit: Edit, state: QueueState) => Promise<{ done: boolean; state: QueueState }>;
}

const TRIES_MAX = 6;

/** Makes an edit; where somebody was faster, takes the new state and makes it again there. */
export async function carryOut(edit: Edit, from: QueueState, { send }: Sender): Promise<Outcome> {
	let state = from;
	for (let tries = 0; tries < TRIES_MAX; tries += 1) {
		if (!makesSense(edit, state.items)) return { kind: 'dropped', state };
		const answer = await send(edit, state);
		state = answer.state;
		if (answer.done) return { kind: 'made', state, redone: tries > 0 };
	}
	throw new Error('The queue changes faster than it can be edited');
}
