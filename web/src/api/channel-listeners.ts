/* Who listens to a channel, as its operators are told. */
import useSWR, { mutate } from 'swr';
import { apiPath, apiSend } from './client';
import { channelPath } from './channels';
import type { Page, Shapes } from './types';

export type Listener = Shapes['ChannelListener'];
export type Listen = Shapes['ChannelListen'];

const AGAIN_MS = 10_000;
const LIST = { limit: 100 };

export const listensPath = (channel: number) => channelPath(channel, '/listens');

const keyOf = (channel: number) => apiPath(channelPath(channel, '/listeners'), LIST);

export const useListenersNow = (channel: number) =>
	useSWR<Page<Listener>>(keyOf(channel), { refreshInterval: AGAIN_MS, revalidateOnFocus: true });

export async function dropListener(channel: number, id: number): Promise<void> {
	await apiSend('DELETE', channelPath(channel, `/listeners/${id}`));
	await mutate(keyOf(channel));
}
