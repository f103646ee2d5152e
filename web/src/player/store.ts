/* The player's state: one store. Components read it and call its actions; it alone talks to the engine.
 * `wantsPlay` is what the person asked for; `waiting` is whether sound has to wait for data. */
import { create } from 'zustand';
import type { Track } from '../api/types';
import { useSettings } from '../app/settings';
import { Engine } from './engine';
import {
	emptyQueue,
	queueAppend,
	queueClearAhead,
	queueCurrent,
	queueFrom,
	queueInsert,
	queueMove,
	queueNext,
	queuePrevious,
	queueRemove,
	queueShuffle,
	queueUnshuffle,
	type Queue,
	type QueueItem,
	type Repeat,
	type Source,
} from './queue';
import { tellPlayer } from './events';
import { restorePlayer, startPersisting } from './persist';
import { rememberRecent } from './recent';

export interface PlayerState {
	queue: Queue;
	repeat: Repeat;
	volume: number;
	muted: boolean;
	wantsPlay: boolean;
	waiting: boolean;
	/** Set when a track could not be played; cleared by the next that can. */
	problem: 'failed' | 'blocked' | 'away' | null;
	sheetOpen: boolean;
}

interface PlayerActions {
	playTracks: (tracks: Track[], start?: number, options?: { shuffle?: boolean; from?: Source }) => void;
	/** A queue from elsewhere (another device), loaded but silent. */
	adopt: (queue: Queue, positionMs: number, repeat: Repeat) => void;
	playAt: (index: number) => void;
	toggle: () => void;
	play: () => void;
	pause: () => void;
	next: () => void;
	previous: () => void;
	seek: (ms: number) => void;
	seekBy: (ms: number) => void;
	insertNext: (tracks: Track[], from?: Source) => void;
	append: (tracks: Track[], from?: Source) => void;
	remove: (key: string) => void;
	move: (from: number, to: number) => void;
	clearAhead: () => void;
	clear: () => void;
	toggleShuffle: () => void;
	cycleRepeat: () => void;
	setVolume: (volume: number) => void;
	toggleMute: () => void;
	setSheet: (open: boolean) => void;
}

export type PlayerStore = PlayerState & PlayerActions;

/** Pressing "previous" later than this into a track starts it again instead. */
const RESTART_AFTER_MS = 4000;
const FAILURES_MAX = 3;

const restored = restorePlayer();
/* A restored position waits here until the first play loads the track. */
let startAtMs = restored.positionMs;
let loadedKey: string | null = null;
let failures = 0;

const timeListeners = new Set<() => void>();

export const usePlayer = create<PlayerStore>()((set, get) => {
	const advance = (index: number) => {
		set({ queue: { ...get().queue, index } });
		startAtMs = 0;
	};

	const begin = (index: number) => {
		advance(index);
		loadedKey = null;
		get().play();
	};

	/** Every change of the queue's content goes through here, so that the engine prepares the right next track. */
	const change = (queue: Queue) => {
		const before = queueCurrent(get().queue)?.key;
		const item = queueCurrent(queue);
		set({ queue });
		if (!item) {
			tellPlayer({ kind: 'end', natural: false });
			engine.stop();
			loadedKey = null;
			set({ wantsPlay: false, waiting: false });
		} else if (before !== undefined && item.key !== before) {
			startAtMs = 0;
			loadedKey = null;
			tellPlayer({ kind: 'end', natural: false });
			if (get().wantsPlay) get().play();
			else engine.stop();
		}
	};

	return {
		queue: restored.queue,
		repeat: restored.repeat,
		volume: restored.volume,
		muted: restored.muted,
		wantsPlay: false,
		waiting: false,
		problem: null,
		sheetOpen: false,

		playTracks: (tracks, start = 0, options) => {
			if (tracks.length === 0) return;
			const shuffle = options?.shuffle ?? get().queue.order !== null;
			const first = options?.shuffle ? Math.floor(Math.random() * tracks.length) : start;
			const queue = queueFrom(tracks, first, options?.from);
			set({ queue: shuffle ? queueShuffle(queue) : queue });
			failures = 0;
			begin(get().queue.index);
		},
		adopt: (queue, positionMs, repeat) => {
			tellPlayer({ kind: 'end', natural: false });
			engine.stop();
			loadedKey = null;
			startAtMs = positionMs;
			set({ queue, repeat, wantsPlay: false, waiting: false });
			notifyTime();
		},
		playAt: (index) => {
			if (get().queue.items[index]) begin(index);
		},
		toggle: () => (get().wantsPlay ? get().pause() : get().play()),
		play: () => {
			const item = queueCurrent(get().queue);
			if (!item) return;
			set({ wantsPlay: true, problem: null });
			if (loadedKey !== item.key) {
				tellPlayer({ kind: 'begin', item, positionMs: startAtMs });
				engine.load(item, startAtMs / 1000);
				loadedKey = item.key;
				startAtMs = 0;
				rememberRecent(item.track);
			}
			void engine.play();
			notifyTime();
		},
		pause: () => {
			set({ wantsPlay: false, waiting: false });
			engine.pause();
		},
		next: () => {
			const index = queueNext(get().queue, get().repeat, true);
			if (index !== null) begin(index);
		},
		previous: () => {
			const index = queuePrevious(get().queue, get().repeat);
			if (playerPosition() > RESTART_AFTER_MS || index === null) get().seek(0);
			else begin(index);
		},
		seek: (ms) => {
			const item = queueCurrent(get().queue);
			if (!item) return;
			const wanted = Math.min(Math.max(0, ms), Math.max(0, playerDuration() - 100));
			if (loadedKey === item.key) {
				tellPlayer({ kind: 'seek', fromMs: playerPosition(), toMs: wanted });
				engine.seek(wanted / 1000);
			} else startAtMs = wanted;
			notifyTime();
		},
		seekBy: (ms) => get().seek(playerPosition() + ms),
		insertNext: (tracks, from) => change(queueInsert(get().queue, tracks, null, from)),
		append: (tracks, from) => change(queueAppend(get().queue, tracks, from)),
		remove: (key) => change(queueRemove(get().queue, key)),
		move: (from, to) => change(queueMove(get().queue, from, to)),
		clearAhead: () => change(queueClearAhead(get().queue)),
		clear: () => change(emptyQueue),
		toggleShuffle: () => {
			const { queue } = get();
			change(queue.order ? queueUnshuffle(queue) : queueShuffle(queue));
		},
		cycleRepeat: () => {
			const following: Record<Repeat, Repeat> = { off: 'all', all: 'one', one: 'off' };
			set({ repeat: following[get().repeat] });
		},
		setVolume: (volume) => set({ volume: Math.min(1, Math.max(0, volume)), muted: false }),
		toggleMute: () => set({ muted: !get().muted }),
		setSheet: (sheetOpen) => set({ sheetOpen }),
	};
});

