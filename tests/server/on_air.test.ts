// Channels on the air: what plays, what ends it, and what is left after a kill.
import { beforeAll, describe, expect, test } from 'vitest';
import { scannedData, serveMusic } from './support/library.ts';
import { eventually, type Server, serve, sleep } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';

const api = '/api/v1';
const server = await serveMusic('on-air');

let mod: Person;
let tracks: any[];

beforeAll(async () => {
	mod = await person(server, 'mod', 'moderator');
	tracks = (await server.json(`${api}/tracks?limit=100`)).items;
	if (tracks.length === 0) throw new Error('no tracks');
	tracks = [...tracks].sort((a, b) => b.duration_ms - a.duration_ms);
});

const channel = (id: number, at: Server = server): Promise<any> => at.json(`${api}/channels/${id}`);

async function start(title: string, ids: number[]): Promise<number> {
	const { id } = (await mod.post(`${api}/channels`, { title })).json();
	for (const track_id of ids) expect((await mod.post(`${api}/queue/${id}/items`, { track_id })).status).toBe(201);
	expect((await mod.post(`${api}/channels/${id}/start`)).status).toBe(200);
	return id;
}

async function stop(id: number): Promise<void> {
	expect((await mod.post(`${api}/channels/${id}/stop`)).json()).toMatchObject({ on_air: false, state: 'stopped', current_item: null });
}

describe('a channel on the air', () => {
	test('plays its queue, and what began is in its history', async () => {
		const id = await start('Plays', [tracks[0].id, tracks[1].id]);
		const playing = await eventually(() => channel(id), (one) => one.state === 'playing' && one.auto_end_timer !== null);
		expect(playing.current_item).toMatchObject({ track_id: tracks[0].id, title: tracks[0].title, kind: 'queue' });
		expect(playing.queue_size).toBe(1);
		expect(playing.auto_end_timer.remaining_seconds).toBeGreaterThan(0);
		await eventually(() => channel(id), (one) => one.current_position_ms > 0);
		const skipped = await mod.post(`${api}/queue/${id}/skip`);
		expect(skipped.status).toBe(200);
		await eventually(() => channel(id), (one) => one.current_item?.track_id === tracks[1].id);
		const { items } = await server.json(`${api}/channels/${id}/history`);
		expect(items.map((one: any) => [one.track_id, one.reason])).toEqual([
			[tracks[1].id, null],
			[tracks[0].id, 'skip'],
		]);
		await stop(id);
	});

	test('with an empty queue plays the placeholder until something comes', async () => {
		const id = await start('Empty', []);
		expect((await channel(id)).state).toBe('placeholder');
		await mod.post(`${api}/queue/${id}/items`, { track_id: tracks[0].id });
		await eventually(() => channel(id), (one) => one.state === 'playing');
		await stop(id);
	});

	test('stands still while it is paused', async () => {
		const id = await start('Paused', [tracks[0].id]);
		await eventually(() => channel(id), (one) => one.current_position_ms > 0);
		expect((await mod.post(`${api}/channels/${id}/pause`)).json().state).toBe('paused');
		await eventually(() => channel(id), (one) => one.auto_end_timer === null);
		await sleep(200); // what was being mixed is heard to its end
		const one = (await channel(id)).current_position_ms;
		await sleep(200);
		const two = (await channel(id)).current_position_ms;
		expect(two).toBe(one);
		await mod.post(`${api}/channels/${id}/resume`);
		await eventually(() => channel(id), (now) => now.current_position_ms > two);
		await stop(id);
	});

	test('is kept on by anybody', async () => {
		const id = await start('Kept', []);
		await eventually(() => channel(id), (one) => one.auto_end_timer !== null);
		expect((await server.ask(`${api}/channels/${id}/keep`, { method: 'POST' })).status).toBe(200);
		await stop(id);
		expect((await server.ask(`${api}/channels/${id}/keep`, { method: 'POST' })).status).toBe(404);
	});

	test('plays on with its automatic DJ, and is counted', async () => {
		const playlist = (await mod.post(`${api}/playlists`, { title: 'DJ', track_ids: tracks.slice(0, 3).map((one) => one.id) })).json();
		const id = await start('Automatic', []);
		await mod.send('PATCH', `${api}/channels/${id}`, { auto_dj: { playlist_id: playlist.id } });
		const playing = await eventually(() => channel(id), (one) => one.state === 'playing');
		expect(playing.current_item.kind).toBe('auto_dj');
		expect((await server.json('/api/stats')).active_streams).toBeGreaterThan(0);
		const metrics = (await server.ask('/metrics')).text;
		expect(metrics).toMatch(/^ogma_active_streams [1-9]/m);
		expect(metrics).toContain(`ogma_stream_listeners{channel_id="${id}"} 0`);
		await stop(id);
		expect((await server.ask('/metrics')).text).toContain(`ogma_auto_end_total{channel_id="${id}",reason="manual"} 1`);
	});
});

test('a server that is killed comes back with what was on the air, where it was', async () => {
	const data = await scannedData('on-air-killed');
	const first = await serve({ data });
	const one = await person(first, 'mod', 'moderator');
	const { id } = (await one.post(`${api}/channels`, { title: 'Lives' })).json();
	for (const track of tracks.slice(0, 2)) await one.post(`${api}/queue/${id}/items`, { track_id: track.id });
	await one.post(`${api}/channels/${id}/start`);
	const before = await eventually(() => channel(id, first), (now) => now.current_position_ms > 600);
	await first.kill();
	const second = await serve({ data });
	try {
		const after = await eventually(() => channel(id, second), (now) => now.current_position_ms > 0);
		expect(after).toMatchObject({ on_air: true, state: 'playing', queue_size: 1, started_at: before.started_at });
		expect(after.current_item).toMatchObject({ id: before.current_item.id, started_at: before.current_item.started_at });
		expect(after.current_position_ms).toBeGreaterThan(before.current_position_ms - 1000);
	} finally {
		await second.stop();
	}
});

test('who listens is counted, holds the end off, and is noted when he left', async () => {
	const id = await start('Heard', [tracks[0].id]);
	await eventually(() => channel(id), (one) => one.auto_end_timer !== null);
	const leave = new AbortController();
	const answer = await fetch(`http://127.0.0.1:${server.port}/live/${id}.mp3`, { signal: leave.signal });
	expect(answer.status).toBe(200);
	const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
	let heard = 0;
	while (heard < 16000) heard += ((await reader.read()).value as Uint8Array).length;
	await eventually(() => channel(id), (one) => one.listeners_count === 1 && one.auto_end_timer === null);
	expect((await server.json('/api/stats')).total_listeners).toBe(1);
	leave.abort();
	await eventually(() => channel(id), (one) => one.listeners_count === 0 && one.auto_end_timer !== null);
	await stop(id);
	expect((await fetch(`http://127.0.0.1:${server.port}/live/${id}.mp3`)).status).toBe(404);
});
