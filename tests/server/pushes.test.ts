// A channel that is sent to other servers: real ones of RTMP and Icecast, what
// they hear and see, and what becomes of the channel when they go away.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveMusic, temporary } from './support/library.ts';
import { eventually } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { certificates, dots, icecast, pitch, probe, rtmpServer, type Service, Terminator } from './support/streaming.ts';

const api = '/api/v1';
const signed = await certificates(await temporary('certificates'));
const server = await serveMusic('pushes', { env: { PUSH_RETRY_MAX_SECONDS: '1', PUSH_CA_FILE: signed.ca } });

let mod: Person;
let admin: Person;
let rtmp: Service;
let cast: Service;
let track: any;
let id = 0;
let title = '';
let tone = 0;

beforeAll(async () => {
	mod = await person(server, 'mod', 'moderator');
	admin = await person(server, 'adm', 'admin');
	rtmp = await rtmpServer(await temporary('rtmp'));
	cast = await icecast(await temporary('icecast'));
	const { items } = await server.json(`${api}/tracks?limit=100`);
	track = items.find((one: any) => one.album?.title === 'The Four Seasons' || one.album === 'The Four Seasons' || one.artist === 'Antonio Vivaldi');
	title = `${track.artist?.name ?? track.artist} - ${track.title}`;
	tone = await pitch(`http://127.0.0.1:${server.port}${api}/tracks/${track.id}/stream`);
	id = (await mod.post(`${api}/channels`, { title: 'Sent out' })).json().id;
	// one track again and again, so that what is heard has one pitch
	for (let i = 0; i < 90; i++) expect((await mod.post(`${api}/queue/${id}/items`, { track_id: track.id })).status).toBe(201);
	expect((await mod.post(`${api}/channels/${id}/start`)).status).toBe(200);
	// until what a listener gets first is that pitch as well
	await eventually(async () => (await server.json(`${api}/channels/${id}/history`)).items.length, (played) => played > 1);
}, 60_000);

afterAll(async () => {
	await rtmp?.kill();
	await cast?.kill();
});

const pushes = `${api}/channels/`;
const one = async (push: number): Promise<any> => (await admin.json(`${pushes}${id}/pushes`)).items.find((row: any) => row.id === push);

async function push(body: Record<string, unknown>): Promise<number> {
	const answer = await admin.post(`${pushes}${id}/pushes`, body);
	expect(answer.status, answer.text).toBe(201);
	return answer.json().id;
}

const remove = async (which: number): Promise<void> => expect((await admin.send('DELETE', `${pushes}${id}/pushes/${which}`)).status).toBe(204);
// the joints of tracks are not quite it
const isTone = (hertz: number): boolean => Math.abs(hertz - tone) < tone / 30;
const isOn = (row: any): boolean => row.state === 'on';

describe('a push to a server of RTMP', () => {
	test('is heard there, with the picture of the track', async () => {
		const which = await push({ kind: 'rtmp', url: `rtmp://127.0.0.1:${rtmp.port}/live`, secret: 'a-key' });
		await eventually(() => one(which), (row) => isOn(row) && row.bytes > 20_000);
		const url = `rtmp://127.0.0.1:${rtmp.port}/live/a-key`;
		expect(await pitch(url)).toSatisfy(isTone);
		const { streams } = await probe(url);
		expect(streams).toContainEqual(expect.objectContaining({ codec_name: 'h264', width: 1280, height: 720 }));
		expect(streams).toContainEqual(expect.objectContaining({ codec_name: 'aac', sample_rate: '48000' }));
		const shown = await dots(url, 'crop=560:560');
		const cover = await dots(`http://127.0.0.1:${server.port}${api}/tracks/${track.id}/cover?size=1200`);
		expect(shown.length).toBe(192);
		expect(shown.reduce((sum, value, i) => sum + Math.abs(value - (cover[i] ?? 0)), 0) / shown.length).toBeLessThan(16);
		const metrics = (await server.ask('/metrics')).text;
		expect(metrics).toContain(`ogma_push_state{channel_id="${id}",push_id="${which}",kind="rtmp"} 3`);
		expect(metrics).toMatch(new RegExp(`ogma_push_bytes_total\\{channel_id="${id}",push_id="${which}",kind="rtmp"\\} [1-9]`));
		await remove(which);
	}, 60_000);

	test('takes the sound alone when no picture is wanted', async () => {
		const which = await push({ kind: 'rtmp', url: `rtmp://127.0.0.1:${rtmp.port}/live/bare`, settings: { picture: 'none', bitrate_kbps: 96 } });
		await eventually(() => one(which), (row) => isOn(row) && row.bytes > 10_000);
		const { streams } = await probe(`rtmp://127.0.0.1:${rtmp.port}/live/bare`);
		expect(streams.map((stream) => stream.codec_name)).toEqual(['aac']);
		await remove(which);
	}, 60_000);

	test('comes back after the server was away, while who listens notices nothing', async () => {
		const which = await push({ kind: 'rtmp', url: `rtmp://127.0.0.1:${rtmp.port}/live`, secret: 'again' });
		await eventually(() => one(which), isOn);
		const listening = pitch(`http://127.0.0.1:${server.port}/live/${id}.mp3`);
		await rtmp.kill();
		const lost = await eventually(() => one(which), (row) => row.state === 'waiting');
		expect(lost.error).toMatch(/server/);
		expect(Date.parse(lost.retry_at)).toBeGreaterThan(Date.parse(lost.since));
		expect(await listening).toSatisfy(isTone);
		await rtmp.start();
		const back = await eventually(() => one(which), isOn);
		expect(back.error).toBe(null);
		expect(back.reconnects).toBeGreaterThan(0);
		expect(await pitch(`rtmp://127.0.0.1:${rtmp.port}/live/again`)).toSatisfy(isTone);
		await remove(which);
	}, 90_000);
});

