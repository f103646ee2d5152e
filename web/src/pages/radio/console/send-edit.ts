/* Edits of a queue over HTTP. Each names the version it was made for; the server refuses it when that is not the newest. */
import { ApiError, apiGet, apiSend } from '../../../api/client';
import { queueKey, type Queue } from '../../../api/channels';
import { placeOf, type Draft, type Edit, type QueueState } from './queue-edit';

const bodyOf = ({ title, untitled, source, track_id, url, duration_ms }: Draft) => ({
	...(!untitled && { title }),
	source,
	...(track_id !== undefined && { track_id }),
	...(url !== undefined && { url }),
	...(duration_ms != null && { duration: Math.round(duration_ms / 1000) }),
});

async function request(channel: number, edit: Edit, { items, version }: QueueState): Promise<void> {
	const queue = `/queue/${channel}`;
	const known = version > 0 ? { version } : {};
	const query = version > 0 ? `?version=${version}` : '';
	switch (edit.kind) {
		case 'add':
			/* There is nothing to be lost by adding: it needs no version. */
			return apiSend('POST', `${queue}/items`, { ...bodyOf(edit.draft), priority: edit.next });
		case 'move':
			return apiSend('PATCH', `${queue}/items/${edit.id}/move`, { position: placeOf(edit, items) ?? 0, ...known });
		case 'remove':
			return apiSend('DELETE', `${queue}/items/${edit.id}${query}`);
		case 'clear':
			return apiSend('DELETE', `${queue}${query}`);
	}
}

export async function sendEdit(channel: number, edit: Edit, state: QueueState) {
	let done = true;
	try {
		await request(channel, edit, state);
	} catch (error) {
		const gone = error instanceof ApiError && error.status === 404 && edit.kind !== 'add';
		const lost = error instanceof ApiError && error.status === 409 && error.code !== 'queue_full';
		if (!gone && !lost) throw error;
		done = false;
	}
	return { done, state: await apiGet<Queue>(queueKey(channel)) };
}
