import { describe, expect, it } from 'vitest';
import { Listening, type Report } from './listening';
import { trackOf } from '../test/tracks';
import type { Source } from './queue';

const BEGAN = new Date('2026-11-28T10:00:00.000Z');

function listen(options: { from?: Source; positionMs?: number; durationMs?: number } = {}) {
	const sent: Report[] = [];
	let serial = 0;
	const track = { ...trackOf(7), duration_ms: options.durationMs ?? 200_000 };
	const item = options.from ? { key: 'k', track, from: options.from } : { key: 'k', track };
	const listening = new Listening(item, options.positionMs ?? 0, BEGAN, {
		session_id: 's',
		device_type: 'desktop',
		client: 'ogma-web',
		nextEventId: () => `e${(serial += 1)}`,
		send: (report) => sent.push(report),
	});
	const play = (from: number, to: number) => {
		for (let at = from; at <= to; at += 200) listening.tick(at);
	};
	return { sent, listening, play, actions: () => sent.map(({ action }) => action) };
}

describe('a listening', () => {
	it('is told at once, every half minute heard, and when it ends', () => {
		const { listening, play, sent, actions } = listen({ from: { type: 'album', id: 4 } });
		play(0, 65_000);
		listening.finish(false);
		expect(actions()).toEqual(['start', 'progress', 'progress', 'skip']);
		expect(sent.map(({ duration_played_ms }) => duration_played_ms)).toEqual([0, 30_000, 60_000, 65_000]);
		expect(new Set(sent.map(({ played_at }) => played_at))).toEqual(new Set([BEGAN.toISOString()]));
		expect(new Set(sent.map(({ event_id }) => event_id)).size).toBe(4);
		expect(sent[0]).toMatchObject({ track_id: 7, source: 'album', source_id: 4, session_id: 's', platform: 'web' });
	});

	it('does not count what was jumped over, and counts what is heard again', () => {
		const { listening, play, sent } = listen();
		play(0, 10_000);
		listening.seek(10_000, 100_000);
		play(100_000, 105_000);
		listening.seek(105_000, 0);
		play(0, 5_000);
		listening.finish(false);
		expect(sent.at(-1)).toMatchObject({ action: 'skip', duration_played_ms: 20_000, position_ms: 5_000 });
		expect(sent.filter(({ action }) => action === 'seek')).toHaveLength(2);
	});

	it('that ran out is complete, also when its last ticks are missing', () => {
		const { listening, play, sent } = listen({ durationMs: 40_000 });
		play(0, 39_400);
		listening.finish(true);
		expect(sent.at(-1)).toMatchObject({ action: 'complete', duration_played_ms: 40_000, position_ms: 40_000 });
	});

	it('that begins in the middle does not count the part before', () => {
		const { listening, play, sent } = listen({ positionMs: 150_000 });
		play(150_000, 160_000);
		listening.finish(false);
		expect(sent.at(-1)!.duration_played_ms).toBe(10_000);
	});

	it('says a pause only when there is something new to say, and nothing after its end', () => {
		const { listening, play, actions } = listen();
		listening.pause();
		play(0, 4_000);
		listening.pause();
		listening.pause();
		listening.finish(false);
		listening.finish(true);
		listening.tick(9_000);
		expect(actions()).toEqual(['start', 'pause', 'skip']);
	});

	it('survives a position that goes back by itself', () => {
		const { listening, play } = listen();
		play(0, 2_000);
		listening.tick(0);
		play(0, 1_000);
		expect(listening.heardMs).toBe(3_000);
	});

	it('of a track added by hand came out of the queue', () => {
		expect(listen().sent[0]).toMatchObject({ source: 'queue' });
		expect(listen({ from: { type: 'genre', id: 3 } }).sent[0]).toMatchObject({ source: 'library' });
	});
});
