import { describe, expect, it } from 'vitest';
import type { QueueItem } from '../../../api/channels';
import { applied, carryOut, moveEdit, placeOf, shownOf, type Edit, type QueueState } from './queue-edit';

const item = (id: string): QueueItem => ({
	id,
	channel_id: 1,
	title: id.toUpperCase(),
	artist: null,
	album: null,
	source: 'track',
	track_id: 1,
	url: null,
	cover_url: null,
	duration_ms: 1000,
	duration: 1,
	metadata: null,
	requested_by: null,
	added_at: '',
});
const items = (ids: string) => [...ids].map(item);
const idsOf = (list: QueueItem[]) => list.map(({ id }) => id).join('');
const stateOf = (ids: string, version = 1): QueueState => ({ items: items(ids), version });

/** A server with a queue that others change at given moments: before the nth request. */
function server(ids: string, meanwhile: Record<number, string> = {}) {
	let state = stateOf(ids, 1);
	let requests = 0;
	return {
		state: () => state,
		requests: () => requests,
		send: (edit: Edit, known: QueueState) => {
			requests += 1;
			const changed = meanwhile[requests];
			if (changed !== undefined) state = stateOf(changed, state.version + 1);
			if (known.version !== state.version) return Promise.resolve({ done: false, state });
			state = { items: applied(state.items, edit), version: state.version + 1 };
			return Promise.resolve({ done: true, state });
		},
	};
}

describe('an edit of the queue', () => {
	it('shows at once, over the newest state of the server', () => {
		const edits: Edit[] = [
			{ kind: 'move', id: 'c', after: null },
			{ kind: 'remove', id: 'a' },
			{ kind: 'add', key: 'new-1', draft: { title: 'X', source: 'track', track_id: 5 }, next: false },
		];
		expect(idsOf(shownOf(stateOf('abc'), edits))).toBe('cbnew-1');
		expect(idsOf(shownOf(stateOf('zabc'), edits))).toBe('czbnew-1');
	});
	it('of a row to a place becomes one behind its new neighbour', () => {
		expect(moveEdit(items('abcd'), 0, 2)).toEqual({ kind: 'move', id: 'a', after: 'c' });
		expect(moveEdit(items('abcd'), 3, 1)).toEqual({ kind: 'move', id: 'd', after: 'a' });
		expect(moveEdit(items('abcd'), 2, 0)).toEqual({ kind: 'move', id: 'c', after: null });
		expect(moveEdit(items('abcd'), 2, 4)).toBeNull();
	});
	it('keeps its neighbour, wherever that one has gone', () => {
		expect(placeOf({ id: 'a', after: 'c' }, items('xyabc'))).toBe(4);
		expect(placeOf({ id: 'a', after: 'c' }, items('ca'))).toBe(1);
	});
	it('comes first when its neighbour has been played', () => {
		expect(placeOf({ id: 'd', after: 'a' }, items('bcd'))).toBe(0);
	});
});

describe('a race of two operators', () => {
	it('is redone on the new state, and both edits are kept', async () => {
		const there = server('abcd', { 1: 'abcdx' });
		const outcome = await carryOut({ kind: 'move', id: 'a', after: 'c' }, stateOf('abcd'), there);
		expect(outcome).toMatchObject({ kind: 'made', redone: true });
		expect(idsOf(there.state().items)).toBe('bcadx');
	});
	it('that was not lost is said to be none', async () => {
		const there = server('ab');
		expect(await carryOut({ kind: 'remove', id: 'a' }, stateOf('ab'), there)).toMatchObject({ redone: false });
		expect(there.requests()).toBe(1);
	});
	it('drops what has no meaning any more: a row that is gone', async () => {
		const there = server('abc', { 1: 'bc' });
		const outcome = await carryOut({ kind: 'move', id: 'a', after: 'c' }, stateOf('abc'), there);
		expect(outcome.kind).toBe('dropped');
		expect(idsOf(outcome.state.items)).toBe('bc');
		expect(there.requests()).toBe(1);
	});
	it('adds what was to be added, however often it was overtaken', async () => {
		const there = server('a', { 1: 'b', 2: 'c', 3: 'd' });
		const draft = { title: 'X', source: 'track' as const, track_id: 5 };
		await carryOut({ kind: 'add', key: 'new', draft, next: true }, stateOf('a'), there);
		expect(idsOf(there.state().items)).toBe('newd');
	});
	it('gives up instead of asking for ever', async () => {
		const moving = { send: (_: Edit, known: QueueState) => Promise.resolve({ done: false, state: { ...known } }) };
		await expect(carryOut({ kind: 'clear' }, stateOf('a'), moving)).rejects.toThrow(/faster/);
	});
});
