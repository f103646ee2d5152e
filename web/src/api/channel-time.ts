/* What a channel's times are now, told on from when they were received: the clocks of two computers are never the same. */
import type { Channel, Received } from './channels';

type Timed = Pick<
	Received<Channel>,
	'state' | 'received_at' | 'current_position_ms' | 'current_item' | 'auto_end_timer'
>;

/** Milliseconds into what plays, never past its end. */
export function positionOf(channel: Timed, now: number): number {
	const since = channel.state === 'playing' ? Math.max(0, now - channel.received_at) : 0;
	const length = channel.current_item?.duration_ms ?? Infinity;
	return Math.min(channel.current_position_ms + since, length);
}

/** Seconds until the channel ends because nobody listens; null: it does not. */
export function endsIn(channel: Timed, now: number): number | null {
	if (!channel.auto_end_timer || channel.state === 'stopped' || channel.state === 'paused') return null;
	const since = Math.max(0, now - channel.received_at);
	return Math.max(0, channel.auto_end_timer.remaining_seconds - since / 1000);
}
