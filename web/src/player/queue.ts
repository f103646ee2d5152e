/* The queue as plain data and pure functions: what plays, in which order, and what comes next.
 * Invariants: `items` is in playing order; 0 <= index < items.length, or -1 exactly when it is empty; keys are unique;
 * at most QUEUE_MAX items; `order` (keys in the order before shuffling) is set exactly while shuffled. */
import type { Track } from '../api/types';

export const QUEUE_MAX = 2000;

export type Repeat = 'off' | 'all' | 'one';

/** What a track was played out of: said in listening reports, and where "continue listening" leads back to. */
export interface Source {
	type: 'library' | 'album' | 'artist' | 'playlist' | 'search' | 'recommendation' | 'favorites' | 'genre';
	id?: number;
}

export interface QueueItem {
	key: string;
	track: Track;
	from?: Source;
}

export interface Queue {
	items: QueueItem[];
	index: number;
	order: string[] | null;
}

export const emptyQueue: Queue = { items: [], index: -1, order: null };

let serial = 0;

/** Keys are unique within a browser's storage: a restored queue and new items may meet. */
function itemOf(track: Track, from?: Source): QueueItem {
	serial += 1;
	const key = `${Date.now().toString(36)}-${serial.toString(36)}-${track.id}`;
	return from ? { key, track, from } : { key, track };
}

export function queueFrom(tracks: Track[], start = 0, source?: Source): Queue {
	if (tracks.length === 0) return emptyQueue;
	const first = Math.min(Math.max(0, start), tracks.length - 1);
	/* A window around the start, so that a start deep in a long list is in the queue too. */
	const from = Math.max(0, Math.min(first - Math.floor(QUEUE_MAX / 2), tracks.length - QUEUE_MAX));
	const items = tracks.slice(from, from + QUEUE_MAX).map((track) => itemOf(track, source));
	return { items, index: first - from, order: null };
}

export const queueCurrent = (queue: Queue): QueueItem | null => queue.items[queue.index] ?? null;

/** Puts tracks after the current item (`at` null) or before position `at`. What does not fit is left out. */
export function queueInsert(queue: Queue, tracks: Track[], at: number | null = null, from?: Source): Queue {
	const added = tracks.slice(0, QUEUE_MAX - queue.items.length).map((track) => itemOf(track, from));
	if (added.length === 0) return queue;
	const place = Math.min(Math.max(0, at ?? queue.index + 1), queue.items.length);
	const items = [...queue.items.slice(0, place), ...added, ...queue.items.slice(place)];
	const index = queue.index < 0 ? 0 : place <= queue.index ? queue.index + added.length : queue.index;
	return { items, index, order: queue.order && orderWith(queue, added, place) };
}

/** Where new items belong once the shuffle ends: behind the neighbour they were put behind, or at the end. */
function orderWith(queue: Queue, added: QueueItem[], place: number): string[] {
	const order = queue.order ?? [];
	if (place === queue.items.length) return [...order, ...added.map((item) => item.key)];
	const neighbour = queue.items[place - 1]?.key;
	const after = neighbour === undefined ? -1 : order.indexOf(neighbour);
	return [...order.slice(0, after + 1), ...added.map((item) => item.key), ...order.slice(after + 1)];
}

export const queueAppend = (queue: Queue, tracks: Track[], from?: Source): Queue =>
	queueInsert(queue, tracks, queue.items.length, from);

/** Removing the current item makes the one behind it current (the last one if there is none behind). */
export function queueRemove(queue: Queue, key: string): Queue {
	const at = queue.items.findIndex((item) => item.key === key);
	if (at < 0) return queue;
	const items = queue.items.filter((item) => item.key !== key);
	const index = at < queue.index ? queue.index - 1 : Math.min(queue.index, items.length - 1);
	return { items, index, order: items.length ? (queue.order?.filter((other) => other !== key) ?? null) : null };
}

export function queueMove(queue: Queue, from: number, to: number): Queue {
	const moved = queue.items[from];
	if (!moved || from === to || to < 0 || to >= queue.items.length) return queue;
	const items = queue.items.filter((_, position) => position !== from);
	items.splice(to, 0, moved);
	const current = queueCurrent(queue);
	return { ...queue, items, index: items.findIndex((item) => item.key === current?.key) };
}

/** Drops everything that is still to come. */
export function queueClearAhead(queue: Queue): Queue {
	const items = queue.items.slice(0, queue.index + 1);
	const kept = new Set(items.map((item) => item.key));
	return { ...queue, items, order: queue.order?.filter((key) => kept.has(key)) ?? null };
}

export function queueShuffle(queue: Queue, random: () => number = Math.random): Queue {
	const current = queueCurrent(queue);
	if (!current || queue.order) return queue;
	const rest = queue.items.filter((item) => item !== current);
	for (let last = rest.length - 1; last > 0; last -= 1) {
		const other = Math.floor(random() * (last + 1));
		[rest[last], rest[other]] = [rest[other]!, rest[last]!];
	}
	return { items: [current, ...rest], index: 0, order: queue.items.map((item) => item.key) };
}

export function queueUnshuffle(queue: Queue): Queue {
	if (!queue.order) return queue;
	const current = queueCurrent(queue);
	const rank = new Map(queue.order.map((key, position) => [key, position]));
	const items = [...queue.items].sort((a, b) => (rank.get(a.key) ?? 0) - (rank.get(b.key) ?? 0));
	return { items, index: items.findIndex((item) => item.key === current?.key), order: null };
}

/** Which position follows; null: the end. `asked` tells a press of "next" from a track that ran out. */
export function queueNext(queue: Queue, repeat: Repeat, asked: boolean): number | null {
	if (queue.index < 0) return null;
	if (repeat === 'one' && !asked) return queue.index;
	if (queue.index + 1 < queue.items.length) return queue.index + 1;
	return repeat === 'off' ? null : 0;
}

export function queuePrevious(queue: Queue, repeat: Repeat): number | null {
	if (queue.index > 0) return queue.index - 1;
	return repeat === 'all' && queue.items.length > 1 ? queue.items.length - 1 : null;
}

/** A queue as it came out of storage: anything that breaks the invariants makes it empty. */
export function queueRestore(value: unknown): Queue {
	if (typeof value !== 'object' || value === null) return emptyQueue;
	const { items, index, order } = value as Partial<Queue>;
	if (!Array.isArray(items) || items.length === 0 || items.length > QUEUE_MAX) return emptyQueue;
	const sound = items.every((item) => typeof item?.key === 'string' && typeof item.track?.id === 'number');
	if (!sound || new Set(items.map((item) => item.key)).size !== items.length) return emptyQueue;
	const known = new Set(items.map((item) => item.key));
	const usable = Array.isArray(order) && order.length === items.length && order.every((key) => known.has(key));
	const place = Number.isInteger(index) ? Math.min(Math.max(0, index as number), items.length - 1) : 0;
	return { items, index: place, order: usable ? order : null };
}
