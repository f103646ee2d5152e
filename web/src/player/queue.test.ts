import { describe, expect, it } from 'vitest';
import { tracksOf, trackOf } from '../test/tracks';
import {
	emptyQueue,
	QUEUE_MAX,
	queueAppend,
	queueClearAhead,
	queueCurrent,
	queueFrom,
	queueInsert,
	queueMove,
	queueNext,
	queuePrevious,
	queueRemove,
	queueRestore,
	queueShuffle,
	queueUnshuffle,
	type Queue,
} from './queue';

const ids = (queue: Queue) => queue.items.map((item) => item.track.id);
const currentId = (queue: Queue) => queueCurrent(queue)?.track.id;
const queueOf = (count: number, start = 0) => queueFrom(tracksOf(count), start);

/** Always the same "random" numbers. */
function dice(): () => number {
	let state = 7;
	return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

describe('a queue made from a list', () => {
	it('plays the asked track and keeps the others around it', () => {
		const queue = queueOf(5, 2);
		expect(ids(queue)).toEqual([1, 2, 3, 4, 5]);
		expect(currentId(queue)).toBe(3);
	});
	it('is empty for an empty list', () => expect(queueFrom([])).toEqual(emptyQueue));
	it('bends a start outside the list into it', () => expect(currentId(queueOf(3, 99))).toBe(3));
	it('holds at most QUEUE_MAX items and the asked one is among them', () => {
		for (const start of [0, 700, 4_999]) {
			const queue = queueFrom(tracksOf(5_000), start);
			expect(queue.items).toHaveLength(QUEUE_MAX);
			expect(currentId(queue)).toBe(start + 1);
		}
	});
	it('gives every item its own key, also when a track comes twice', () => {
		const queue = queueFrom([trackOf(1), trackOf(1), trackOf(1)]);
		expect(new Set(queue.items.map((item) => item.key)).size).toBe(3);
	});
});

describe('adding', () => {
	it('puts "play next" right behind the current track', () => {
		expect(ids(queueInsert(queueOf(3, 1), [trackOf(9)]))).toEqual([1, 2, 9, 3]);
	});
	it('keeps the current track when something is put before it', () => {
		const queue = queueInsert(queueOf(3, 1), [trackOf(8), trackOf(9)], 0);
		expect(ids(queue)).toEqual([8, 9, 1, 2, 3]);
		expect(currentId(queue)).toBe(2);
	});
	it('makes the first added track current in an empty queue', () => {
		expect(currentId(queueAppend(emptyQueue, tracksOf(2)))).toBe(1);
	});
	it('leaves out what does not fit', () => {
		expect(queueAppend(queueOf(QUEUE_MAX - 1), tracksOf(5)).items).toHaveLength(QUEUE_MAX);
	});
});

describe('removing', () => {
	it('keeps the current track when one before it goes', () => {
		const queue = queueOf(4, 2);
		const after = queueRemove(queue, queue.items[0]!.key);
		expect(ids(after)).toEqual([2, 3, 4]);
		expect(currentId(after)).toBe(3);
	});
	it('makes the following track current when the current one goes', () => {
		const queue = queueOf(4, 1);
		expect(currentId(queueRemove(queue, queue.items[1]!.key))).toBe(3);
	});
	it('makes the one before current when the last one goes', () => {
		const queue = queueOf(3, 2);
		expect(currentId(queueRemove(queue, queue.items[2]!.key))).toBe(2);
	});
	it('leaves an empty queue with no current track', () => {
		const queue = queueOf(1);
		expect(queueRemove(queue, queue.items[0]!.key)).toEqual(emptyQueue);
	});
	it('does nothing for a key it does not know', () => {
		const queue = queueOf(2);
		expect(queueRemove(queue, 'nothing')).toBe(queue);
	});
	it('drops what is ahead and keeps what was played', () => {
		expect(ids(queueClearAhead(queueOf(5, 2)))).toEqual([1, 2, 3]);
	});
});

describe('moving', () => {
	it.each([
		[0, 3, [2, 3, 4, 1]],
		[3, 0, [4, 1, 2, 3]],
		[1, 2, [1, 3, 2, 4]],
	])('takes %i to %i', (from, to, expected) => {
		const queue = queueMove(queueOf(4, 1), from, to);
		expect(ids(queue)).toEqual(expected);
		expect(currentId(queue)).toBe(2);
	});
	it('refuses places outside the queue', () => {
		const queue = queueOf(3);
		expect(queueMove(queue, 0, 3)).toBe(queue);
		expect(queueMove(queue, 5, 0)).toBe(queue);
	});
});

describe('shuffling', () => {
	it('starts with the current track and loses none', () => {
		const queue = queueShuffle(queueOf(50, 10), dice());
		expect(ids(queue)[0]).toBe(11);
		expect(queue.index).toBe(0);
		expect([...ids(queue)].sort((a, b) => a - b)).toEqual(ids(queueOf(50)));
		expect(ids(queue)).not.toEqual(ids(queueOf(50)));
	});
	it('returns to the old order with the current track still current', () => {
		const shuffled = { ...queueShuffle(queueOf(20, 4), dice()), index: 7 };
		const current = currentId(shuffled);
		const back = queueUnshuffle(shuffled);
		expect(ids(back)).toEqual(ids(queueOf(20)));
		expect(currentId(back)).toBe(current);
		expect(back.order).toBeNull();
	});
	it('keeps added and removed tracks right through it', () => {
		let queue = queueShuffle(queueOf(4), dice());
		queue = queueAppend(queue, [trackOf(9)]);
		queue = queueRemove(queue, queue.items.find((item) => item.track.id === 3)!.key);
		expect(ids(queueUnshuffle(queue))).toEqual([1, 2, 4, 9]);
	});
});

describe('what comes next', () => {
	it.each([
		['off', 0, false, 1],
		['off', 2, false, null],
		['off', 2, true, null],
		['all', 2, false, 0],
		['one', 1, false, 1],
		['one', 1, true, 2],
		['one', 2, true, 0],
	] as const)('repeat %s at %i, asked %s: %s', (repeat, index, asked, expected) => {
		expect(queueNext({ ...queueOf(3), index }, repeat, asked)).toBe(expected);
	});
	it('has nothing in an empty queue', () => expect(queueNext(emptyQueue, 'all', true)).toBeNull());
	it('goes back to the one before, and around only when repeating', () => {
		expect(queuePrevious(queueOf(3, 2), 'off')).toBe(1);
		expect(queuePrevious(queueOf(3, 0), 'off')).toBeNull();
		expect(queuePrevious(queueOf(3, 0), 'all')).toBe(2);
	});
});

describe('restoring', () => {
	it('takes back what was stored', () => {
		const queue = queueShuffle(queueOf(6, 3), dice());
		expect(queueRestore(JSON.parse(JSON.stringify(queue)))).toEqual(queue);
	});
	it.each([
		[null],
		['text'],
		[{}],
		[{ items: [] }],
		[{ items: [{ key: 1, track: {} }] }],
		[
			{
				items: [
					{ key: 'a', track: { id: 1 } },
					{ key: 'a', track: { id: 2 } },
				],
				index: 0,
			},
		],
	])('is empty for %j', (value) => expect(queueRestore(value)).toEqual(emptyQueue));
	it('bends a wrong index and drops a wrong order', () => {
		const queue = queueRestore({ ...queueOf(3), index: 42, order: ['x', 'y', 'z'] });
		expect(queue.index).toBe(2);
		expect(queue.order).toBeNull();
	});
});
