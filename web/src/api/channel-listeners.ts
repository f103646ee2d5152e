/* Who listens to a channel, and how loud it is: what its operators are told of it. */
import useSWR, { mutate } from 'swr';
import { apiPath, apiSend } from './client';
import { channelPath } from './channels';
import { useLive, type LiveMessage } from './live';
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

export interface Loudness {
	/** Decibels of full scale; left and right. */
	peak_db: number[];
	rms_db: number[];
	/** What even loudness adds to the track that plays. */
	gain_db: number;
}

function loudnessOf({ event, data }: LiveMessage): Loudness | null {
	if (event !== 'levels' || !Array.isArray(data.peak_db) || !Array.isArray(data.rms_db)) return null;
	const gain_db = typeof data.gain_db === 'number' ? data.gain_db : 0;
	return { peak_db: data.peak_db as number[], rms_db: data.rms_db as number[], gain_db };
}

/** The server measures only while somebody is told: null asks for nothing. */
export function useLevels(channel: number | null, tell: (loudness: Loudness) => void): void {
	useLive(
		channel === null ? null : `/api/ws/monitoring?channel_id=${channel}&events=levels`,
		(message) => {
			const loudness = loudnessOf(message);
			if (loudness) tell(loudness);
		},
		() => undefined,
	);
}
