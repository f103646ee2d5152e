/* Keeps the queue and the place in it over reloads. The queue's items are written only when they change: with
 * QUEUE_MAX items that is about a megabyte, while the place changes with every track. */
import type { StoreApi } from 'zustand';
import type { PlayerState } from './store';
import { emptyQueue, queueCurrent, queueRestore, type Queue, type Repeat } from './queue';

const ITEMS = 'ogma.queue';
const PLACE = 'ogma.player';
const POSITION_EVERY_MS = 5000;
/** How much of the queue is kept when the browser's storage is too small for all of it. */
const WINDOW = 100;

interface Place {
	index: number;
	positionMs: number;
	repeat: Repeat;
	volume: number;
	muted: boolean;
}

export interface Restored extends Place {
	queue: Queue;
}

function read(key: string): unknown {
	try {
		return JSON.parse(localStorage.getItem(key) ?? 'null');
	} catch {
		return null;
	}
}

const within = (value: unknown, min: number, max: number, otherwise: number): number =>
	typeof value === 'number' && value >= min && value <= max ? value : otherwise;

export function restorePlayer(): Restored {
	const place = (read(PLACE) ?? {}) as Partial<Place>;
	const items = read(ITEMS) as Partial<Queue> | null;
	const queue = items ? queueRestore({ ...items, index: place.index ?? items.index }) : emptyQueue;
	const current = queueCurrent(queue);
	return {
		queue,
		index: queue.index,
		positionMs: current ? within(place.positionMs, 0, current.track.duration_ms, 0) : 0,
		repeat: place.repeat === 'all' || place.repeat === 'one' ? place.repeat : 'off',
		volume: within(place.volume, 0, 1, 0.9),
		muted: place.muted === true,
	};
}

function write(key: string, value: unknown): boolean {
	try {
		localStorage.setItem(key, JSON.stringify(value));
		return true;
	} catch {
		return false;
	}
}

/** Returns what is to be added to an index to find its place in what was stored. */
function writeQueue(queue: Queue): number {
	if (write(ITEMS, queue)) return 0;
	const from = Math.max(0, queue.index - WINDOW);
	const items = queue.items.slice(from, from + 2 * WINDOW);
	write(ITEMS, { items, index: queue.index - from, order: null });
	return -from;
}

type Store = Pick<StoreApi<PlayerState>, 'getState' | 'subscribe'>;

export function startPersisting(store: Store, position: () => number): void {
	let shift = 0;
	const writePlace = () => {
		const { queue, repeat, volume, muted } = store.getState();
		write(PLACE, { index: queue.index + shift, positionMs: position(), repeat, volume, muted } satisfies Place);
	};
	store.subscribe((state, before) => {
		if (state.queue.items !== before.queue.items || state.queue.order !== before.queue.order) {
			shift = writeQueue(state.queue);
		}
		writePlace();
	});
	setInterval(() => {
		if (store.getState().wantsPlay) writePlace();
	}, POSITION_EVERY_MS);
	addEventListener('pagehide', writePlace);
	document.addEventListener('visibilitychange', writePlace);
}
