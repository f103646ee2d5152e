/* What a channel plays when nobody puts anything on, and what comes between: schedule, jingles. */
import useSWR, { mutate } from 'swr';
import { apiPath, apiSend } from './client';
import { channelPath } from './channels';
import type { Page, Shapes } from './types';

export type ScheduleRow = Shapes['ChannelSchedule'];
export type Jingle = Shapes['ChannelJingle'];

type Kind = 'schedule' | 'jingles';
interface Rows {
	schedule: ScheduleRow;
	jingles: Jingle;
}

const keyOf = (channel: number, kind: Kind) => apiPath(channelPath(channel, `/${kind}`));

export const usePlans = <K extends Kind>(channel: number, kind: K) =>
	useSWR<Page<Rows[K]>>(keyOf(channel, kind), { revalidateOnFocus: true });

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
