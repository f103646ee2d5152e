// What is told of channels on the air as it happens: what ended a track, how loud it is, and that nobody listens.
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { disk, scannedData, serveUntilEnd } from './support/library.ts';
import { until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';

const api = '/api/v1';
const seconds = 4;
const server = await serveUntilEnd({ data: await scannedData('on-air-events', disk), env: { AUTO_END_TIMEOUT: String(seconds), STATS_BROADCAST_INTERVAL: '0.2', ALERT_DISK_PERCENT: '1', ALERT_LOAD_PERCENT: '0', LOG_STDERR: 'true' } });

let mod: Person;
let tracks: any[];

beforeAll(async () => {
	mod = await person(server, 'mod', 'moderator');
	tracks = (await server.json(`${api}/tracks?limit=100`)).items.sort((a: any, b: any) => b.duration_ms - a.duration_ms);
});

interface Ear {
	heard: any[];
	say: (what: unknown) => void;
	of: (event: string, fits?: (one: any) => boolean) => Promise<any>;
}

async function ear(path: string): Promise<Ear> {
	const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers: { authorization: `Bearer ${mod.token}` } });
	const heard: any[] = [];
	socket.on('message', (text) => heard.push({ ...JSON.parse(String(text)), at: performance.now() }));
	const of: Ear['of'] = (event, fits = () => true) =>
		until(`${event} at ${path}`, () => heard.find((one) => one.event === event && fits(one)) ?? null);
	await of('connected');
	return { heard, of, say: (what) => socket.send(JSON.stringify(what)) };
}

const channel = (id: number): Promise<any> => server.json(`${api}/channels/${id}`);

async function make(title: string, more = {}): Promise<number> {
	const { id } = (await mod.post(`${api}/channels`, { title, ...more })).json();
	for (const { id: track_id } of tracks.slice(0, 3)) await mod.post(`${api}/queue/${id}/items`, { track_id });
	return id;
}

const start = async (id: number) => expect((await mod.post(`${api}/channels/${id}/start`)).status).toBe(200);
const stop = async (id: number) => expect((await mod.post(`${api}/channels/${id}/stop`)).status).toBe(200);

async function hear(id: number): Promise<() => void> {
	const leave = new AbortController();
	const answer = await fetch(`http://127.0.0.1:${server.port}/live/${id}.mp3`, { signal: leave.signal });
	await (answer.body as ReadableStream<Uint8Array>).getReader().read();
	return () => leave.abort();
}

test('a disk that is fuller than it should be is told, once', async () => {
	await until('the alarm', () => /The disk is nearly full/.exec(server.stderr));
	const { data } = await (await ear('/api/ws/monitoring')).of('connected');
	const told = await ear(`/api/ws/monitoring?since=${data.last_seq - 1}`);
	const alert = await told.of('system_alert');
	expect(alert.data).toMatchObject({ level: 'warning', code: 'disk_full', details: { percent: expect.any(Number) } });
	await told.of('metrics_update', (one) => one.at > alert.at + 500);
	expect(told.heard.filter((one) => one.event === 'system_alert')).toHaveLength(1);
});

test('a change of track says whether somebody skipped what played', async () => {
	const id = await make('Reasons', { auto_end_enabled: false });
	const told = await ear(`/api/ws/playlist?channel_id=${id}`);
	await start(id);
	const first = await told.of('track_change', (one) => one.data.current_track?.track_id === tracks[0].id);
	expect(first.data.reason).toBe('track_ended');
	await mod.post(`${api}/queue/${id}/skip`);
	const second = await told.of('track_change', (one) => one.data.current_track?.track_id === tracks[1].id);
	expect(second.data).toMatchObject({ reason: 'skip', previous_track: { track_id: tracks[0].id } });
	await stop(id);
});

