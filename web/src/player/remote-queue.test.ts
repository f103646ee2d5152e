import '../test/page';
import { describe, expect, it, vi } from 'vitest';
import { tracksOf } from '../test/tracks';
import { queueOf } from './remote-queue';

/* The player's has a clock and a channel, which would outlive this file. */
vi.mock('./store', () => ({ playerPosition: () => 0, usePlayer: {} }));

const remote = (ids: number[], known: number[], current: number) => ({
	version: 3,
	track_ids: ids,
	items: tracksOf(9).filter(({ id }) => known.includes(id)),
	current_index: current,
	position_ms: 0,
	shuffle: false,
	repeat: 'off' as const,
	context: { type: 'album', id: 4 },
});
const ids = (queue: ReturnType<typeof queueOf>) => queue.items.map(({ track }) => track.id);

describe('a queue from another device', () => {
	it('is what was saved, at its place, and knows what it was played out of', () => {
		const queue = queueOf(remote([3, 1, 2, 1], [1, 2, 3], 2));
		expect(ids(queue)).toEqual([3, 1, 2, 1]);
		expect(queue.index).toBe(2);
		expect(queue.items[0]!.from).toEqual({ type: 'album', id: 4 });
		expect(new Set(queue.items.map(({ key }) => key)).size).toBe(4);
	});
	it('has no gaps: tracks that are gone end it there', () => {
		const queue = queueOf(remote([1, 2, 3, 4, 5], [2, 3, 5], 2));
		expect(ids(queue)).toEqual([2, 3]);
		expect(queue.index).toBe(1);
	});
	it('is empty when its current track is gone or there is none', () => {
		expect(ids(queueOf(remote([1, 2], [2], 0)))).toEqual([]);
		expect(ids(queueOf(remote([], [], 0)))).toEqual([]);
	});
});
