/* Rows that operators give a channel: its schedule, its jingles, who may come in live, and where it is sent to. */
import useSWR, { mutate } from 'swr';
import { apiPath, apiSend } from './client';
import { channelPath } from './channels';
import type { Exactly, Page, Shapes } from './types';

export type ScheduleRow = Shapes['ChannelSchedule'];
export type Jingle = Shapes['ChannelJingle'];
export type Dj = Shapes['ChannelDj'];

export const PUSH_FORMATS = ['mp3', 'aac', 'ogg', 'opus'] as const;
export const PUSH_PICTURES = ['card', 'cover', 'none'] as const;

export type PushSettings = Exactly<
	Shapes['ChannelPushSettings'],
	{ format: (typeof PUSH_FORMATS)[number]; picture: (typeof PUSH_PICTURES)[number] }
>;

export type Push = Exactly<
	Shapes['ChannelPush'],
	{ kind: 'rtmp' | 'icecast'; state: 'off' | 'connecting' | 'on' | 'waiting'; settings: PushSettings }
>;

type Kind = 'schedule' | 'jingles' | 'djs' | 'pushes';
interface Rows {
	schedule: ScheduleRow;
	jingles: Jingle;
	djs: Dj;
	pushes: Push;
}

const keyOf = (channel: number, kind: Kind) => apiPath(channelPath(channel, `/${kind}`));

/** Asked anew every `again` milliseconds where a row tells what goes on at this moment; 0: it does not. */
export const usePlans = <K extends Kind>(channel: number, kind: K, again = 0) =>
	useSWR<Page<Rows[K]>>(keyOf(channel, kind), { revalidateOnFocus: true, refreshInterval: again });

export async function addPlan<K extends Kind>(channel: number, kind: K, row: object): Promise<Rows[K]> {
	const answer = await apiSend<Rows[K]>('POST', channelPath(channel, `/${kind}`), row);
	await mutate(keyOf(channel, kind));
	return answer;
}

export async function changePlan(channel: number, kind: Kind, id: number, change: object): Promise<void> {
	await apiSend('PATCH', channelPath(channel, `/${kind}/${id}`), change);
	await mutate(keyOf(channel, kind));
}

export async function deletePlan(channel: number, kind: Kind, id: number): Promise<void> {
	await apiSend('DELETE', channelPath(channel, `/${kind}/${id}`));
	await mutate(keyOf(channel, kind));
}

/** Whoever is live is cut off; the queue goes on. */
export async function disconnectDj(channel: number): Promise<void> {
	await apiSend('POST', channelPath(channel, '/djs/disconnect'));
	await mutate(keyOf(channel, 'djs'));
}