export const engine = new Engine({
	advanced: (key) => {
		const { queue } = usePlayer.getState();
		const index = queue.items.findIndex((item) => item.key === key);
		if (index < 0) return;
		startAtMs = 0;
		loadedKey = key;
		tellPlayer({ kind: 'end', natural: true });
		tellPlayer({ kind: 'begin', item: queue.items[index]!, positionMs: 0 });
		usePlayer.setState({ queue: { ...queue, index }, waiting: false });
		rememberRecent(queue.items[index]!.track);
		prepareNext();
	},
	ended: () => {
		/* The end of the queue: stay on the last track, at its start. */
		tellPlayer({ kind: 'end', natural: true });
		loadedKey = null;
		startAtMs = 0;
		usePlayer.setState({ wantsPlay: false, waiting: false });
		notifyTime();
	},
	failed: () => {
		failures += 1;
		tellPlayer({ kind: 'end', natural: false });
		loadedKey = null;
		usePlayer.setState({ problem: 'failed', waiting: false });
		const { queue, repeat } = usePlayer.getState();
		const index = failures < FAILURES_MAX ? queueNext(queue, repeat, true) : null;
		if (index === null) usePlayer.getState().pause();
		else usePlayer.getState().playAt(index);
	},
	away: (seconds) => {
		loadedKey = null;
		startAtMs = seconds * 1000;
		usePlayer.setState({ wantsPlay: false, waiting: false, problem: 'away' });
		notifyTime();
	},
	waiting: (waiting) => {
		if (!waiting) failures = 0;
		usePlayer.setState({ waiting: waiting && usePlayer.getState().wantsPlay });
	},
	time: () => notifyTime(),
	blocked: () => usePlayer.setState({ wantsPlay: false, waiting: false, problem: 'blocked' }),
});

function prepareNext(): void {
	const { queue, repeat } = usePlayer.getState();
	const index = queueNext(queue, repeat, false);
	engine.setNext(index === null ? null : (queue.items[index] ?? null));
}

function notifyTime(): void {
	for (const listener of timeListeners) listener();
}

export function onPlayerTime(listener: () => void): () => void {
	timeListeners.add(listener);
	return () => timeListeners.delete(listener);
}

export const currentItem = (state: PlayerState): QueueItem | null => queueCurrent(state.queue);

const isLoaded = () => loadedKey !== null && loadedKey === currentItem(usePlayer.getState())?.key;

/** Milliseconds. */
export const playerPosition = (): number => (isLoaded() ? engine.position() * 1000 : startAtMs);

export function playerDuration(): number {
	const loaded = isLoaded() ? engine.duration() * 1000 : 0;
	return loaded > 0 ? loaded : (currentItem(usePlayer.getState())?.track.duration_ms ?? 0);
}

export const playerBuffered = (): number => (isLoaded() ? engine.buffered() * 1000 : 0);

usePlayer.subscribe((state, before) => {
	if (state.queue !== before.queue || state.repeat !== before.repeat) prepareNext();
	if (state.volume !== before.volume || state.muted !== before.muted) engine.setVolume(state.muted ? 0 : state.volume);
});

function applySettings(): void {
	const { format, bitrate, gain } = useSettings.getState();
	engine.setChoice({ format, bitrate });
	engine.setGainMode(gain);
	prepareNext();
}

applySettings();
useSettings.subscribe(applySettings);
engine.setVolume(restored.muted ? 0 : restored.volume);
prepareNext();
startPersisting(usePlayer, playerPosition);

/* Two windows do not play over each other: the one that starts last plays. */
const windows = new BroadcastChannel('ogma.player');
windows.onmessage = () => usePlayer.getState().wantsPlay && usePlayer.getState().pause();
usePlayer.subscribe((state, before) => {
	if (state.wantsPlay && !before.wantsPlay) windows.postMessage('playing');
});
