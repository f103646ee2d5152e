/* What an event changes in what is known of a channel. Pure: the hooks say where it is kept. */
import type { AutoEndTimer, Channel, ChannelState, Queue, QueueItem, Received } from './channel-types';
import type { LiveMessage } from './live-socket';

/** /ws/stats names the channel in its data, and as a text. */
export function channelOf({ channel_id, data }: LiveMessage): number | null {
	const named = channel_id ?? Number(data.channel_id ?? NaN);
	return Number.isInteger(named) ? named : null;
}

const numberIn = (value: unknown): number | null =>
	typeof value === 'number' && Number.isFinite(value) ? value : null;

function itemIn(value: unknown): QueueItem | null {
	const item = value as Partial<QueueItem> | null | undefined;
	return item && typeof item.title === 'string' ? (item as QueueItem) : null;
}

function timerOf(data: LiveMessage['data'], before: AutoEndTimer | null): AutoEndTimer | null {
	const left = numberIn(data.seconds_remaining ?? data.remaining_seconds);
	if (left === null) return before;
	return {
		started_at: before?.started_at ?? '',
		timeout_at: typeof data.timeout_at === 'string' ? data.timeout_at : (before?.timeout_at ?? ''),
		remaining_seconds: left,
	};
}

const STATES: readonly string[] = ['playing', 'paused', 'stopped', 'placeholder'] satisfies ChannelState[];

/** The channel after the event; the same object where the event says nothing about it. */
export function patchChannel(channel: Received<Channel>, message: LiveMessage, now: number): Received<Channel> {
	const { event, data } = message;
	/* Its times are told on from now, so they have to be those of now. */
	const since = channel.state === 'playing' ? now - channel.received_at : 0;
	const timer = channel.auto_end_timer && {
		...channel.auto_end_timer,
		remaining_seconds: channel.auto_end_timer.remaining_seconds - (now - channel.received_at) / 1000,
	};
	const aged: Received<Channel> = {
		...channel,
		received_at: now,
		current_position_ms: channel.current_position_ms + since,
		auto_end_timer: timer,
	};
	const listeners = numberIn(data.listeners ?? data.listeners_count ?? data.count);
	const counted = listeners === null ? aged : { ...aged, listeners_count: listeners };
	const freed = counted.listeners_count > 0 ? { ...counted, auto_end_timer: null } : counted;
	if (event === 'auto_end_cancelled') return { ...aged, auto_end_timer: null };
	if (event === 'auto_end_warning') return { ...aged, auto_end_timer: timerOf(data, timer) };
	if (event === 'listeners_update') return freed;
	if (event === 'track_change' || (event === 'stream_update' && data.event === 'track_changed')) {
		const item = itemIn(data.current_track);
		return { ...freed, current_item: item, current_position_ms: 0, state: item ? 'playing' : 'placeholder' };
	}
	if (event === 'stream_update' || event === 'stream_status') {
		const named = String(data.state ?? data.status ?? '');
		const state = data.event === 'stopped' ? 'stopped' : STATES.includes(named) ? (named as ChannelState) : null;
		if (state === 'stopped') return { ...counted, state, current_item: null, auto_end_timer: null, listeners_count: 0 };
		const told = state ? { ...freed, state } : freed;
		if (data.current_track === undefined) return told;
		const item = itemIn(data.current_track);
		const same = item?.id === channel.current_item?.id;
		return { ...told, current_item: item, current_position_ms: same ? told.current_position_ms : 0 };
	}
	return channel;
}

/** The queue after the event; an older state than the one that is known says nothing. */
export function patchQueue(queue: Queue, { event, data }: LiveMessage): Queue {
	if (event !== 'queue_update' || !Array.isArray(data.items)) return queue;
	const version = numberIn(data.version) ?? queue.version;
	if (version < queue.version) return queue;
	const items = data.items as QueueItem[];
	return { ...queue, items, total: numberIn(data.total) ?? items.length, version };
}