test('a push over TLS goes to whom the authorities know by that name, and comes back when TLS was away', async () => {
	const front = await new Terminator(rtmp.port).start(signed.strange);
	const secret = 'over-tls';
	const address = (host: string): string => `rtmps://${host}:${front.port}/live`;
	const which = await push({ kind: 'rtmp', url: address('localhost'), secret, settings: { picture: 'none' } });
	const distrusted = (row: any): boolean => row.state === 'waiting' && /certificate is not trusted/.test(row.error);
	await eventually(() => one(which), distrusted);
	await front.kill();
	await front.start(signed.good);
	await eventually(() => one(which), isOn);
	expect((await admin.send('PATCH', `${pushes}${id}/pushes/${which}`, { url: address('127.0.0.1'), secret })).status).toBe(200);
	await eventually(() => one(which), distrusted);
	expect((await admin.send('PATCH', `${pushes}${id}/pushes/${which}`, { url: address('localhost'), secret })).status).toBe(200);
	await eventually(() => one(which), isOn);
	await front.kill();
	await eventually(() => one(which), (row) => row.state === 'waiting');
	await front.start(signed.good);
	const { reconnects } = await eventually(() => one(which), isOn);
	expect(reconnects).toBeGreaterThan(0);
	expect(await pitch(`rtmp://127.0.0.1:${rtmp.port}/live/${secret}`)).toSatisfy(isTone);
	await remove(which);
	await front.kill();
}, 60_000);

describe('a push to Icecast', () => {
	test('is heard there, with the title of what plays', async () => {
		const which = await push({ kind: 'icecast', url: `http://127.0.0.1:${cast.port}/radio.mp3`, secret: 'hackme', settings: { format: 'mp3', name: 'Ogma there' } });
		await eventually(() => one(which), (row) => isOn(row) && row.bytes > 20_000);
		const url = `http://127.0.0.1:${cast.port}/radio.mp3`;
		expect(await pitch(url)).toSatisfy(isTone);
		const status = await eventually(async () => ((await (await fetch(`http://127.0.0.1:${cast.port}/status-json.xsl`)).json()) as any).icestats.source, (source) => source?.title === title);
		expect(status).toMatchObject({ server_name: 'Ogma there', server_type: 'audio/mpeg' });
		expect((await probe(url)).format.tags?.['icy-name']).toBe('Ogma there');
		await remove(which);
	}, 60_000);

	for (const [format, codec] of [['ogg', 'vorbis'], ['opus', 'opus'], ['aac', 'aac']] as const) {
		test(`sends ${format}`, async () => {
			const which = await push({ kind: 'icecast', url: `http://127.0.0.1:${cast.port}/radio.${format}`, secret: 'hackme', settings: { format } });
			await eventually(() => one(which), (row) => isOn(row) && row.bytes > 20_000);
			const { streams } = await probe(`http://127.0.0.1:${cast.port}/radio.${format}`);
			expect(streams.map((stream) => stream.codec_name)).toEqual([codec]);
			await remove(which);
		}, 60_000);
	}

	test('with a wrong password says so, waits for minutes, and goes on when it is put right', async () => {
		const which = await push({ kind: 'icecast', url: `http://127.0.0.1:${cast.port}/wrong.mp3`, secret: 'not-it' });
		const refused = await eventually(() => one(which), (row) => row.state === 'waiting');
		expect(refused.error).toMatch(/password/);
		expect(Date.parse(refused.retry_at) - Date.parse(refused.since)).toBeGreaterThan(30_000);
		expect((await admin.send('PATCH', `${pushes}${id}/pushes/${which}`, { secret: 'hackme' })).status).toBe(200);
		await eventually(() => one(which), isOn);
		await remove(which);
	}, 60_000);

	test('comes back after the server was away', async () => {
		const which = await push({ kind: 'icecast', url: `http://127.0.0.1:${cast.port}/back.mp3`, secret: 'hackme' });
		await eventually(() => one(which), isOn);
		await cast.kill();
		await eventually(() => one(which), (row) => row.state === 'waiting');
		await cast.start();
		await eventually(() => one(which), isOn);
		await remove(which);
	}, 60_000);
});

