import { describe, expect, it } from 'vitest';
import { endsIn, positionOf } from './channel-time';
import type { QueueItem } from './channels';

const item = { duration_ms: 180_000 } as QueueItem;
const channel = {
	state: 'playing' as const,
	received_at: 5000,
	current_position_ms: 60_000,
	current_item: item,
	auto_end_timer: { started_at: '', timeout_at: '', remaining_seconds: 30 },
};

describe('the place in what plays', () => {
	it('goes on from what the server said, up to the end', () => {
		expect(positionOf(channel, 15_000)).toBe(70_000);
		expect(positionOf(channel, 500_000)).toBe(180_000);
	});
	it('stands while the channel is paused', () => {
		expect(positionOf({ ...channel, state: 'paused' }, 15_000)).toBe(60_000);
	});
});

describe('the time until a channel ends by itself', () => {
	it('runs down from what the server said, whatever the clock of this computer says', () => {
		expect(endsIn(channel, 5000)).toBe(30);
		expect(endsIn(channel, 25_000)).toBe(10);
		expect(endsIn(channel, 99_000)).toBe(0);
	});
	it('is none without a timer, and while the channel is paused', () => {
		expect(endsIn({ ...channel, auto_end_timer: null }, 5000)).toBeNull();
		expect(endsIn({ ...channel, state: 'paused' }, 5000)).toBeNull();
	});
});
