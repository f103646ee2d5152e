import '../test/page';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Report } from './listening';
import { Outbox } from './outbox';

const report = (event_id: string, change: Partial<Report> = {}): Report => ({
	track_id: 1,
	action: 'start',
	duration_played_ms: 0,
	position_ms: 0,
	played_at: '2026-11-28T10:00:00.000Z',
	session_id: 's',
	event_id,
	source: 'library',
	platform: 'web',
	device_type: 'desktop',
	client: 'ogma-web',
	...change,
});

let answers: number[];
const batches: string[][] = [];

beforeEach(() => {
	vi.useFakeTimers();
	localStorage.clear();
	batches.length = 0;
	answers = [];
	vi.spyOn(globalThis, 'fetch').mockImplementation((_url, init) => {
		const { events } = JSON.parse(init!.body as string) as { events: Report[] };
		batches.push(events.map(({ event_id }) => event_id));
		const status = answers.shift() ?? 202;
		if (status === 0) return Promise.reject(new TypeError('away'));
		return Promise.resolve(new Response('{}', { status }));
	});
});

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

describe('reports on their way', () => {
	it('go together', async () => {
		const outbox = new Outbox();
		outbox.add(report('a'));
		outbox.add(report('b', { action: 'pause' }));
		await vi.advanceTimersByTimeAsync(2_000);
		expect(batches).toEqual([['a', 'b']]);
		expect(outbox.size).toBe(0);
	});

	it('stay until the server has them, over a reload too', async () => {
		answers = [0];
		const outbox = new Outbox();
		outbox.add(report('a'));
		await vi.advanceTimersByTimeAsync(2_000);
		expect(outbox.size).toBe(1);
		const next = new Outbox();
		await vi.advanceTimersByTimeAsync(2_000);
		expect(batches.at(-1)).toEqual(['a']);
		expect(next.size).toBe(0);
	});

	it('are tried again after a server that is busy', async () => {
		answers = [503, 429];
		const outbox = new Outbox();
		outbox.add(report('a'));
		await vi.advanceTimersByTimeAsync(60_000);
		expect(batches).toEqual([['a'], ['a'], ['a']]);
		expect(outbox.size).toBe(0);
	});

	it('are given up when the server will never take them', async () => {
		answers = [422];
		const outbox = new Outbox();
		outbox.add(report('a'));
		await vi.advanceTimersByTimeAsync(60_000);
		expect(batches).toEqual([['a']]);
		expect(outbox.size).toBe(0);
	});

	it('of progress that was not sent yet are replaced by the newer one', async () => {
		const outbox = new Outbox();
		outbox.add(report('a'));
		outbox.add(report('b', { action: 'progress', duration_played_ms: 30_000 }));
		outbox.add(report('c', { action: 'progress', duration_played_ms: 60_000 }));
		outbox.flushNow();
		await vi.advanceTimersByTimeAsync(10);
		expect(batches).toEqual([['a', 'c']]);
	});
});
