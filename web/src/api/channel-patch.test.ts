import { describe, expect, it } from 'vitest';
import { channelOf, patchChannel, patchQueue } from './channel-patch';
import type { Channel, Queue, QueueItem, Received } from './channel-types';
import type { LiveMessage } from './live-socket';

const item = (title: string) => ({ id: title, title, duration_ms: 200_000 }) as QueueItem;
const channel = {
	id: 7,
	state: 'playing',
	received_at: 1000,
	current_item: item('First'),
	current_position_ms: 30_000,
	listeners_count: 0,
	auto_end_timer: { started_at: '', timeout_at: '', remaining_seconds: 40 },
} as Received<Channel>;

const message = (event: string, data: object = {}): LiveMessage => ({
	event,
	channel_id: 7,
	data: data as LiveMessage['data'],
	timestamp: '',
});
const after = (event: string, data: object, now = 11_000) => patchChannel(channel, message(event, data), now);

describe('an event of a channel', () => {
	it('of another track begins it at its start, whichever socket tells', () => {
		for (const changed of [
			after('track_change', { current_track: item('Second'), reason: 'skip' }),
			after('stream_update', { event: 'track_changed', current_track: item('Second'), listeners: 0 }),
		]) {
			expect(changed).toMatchObject({ current_position_ms: 0, received_at: 11_000, state: 'playing' });
			expect(changed.current_item?.title).toBe('Second');
		}
		expect(after('track_change', { current_track: null }).state).toBe('placeholder');
	});
	it('of its listeners leaves its times right, and a listener ends the timer', () => {
		expect(after('listeners_update', { listeners: 0 })).toMatchObject({
			current_position_ms: 40_000,
			auto_end_timer: { remaining_seconds: 30 },
		});
		expect(after('listeners_update', { listeners: 3 })).toMatchObject({ listeners_count: 3, auto_end_timer: null });
	});
	it('of its state goes on in the same track, and begins another one', () => {
		const status = (title: string) => after('stream_status', { status: 'playing', current_track: item(title) });
		expect(status('First')).toMatchObject({ current_position_ms: 40_000 });
		expect(status('Second')).toMatchObject({ current_position_ms: 0, current_item: { title: 'Second' } });
	});
	it('of its end to come sets the timer', () => {
		expect(after('auto_end_warning', { seconds_remaining: 10 }).auto_end_timer?.remaining_seconds).toBe(10);
		expect(after('auto_end_cancelled', {}).auto_end_timer).toBeNull();
		expect(after('auto_end_warning', { remaining_seconds: 30 }).auto_end_timer?.remaining_seconds).toBe(30);
	});
	it('of its end takes it off the air', () => {
		const over = { state: 'stopped', current_item: null, auto_end_timer: null };
		expect(after('stream_update', { event: 'stopped' })).toMatchObject(over);
		expect(after('stream_status', { status: 'stopped' })).toMatchObject(over);
		expect(after('stream_status', { status: 'paused' })).toMatchObject({
			state: 'paused',
			current_position_ms: 40_000,
		});
	});
	it('that is about something else changes nothing', () => {
		expect(after('metrics_update', { cpu: 3 })).toBe(channel);
	});
	it('names its channel in the envelope or in its data, as a number or a text', () => {
		expect(channelOf(message('x'))).toBe(7);
		expect(channelOf({ ...message('x', { channel_id: '-1001' }), channel_id: null })).toBe(-1001);
		expect(channelOf({ ...message('x'), channel_id: null })).toBeNull();
	});
});

describe('an event of a queue', () => {
	const queue: Queue = { items: [item('A')], total: 1, version: 5 };
	it('brings its newest state, and an older one never takes its place', () => {
		const newer = patchQueue(queue, message('queue_update', { items: [item('B')], total: 1, version: 6 }));
		expect(newer).toMatchObject({ version: 6, items: [{ title: 'B' }] });
		expect(patchQueue(queue, message('queue_update', { items: [], total: 0, version: 4 }))).toBe(queue);
	});
});
