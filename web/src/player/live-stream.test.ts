import '../test/page';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveStream, retryDelay, type LiveElement } from './live-stream';

class FakeElement extends EventTarget {
	src = '';
	volume = 1;
	currentTime = 0;
	opened: string[] = [];
	refuses = '';
	play(): Promise<void> {
		this.opened.push(this.src);
		return this.refuses ? Promise.reject(new DOMException('no', this.refuses)) : Promise.resolve();
	}
	pause(): void {}
	load(): void {}
	removeAttribute(name: string): void {
		if (name === 'src') this.src = '';
	}
}

let element: FakeElement;
let told: string[];
let wanted: boolean;
let stream: LiveStream;

const fire = (name: string) => element.dispatchEvent(new Event(name));

beforeEach(() => {
	vi.useFakeTimers();
	element = new FakeElement();
	told = [];
	wanted = true;
	stream = new LiveStream(element as unknown as LiveElement, {
		playing: () => told.push('playing'),
		waiting: () => told.push('waiting'),
		blocked: () => told.push('blocked'),
		over: () => told.push('over'),
		wanted: () => Promise.resolve(wanted),
	});
});
afterEach(() => vi.useRealTimers());

describe('a live stream', () => {
	it('that breaks off is opened again by itself, and says so', async () => {
		stream.start(['/live/1.mp3']);
		fire('playing');
		fire('error');
		expect(told).toEqual(['playing', 'waiting']);
		await vi.advanceTimersByTimeAsync(500);
		fire('playing');
		expect(element.opened).toEqual(['/live/1.mp3', '/live/1.mp3']);
		expect(told).toEqual(['playing', 'waiting', 'playing']);
	});
	it('tries the next format when one does not play', async () => {
		stream.start(['/live/1.opus', '/live/1.mp3']);
		fire('error');
		await vi.advanceTimersByTimeAsync(500);
		expect(element.opened).toEqual(['/live/1.opus', '/live/1.mp3']);
	});
	it('that goes silent is taken for broken, though nobody says so', async () => {
		stream.start(['/live/1.mp3']);
		fire('playing');
		for (let second = 0; second < 30; second += 1) {
			await vi.advanceTimersByTimeAsync(1000);
			fire('timeupdate');
		}
		expect(told).toEqual(['playing']);
		await vi.advanceTimersByTimeAsync(12_000);
		expect(told).toEqual(['playing', 'waiting']);
		expect(element.opened.length).toBe(2);
	});
	it('of a channel that is over is given up', async () => {
		stream.start(['/live/1.mp3']);
		wanted = false;
		fire('ended');
		await vi.advanceTimersByTimeAsync(60_000);
		expect(told).toEqual(['waiting', 'over']);
		expect(element.opened.length).toBe(1);
	});
	it('that was stopped stays silent, whatever the element still says', async () => {
		stream.start(['/live/1.mp3']);
		stream.stop();
		fire('error');
		fire('playing');
		await vi.advanceTimersByTimeAsync(60_000);
		expect(told).toEqual([]);
		expect(element.src).toBe('');
		expect(element.opened.length).toBe(1);
	});
	it('is tried at once when the network is back', () => {
		stream.start(['/live/1.mp3']);
		fire('error');
		stream.retryNow();
		expect(element.opened.length).toBe(2);
	});
	it('asks for a gesture where the browser wants one', async () => {
		element.refuses = 'NotAllowedError';
		stream.start(['/live/1.mp3']);
		await vi.advanceTimersByTimeAsync(30_000);
		expect(told).toEqual(['blocked']);
		expect(element.opened.length).toBe(1);
	});
});

describe('the time to the next try', () => {
	it('doubles up to a quarter of a minute, and is never the same for all', () => {
		expect([0, 1, 2, 3, 4, 5, 9].map((attempt) => retryDelay(attempt, 1))).toEqual([
			500, 1000, 2000, 4000, 8000, 15_000, 15_000,
		]);
		expect(retryDelay(9, 0)).toBe(9000);
	});
});