test('a push keeps its channel from ending by itself, unless it is not to count', async () => {
	const state = (): Promise<any> => server.json(`${api}/channels/${id}`);
	await eventually(state, (channel) => channel.auto_end_timer !== null);
	const which = await push({ kind: 'icecast', url: `http://127.0.0.1:${cast.port}/counts.mp3`, secret: 'hackme' });
	await eventually(state, (channel) => channel.auto_end_timer === null);
	expect((await admin.send('PATCH', `${pushes}${id}/pushes/${which}`, { settings: { counts_as_listener: false } })).json().settings.counts_as_listener).toBe(false);
	await eventually(state, (channel) => channel.auto_end_timer !== null);
	await remove(which);
}, 60_000);

test('a push that is switched off, or whose channel left the air, is off', async () => {
	const which = await push({ kind: 'icecast', url: `http://127.0.0.1:${cast.port}/off.mp3`, secret: 'hackme' });
	await eventually(() => one(which), isOn);
	await admin.send('PATCH', `${pushes}${id}/pushes/${which}`, { enabled: false });
	expect(await eventually(() => one(which), (row) => row.state === 'off')).toMatchObject({ enabled: false, since: null });
	await admin.send('PATCH', `${pushes}${id}/pushes/${which}`, { enabled: true });
	await eventually(() => one(which), isOn);
	await mod.post(`${api}/channels/${id}/stop`);
	expect((await one(which)).state).toBe('off');
	await mod.post(`${api}/channels/${id}/start`);
	await eventually(() => one(which), isOn);
	await remove(which);
}, 60_000);

describe('the secret of a push', () => {
	test('is in no answer, no line of the audit log and no metric, and goes with its address', async () => {
		const secret = 'very-secret-key-417';
		const made = await admin.post(`${pushes}${id}/pushes`, { kind: 'rtmp', url: `rtmp://127.0.0.1:${rtmp.port}/denied`, secret });
		const which = made.json().id;
		expect(made.json().has_secret).toBe(true);
		const refused = await eventually(() => one(which), (row) => row.state === 'waiting');
		const audit = (await admin.ask('/admin/api/audit-logs?model_name=channel_push')).text;
		for (const text of [made.text, JSON.stringify(refused), audit, (await server.ask('/metrics')).text, server.stderr]) expect(text).not.toContain(secret);
		expect(audit).toContain('channel_push');
		const moved = await admin.send('PATCH', `${pushes}${id}/pushes/${which}`, { url: `rtmp://127.0.0.1:${rtmp.port}/live` });
		expect(moved.json()).toMatchObject({ has_secret: false });
		await remove(which);
	});

	test('has no place in the address', async () => {
		for (const url of ['http://source:hackme@127.0.0.1/x', 'ftp://127.0.0.1/x', 'http://127.0.0.1', 'http://127.0.0.1/', 'http:///x', 'rtmp://127.0.0.1/live', 'http://127.0.0.1/a b'])
			expect((await admin.post(`${pushes}${id}/pushes`, { kind: 'icecast', url })).status, url).toBe(422);
		expect((await admin.post(`${pushes}${id}/pushes`, { kind: 'rtmp', url: 'http://127.0.0.1/live' })).status).toBe(422);
	});

	test('is an admin\'s to set', async () => {
		expect((await mod.ask(`${pushes}${id}/pushes`)).status).toBe(403);
		expect((await mod.post(`${pushes}${id}/pushes`, { kind: 'icecast', url: 'http://127.0.0.1/x' })).status).toBe(403);
	});
});
