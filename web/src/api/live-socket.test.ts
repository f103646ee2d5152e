import '../test/page';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveSocket, reconnectDelay, type LineStatus, type SocketLike } from './live-socket';

class FakeSocket implements SocketLike {
	onopen: (() => void) | null = null;
	onclose: ((event: { code: number; reason: string }) => void) | null = null;
	onmessage: ((message: { data: unknown }) => void) | null = null;
	sent: string[] = [];
	closed = false;
	readonly path: string;
	constructor(path: string) {
		this.path = path;
	}
	send(text: string): void {
		this.sent.push(text);
	}
	close(): void {
		this.closed = true;
	}
	says(message: object | string): void {
		this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
	}
}

let sockets: FakeSocket[];
let heard: string[];
let missed: number;
let states: LineStatus['state'][];
let line: LiveSocket;

const last = () => sockets.at(-1)!;
const broken = { code: 1006, reason: '' };

function begin(): void {
	sockets = [];
	heard = [];
	missed = 0;
	states = [];
	line = new LiveSocket(
		'/api/ws/playlist?channel_id=7',
		{
			heard: ({ event }) => heard.push(event),
			missed: () => (missed += 1),
			status: ({ state }) => states.push(state),
		},
		(path) => {
			sockets.push(new FakeSocket(path));
			return last();
		},
	);
}

function connected(data: object = {}): void {
	last().onopen?.();
	last().says({ event: 'connected', data, timestamp: '' });
}

beforeEach(() => {
	vi.useFakeTimers();
	begin();
});
afterEach(() => vi.useRealTimers());

describe('a live line', () => {
	it('says when it is open, and hands on what it hears under either name', () => {
		connected();
		last().says({ event: 'track_change', channel_id: 7, data: {}, timestamp: '', seq: 3 });
		last().says({ type: 'stats', data: {}, timestamp: '' });
		expect(heard).toEqual(['connected', 'track_change', 'stats']);
		expect(states).toEqual(['connecting', 'open']);
	});
	it('is not broken by what it does not understand', () => {
		connected();
		for (const text of ['', 'pong', '{', '7', 'null', '[]', '{"event":5}']) last().says(text);
		expect(heard).toEqual(['connected']);
	});
	it('that broke off opens again by itself and asks for what it missed', async () => {
		connected();
		last().says({ event: 'queue_update', data: {}, timestamp: '', seq: 41 });
		last().onclose?.(broken);
		expect(states.at(-1)).toBe('lost');
		await vi.advanceTimersByTimeAsync(500);
		expect(last().path).toBe('/api/ws/playlist?channel_id=7&since=41');
		connected({ resumed: true });
		expect(states).toEqual(['connecting', 'open', 'lost', 'connecting', 'open']);
		expect(missed).toBe(1);
	});
	it('says so when it opens, and when the server no longer has what was missed', async () => {
		connected();
		expect(missed).toBe(1);
		last().onclose?.(broken);
		await vi.advanceTimersByTimeAsync(500);
		connected({ resumed: false });
		expect(missed).toBe(2);
	});
	it('is tried later and later while nobody answers, and at once when asked', async () => {
		for (let tries = 0; tries < 6; tries += 1) {
			last().onclose?.(broken);
			await vi.advanceTimersByTimeAsync(30_000);
		}
		expect(sockets.length).toBe(7);
		last().onclose?.(broken);
		line.retry();
		expect(sockets.length).toBe(8);
		line.retry();
		expect(sockets.length, 'one try at a time').toBe(8);
	});
	it('is not tried again when the server refuses to tell, until somebody asks', async () => {
		connected();
		last().onclose?.({ code: 1008, reason: 'subscription_failed' });
		await vi.advanceTimersByTimeAsync(120_000);
		expect(sockets.length).toBe(1);
		expect(line.status).toEqual({ state: 'lost', retryAt: null });
		line.retry();
		expect(sockets.length).toBe(2);
	});
	it('is tried again when the session has to be renewed', async () => {
		connected();
		last().onclose?.({ code: 1008, reason: 'authentication_required' });
		await vi.advanceTimersByTimeAsync(500);
		expect(sockets.length).toBe(2);
	});
	it('that is silent when asked for a sign of life is taken for dead', async () => {
		connected();
		await vi.advanceTimersByTimeAsync(25_000);
		expect(last().sent).toEqual(['ping']);
		last().says({ event: 'pong', data: {}, timestamp: '' });
		await vi.advanceTimersByTimeAsync(24_000);
		expect(states.at(-1)).toBe('open');
		await vi.advanceTimersByTimeAsync(12_000);
		expect(sockets[0]!.closed).toBe(true);
		expect(sockets.length).toBe(2);
	});
	it('that is not wanted any more is over', async () => {
		connected();
		line.close();
		expect(last().closed).toBe(true);
		await vi.advanceTimersByTimeAsync(120_000);
		expect(sockets.length).toBe(1);
	});
});

describe('the time to the next try', () => {
	it('doubles up to half a minute, shortened by chance', () => {
		expect([0, 1, 2, 3, 4, 5, 6, 20].map((attempt) => reconnectDelay(attempt, 1))).toEqual([
			500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
		]);
		expect(reconnectDelay(20, 0)).toBe(18_000);
	});
});