test('levels come to moderators who ask for them, and to nobody else', async () => {
	const id = await make('Loud', { auto_end_enabled: false });
	const plain = await ear(`/api/ws/monitoring?channel_id=${id}`);
	const meter = await ear(`/api/ws/monitoring?channel_id=${id}&events=levels`);
	expect(meter.heard[0].data.subscribed_events).toEqual(['levels']);
	await start(id);
	const { channel_id, data } = await meter.of('levels', (one) => one.data.rms_db[0] > -60);
	expect(channel_id).toBe(id);
	for (const side of [0, 1]) {
		expect(data.peak_db[side]).toBeLessThanOrEqual(0);
		expect(data.peak_db[side]).toBeGreaterThanOrEqual(data.rms_db[side]);
	}
	expect(data.gain_db).toEqual(expect.any(Number));
	meter.say({ type: 'unsubscribe', events: ['levels'] });
	await meter.of('unsubscribed');
	const before = meter.heard.length;
	plain.say({ type: 'subscribe', events: ['levels'] });
	await plain.of('levels');
	expect(plain.heard.findIndex((one) => one.event === 'levels')).toBeGreaterThan(
		plain.heard.findIndex((one) => one.event === 'subscribed'),
	);
	expect(meter.heard.length).toBe(before);
	await stop(id);
});

// The clock is what is tested here.
describe.concurrent(`a channel that nobody hears leaves the air after ${seconds} s`, () => {
	test('counted from when the last listener left, with a warning before', async () => {
		const id = await make('Alone');
		const told = await ear(`/api/ws/playlist?channel_id=${id}`);
		await start(id);
		const leave = await hear(id);
		await told.of('listeners_update', (one) => one.data.listeners === 1);
		await new Promise((later) => setTimeout(later, (seconds + 1) * 1000));
		expect((await channel(id)).on_air).toBe(true);
		leave();
		const alone = await told.of('listeners_update', (one) => one.data.listeners === 0);
		const warning = await told.of('auto_end_warning', (one) => one.at >= alone.at);
		expect(warning.data).toMatchObject({ can_cancel: true, remaining_seconds: seconds });
		const ended = await told.of('stream_status', (one) => one.data.status === 'stopped');
		expect(Math.abs(ended.at - alone.at - seconds * 1000)).toBeLessThan(1000);
		expect((await channel(id)).on_air).toBe(false);
		expect((await server.ask('/metrics')).text).toContain(`ogma_auto_end_total{channel_id="${id}",reason="auto_end"} 1`);
		expect(server.stderr).toMatch(/a channel left the air[^\n]*auto_end/);
	}, 30_000);

	test('unless somebody listens again', async () => {
		const id = await make('Found');
		const told = await ear(`/api/ws/playlist?channel_id=${id}`);
		await start(id);
		await told.of('auto_end_warning');
		const leave = await hear(id);
		await told.of('auto_end_cancelled');
		await new Promise((later) => setTimeout(later, (seconds + 1) * 1000));
		expect(await channel(id)).toMatchObject({ on_air: true, auto_end_timer: null });
		leave();
		await stop(id);
	}, 30_000);

	test('unless it is paused', async () => {
		const id = await make('Still');
		const told = await ear(`/api/ws/playlist?channel_id=${id}`);
		await start(id);
		await told.of('auto_end_warning');
		await mod.post(`${api}/channels/${id}/pause`);
		await told.of('auto_end_cancelled');
		await new Promise((later) => setTimeout(later, (seconds + 1) * 1000));
		expect(await channel(id)).toMatchObject({ on_air: true, state: 'paused' });
		await stop(id);
	}, 30_000);

	test('unless it has a time of its own', async () => {
		const id = await make('Patient', { auto_end_timeout_minutes: 7 });
		await start(id);
		const { auto_end_timer } = await until('the clock', async () => {
			const now = await channel(id);
			return now.auto_end_timer === null ? null : now;
		});
		expect(auto_end_timer.remaining_seconds).toBeGreaterThan(400);
		await stop(id);
	});
});
