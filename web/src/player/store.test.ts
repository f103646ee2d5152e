import '../test/page';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvents, Entry } from './engine';
import { tracksOf, trackOf } from '../test/tracks';

/** Stands in for the engine: remembers what the store asked for, and lets a test report events. */
const fake = vi.hoisted(() => ({
	events: null as EngineEvents | null,
	loaded: null as { id: number; start: number } | null,
	next: null as number | null,
	playing: false,
	position: 0,
}));

vi.mock('./engine', () => ({
	Engine: class {
		constructor(events: EngineEvents) {
			fake.events = events;
		}
		load(entry: Entry, start: number) {
			fake.loaded = { id: entry.track.id, start };
			fake.position = start;
		}
		play() {
			fake.playing = true;
			return Promise.resolve();
		}
		pause() {
			fake.playing = false;
		}
		stop() {
			fake.playing = false;
			fake.loaded = null;
		}
		seek(seconds: number) {
			fake.position = seconds;
		}
		setNext(entry: Entry | null) {
			fake.next = entry?.track.id ?? null;
		}
		position = () => fake.position;
		duration = () => 180;
		buffered = () => 0;
		setVolume() {}
		setGainMode() {}
		setChoice() {}
	},
}));

type StoreModule = typeof import('./store');
let store: StoreModule;
const state = () => store.usePlayer.getState();
const currentId = () => store.currentItem(state())?.track.id;

async function fresh(): Promise<void> {
	vi.resetModules();
	store = await import('./store');
}

beforeEach(async () => {
	/* The stores of earlier tests are still about: they would take each other for other windows, and go on writing. */
	vi.stubGlobal(
		'BroadcastChannel',
		class {
			postMessage() {}
		},
	);
	vi.useFakeTimers();
	localStorage.clear();
	Object.assign(fake, { loaded: null, next: null, playing: false, position: 0 });
	await fresh();
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

describe('playing', () => {
	it('loads the asked track and prepares the following one', () => {
		state().playTracks(tracksOf(3), 1);
		expect(fake.loaded).toEqual({ id: 2, start: 0 });
		expect(fake.playing).toBe(true);
		expect(fake.next).toBe(3);
	});
	it('goes on without loading again after a pause', () => {
		state().playTracks(tracksOf(2));
		fake.loaded = null;
		state().toggle();
		expect(fake.playing).toBe(false);
		state().toggle();
		expect(fake.playing).toBe(true);
		expect(fake.loaded).toBeNull();
	});
	it('follows the engine when it moves on by itself', () => {
		state().playTracks(tracksOf(3));
		fake.events!.advanced(state().queue.items[1]!.key);
		expect(currentId()).toBe(2);
		expect(fake.next).toBe(3);
	});
	it('prepares nothing at the end, the first track when repeating, itself when repeating one', () => {
		state().playTracks(tracksOf(2), 1);
		expect(fake.next).toBeNull();
		state().cycleRepeat();
		expect(fake.next).toBe(1);
		state().cycleRepeat();
		expect(fake.next).toBe(2);
	});
	it('stops at the end of the queue and keeps it', () => {
		state().playTracks(tracksOf(2), 1);
		fake.events!.ended();
		expect(state().wantsPlay).toBe(false);
		expect(state().queue.items).toHaveLength(2);
	});
	it('starts the track again when "previous" comes late in it', () => {
		state().playTracks(tracksOf(2), 1);
		fake.position = 30;
		state().previous();
		expect(currentId()).toBe(2);
		expect(fake.position).toBe(0);
		state().previous();
		expect(currentId()).toBe(1);
	});
});

describe('trouble', () => {
	it('goes on to the next track, but gives up after three in a row', () => {
		state().playTracks(tracksOf(9));
		for (let count = 0; count < 3; count += 1) fake.events!.failed({ key: '', track: trackOf(1) });
		expect(currentId()).toBe(3);
		expect(state().wantsPlay).toBe(false);
		expect(state().problem).toBe('failed');
	});
	it('keeps the place when the server is away, and goes on from there', () => {
		state().playTracks(tracksOf(3), 1);
		fake.events!.away(42);
		expect(state()).toMatchObject({ wantsPlay: false, problem: 'away' });
		expect(store.playerPosition()).toBe(42_000);
		state().play();
		expect(fake.loaded).toEqual({ id: 2, start: 42 });
	});
	it('says so when the browser wants a gesture first', () => {
		state().playTracks(tracksOf(1));
		fake.events!.blocked();
		expect(state()).toMatchObject({ wantsPlay: false, problem: 'blocked' });
	});
});

describe('editing the queue', () => {
	it('plays the following track when the playing one is removed', () => {
		state().playTracks(tracksOf(3));
		state().remove(state().queue.items[0]!.key);
		expect(fake.loaded).toEqual({ id: 2, start: 0 });
	});
	it('does not interrupt the music when others are moved, added or removed', () => {
		state().playTracks(tracksOf(4), 1);
		fake.loaded = null;
		state().move(3, 0);
		state().append([trackOf(9)]);
		state().insertNext([trackOf(8)]);
		state().remove(state().queue.items[0]!.key);
		state().toggleShuffle();
		expect(fake.loaded).toBeNull();
		expect(currentId()).toBe(2);
	});
	it('prepares what "play next" put behind the current track', () => {
		state().playTracks(tracksOf(3));
		state().insertNext([trackOf(9)]);
		expect(fake.next).toBe(9);
	});
	it('is silent after clearing', () => {
		state().playTracks(tracksOf(3));
		state().clear();
		expect(state().wantsPlay).toBe(false);
		expect(fake.playing).toBe(false);
		expect(currentId()).toBeUndefined();
	});
});

describe('after a reload', () => {
	it('has the queue, the place in the track, repeat and volume', async () => {
		state().playTracks(tracksOf(5), 3);
		state().cycleRepeat();
		state().setVolume(0.4);
		fake.position = 61.5;
		dispatchEvent(new Event('pagehide'));
		await fresh();
		expect(currentId()).toBe(4);
		expect(state()).toMatchObject({ repeat: 'all', volume: 0.4, wantsPlay: false });
		expect(store.playerPosition()).toBe(61_500);
		state().play();
		expect(fake.loaded).toEqual({ id: 4, start: 61.5 });
	});
	it('starts empty when what was stored is damaged', async () => {
		localStorage.setItem('ogma.queue', '{"items":[{');
		localStorage.setItem('ogma.player', '[]');
		await fresh();
		expect(state().queue.index).toBe(-1);
		expect(state().volume).toBe(0.9);
	});
});
