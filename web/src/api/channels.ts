/* Live channels: their programme, their queue, and what an operator sets. */
import useSWR, { mutate } from 'swr';
import { apiGet, apiPath, apiSend, type Query } from './client';
import type { AutoDj, Channel, Played, Queue, Received } from './channel-types';
import type { Page, Shapes } from './types';

export type * from './channel-types';

export const LIVE_FORMATS = ['mp3', 'aac', 'opus', 'ogg'] as const;
export type LiveFormat = (typeof LIVE_FORMATS)[number];

export const channelPath = (id: number | string, rest = '') => `/channels/${id}${rest}`;
export const channelKey = (id: number | string) => apiPath(channelPath(id));
export const CHANNELS_KEY = apiPath('/channels', { limit: 100 });

/** Asked anew now and then too: a socket that is away must not leave a page behind for good. */
const AGAIN_MS = 20_000;

async function receive<T extends object>(url: string): Promise<Received<T>> {
	return { ...(await apiGet<T>(url)), received_at: performance.now() };
}

export type ChannelPage = Page<Received<Channel>>;

async function receiveAll(url: string): Promise<ChannelPage> {
	const page = await apiGet<Page<Channel>>(url);
	const received_at = performance.now();
	return { ...page, items: page.items.map((channel) => ({ ...channel, received_at })) };
}

export const useChannels = () =>
	useSWR<ChannelPage>(CHANNELS_KEY, receiveAll, { refreshInterval: AGAIN_MS, revalidateOnFocus: true });

export const useChannel = (id: number | string | null | undefined) =>
	useSWR<Received<Channel>>(id === null || id === undefined ? null : channelKey(id), receive, {
		refreshInterval: AGAIN_MS,
		revalidateOnFocus: true,
	});

/** Something about channels has changed: what is shown of them is asked anew. */
export function refreshChannel(id: number | string): void {
	void mutate(channelKey(id));
	void mutate(CHANNELS_KEY);
	void mutate((key) => typeof key === 'string' && key.startsWith(`${channelKey(id)}/`));
}

export const onAir = (channel: Pick<Channel, 'state'>): boolean => channel.state !== 'stopped';

export interface ChannelDraft {
	title: string;
	description?: string | null;
	is_public?: boolean;
	auto_end_enabled?: boolean;
	auto_end_timeout_minutes?: number;
	crossfade_ms?: number;
	level_mode?: Channel['level_mode'];
	auto_dj?: AutoDj | null;
	listeners_max?: number;
	requests_enabled?: boolean;
	request_cooldown_seconds?: number;
}

export async function createChannel(draft: ChannelDraft): Promise<Channel> {
	const channel = await apiSend<Channel>('POST', '/channels', draft);
	void mutate(CHANNELS_KEY);
	return channel;
}

export async function changeChannel(id: number, change: Partial<ChannelDraft>): Promise<void> {
	await apiSend('PATCH', channelPath(id), change);
	refreshChannel(id);
}

/** One that is on the air leaves it first. */
export async function deleteChannel({ id, state }: Pick<Channel, 'id' | 'state'>): Promise<void> {
	if (onAir({ state })) await apiSend('POST', channelPath(id, '/stop'));
	await apiSend('DELETE', channelPath(id));
	void mutate(CHANNELS_KEY);
}

export type ChannelCommand = 'start' | 'stop' | 'pause' | 'resume';

export async function commandChannel(id: number, command: ChannelCommand): Promise<void> {
	await apiSend('POST', channelPath(id, `/${command}`));
	refreshChannel(id);
}

export async function skipTrack(id: number): Promise<void> {
	await apiSend('POST', `/queue/${id}/skip`);
	refreshChannel(id);
}

/** Somebody is there: the channel does not end by itself now. */
export async function keepOn(id: number): Promise<void> {
	await apiSend('POST', channelPath(id, '/keep'));
	refreshChannel(id);
}

export const useQuery = <T>(path: string | null, query: Query = {}, refreshInterval = 0) =>
	useSWR<T>(path === null ? null : apiPath(path, query), { refreshInterval });

export const liveUrl = (id: number, format: LiveFormat | 'm3u8'): string =>
	format === 'm3u8' ? `/live/${id}/index.m3u8` : `/live/${id}.${format}`;

export type ChannelLink = Shapes['ChannelLink'];

/** A month: a kitchen radio is set up once and for long. */
const LINK_SECONDS = 30 * 24 * 3600;

/** Addresses that other players hear a channel by, where they could not sign in. */
export const useChannelLink = (id: number, wanted: boolean) =>
	useSWR<ChannelLink>(
		wanted ? channelKey(`${id}/link`) : null,
		() => apiSend<ChannelLink>('POST', channelPath(id, '/link'), { expires_in_seconds: LINK_SECONDS }),
		{
			revalidateIfStale: false,
			revalidateOnFocus: false,
		},
	);

export const queueKey = (id: number | string) => apiPath(`/queue/${id}`);

export const useQueue = (id: number | string) => useSWR<Queue>(queueKey(id), { refreshInterval: AGAIN_MS });

export const useHistoryOf = (id: number) =>
	useSWR<Page<Played>>(apiPath(channelPath(id, '/history'), { limit: 30 }), { refreshInterval: AGAIN_MS });

export async function requestTrack(id: number, track_id: number): Promise<void> {
	await apiSend('POST', channelPath(id, '/requests'), { track_id });
	refreshChannel(id);
}
