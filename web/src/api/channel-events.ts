/* Channels as they are at this moment: what their sockets tell is laid over what was asked for. */
import { mutate } from 'swr';
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

/** Takes an event over into everything that is shown of its channel. */
export function takeEvent(message: LiveMessage): void {
	const id = channelOf(message);
	if (id === null) return;
	const now = performance.now();
	void mutate<Received<Channel>>(channelKey(id), (known) => known && patchChannel(known, message, now), false);
	void mutate<ChannelPage>(
		CHANNELS_KEY,
		(known) =>
			known && {
				...known,
				items: known.items.map((channel) => (channel.id === id ? patchChannel(channel, message, now) : channel)),
			},
		false,
	);
	void mutate<Queue>(queueKey(id), (known) => known && patchQueue(known, message), false);
	if (message.event === 'playlist_update' || message.event === 'queue_update') void mutate(queueKey(id));
	/* A channel that comes up may not be in any list yet. */
	const up = message.data.event === 'started' || message.data.status === 'playing';
	if (/^(stream_|track_|playlist_|auto_end)/.test(message.event)) refreshSoon(id, up ? AT_ONCE_MS : SOON_MS);
}

/** All that is known of channels may be old. */
export const missed = () => void mutate((key) => typeof key === 'string' && /\/(channels|queue)\b/.test(key));

/** All channels: who comes and goes, what they play, how many listen. */
export const useStations = (): Line => useLive('/ws/stats', takeEvent, missed);

/** One channel and its queue. */
export const useChannelEvents = (id: number): Line => useLive(`/api/ws/playlist?channel_id=${id}`, takeEvent, missed);
