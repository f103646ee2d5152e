/* Channels as they are at this moment: what their sockets tell is laid over what was asked for. */
import { mutate, useSWRConfig, type Cache } from 'swr';
import { channelOf, patchChannel, patchQueue } from './channel-patch';
import { CHANNELS_KEY, channelKey, queueKey, refreshChannel, type ChannelPage } from './channels';
import type { Channel, Queue, Received } from './channel-types';
import { useLive, type Line, type LiveMessage } from './live';

export type { Line } from './live';

const SOON_MS = 2500;
const AT_ONCE_MS = 250;
const due = new Map<number, number>();

/** Asked anew too, a little later: events do not say everything, and not all pages shall ask in the same moment. */
function refreshSoon(id: number, within: number): void {
	if (due.has(id)) return;
	due.set(
		id,
		window.setTimeout(
			() => {
				due.delete(id);
				refreshChannel(id);
			},
			within * (0.3 + 0.7 * Math.random()),
		),
	);
}

/** Changes what is known. What is being asked for right now would be thrown away for a change of nothing (SWR keeps the
 * later of the two), and nothing be shown: it is asked anew instead. */
function patch<T>(cache: Cache, key: string, change: (known: T) => T): void {
	if (cache.get(key)?.data === undefined) void mutate(key);
	else void mutate<T>(key, (known) => known && change(known), false);
}

/** Takes an event over into everything that is shown of its channel. */
export function takeEvent(cache: Cache, message: LiveMessage): void {
	const id = channelOf(message);
	if (id === null) return;
	const now = performance.now();
	patch<Received<Channel>>(cache, channelKey(id), (known) => patchChannel(known, message, now));
	patch<ChannelPage>(cache, CHANNELS_KEY, (known) => ({
		...known,
		items: known.items.map((channel) => (channel.id === id ? patchChannel(channel, message, now) : channel)),
	}));
	patch<Queue>(cache, queueKey(id), (known) => patchQueue(known, message));
	if (message.event === 'playlist_update' || message.event === 'queue_update') void mutate(queueKey(id));
	/* A channel that comes up may not be in any list yet. */
	const up = message.data.event === 'started' || message.data.status === 'playing';
	if (/^(stream_|track_|playlist_|auto_end)/.test(message.event)) refreshSoon(id, up ? AT_ONCE_MS : SOON_MS);
}

/** All that is known of channels may be old. */
export const missed = () => void mutate((key) => typeof key === 'string' && /\/(channels|queue)\b/.test(key));

function useChannelLine(path: string): Line {
	const { cache } = useSWRConfig();
	return useLive(path, (message) => takeEvent(cache, message), missed);
}

/** All channels: who comes and goes, what they play, how many listen. */
export const useStations = (): Line => useChannelLine('/ws/stats');

/** One channel and its queue. */
export const useChannelEvents = (id: number): Line => useChannelLine(`/api/ws/playlist?channel_id=${id}`);
