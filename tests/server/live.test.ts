// What listeners of a channel on the air get: sound that ffmpeg plays, in every format; titles; and the odd
// requests of players.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { serveMusic } from './support/library.ts';
import { eventually } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';

const api = '/api/v1';
const server = await serveMusic('live');
const url = (path: string): string => `http://127.0.0.1:${server.port}${path}`;

let mod: Person;
let id: number;
let title: string;

beforeAll(async () => {
	mod = await person(server, 'mod', 'moderator');
	const { items } = await server.json(`${api}/tracks?limit=100`);
	const [longest] = items.sort((a: any, b: any) => b.duration_ms - a.duration_ms);
	title = longest.title;
	id = (await mod.post(`${api}/channels`, { title: 'Вечер', description: 'Calm' })).json().id;
	await mod.post(`${api}/queue/${id}/items`, { track_id: longest.id });
	expect((await mod.post(`${api}/channels/${id}/start`)).status).toBe(200);
});

/** What ffmpeg says of a second of sound. */
async function heard(path: string): Promise<{ volume: number; said: string }> {
	const argv = ['-hide_banner', '-nostdin', '-t', '1', '-i', url(path), '-af', 'volumedetect', '-f', 'null', '-'];
	const { stderr } = await promisify(execFile)('ffmpeg', argv, { timeout: 30_000 });
	return { volume: Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1] ?? NaN), said: stderr };
}

describe('a channel on the air is heard', () => {
	test.each([
		['mp3', 'mp3', 'audio/mpeg'],
		['aac', 'aac', 'audio/aac'],
		['ogg', 'vorbis', 'audio/ogg'],
		['opus', 'opus', 'audio/ogg'],
	])('as %s', async (format, codec, type) => {
		const { volume, said } = await heard(`/live/${id}.${format}`);
		expect(said).toContain(`Audio: ${codec}`);
		expect(volume).toBeGreaterThan(-60);
		expect(said).not.toMatch(/invalid|corrupt|error/i);
		const head = await server.ask(`/live/${id}.${format}`, { method: 'HEAD' });
		expect(head.status).toBe(200);
		expect(head.header('content-type')?.split(';')[0]).toBe(type);
		expect(head.header('access-control-allow-origin')).toBe('*');
	});

	test('over HLS', async () => {
		// answered when there is a segment, or after a while without one
		const list = await eventually(() => server.ask(`/live/${id}/index.m3u8`), ({ text }) => text.includes('#EXTINF'), 45_000);
		expect(list.header('content-type')).toContain('application/vnd.apple.mpegurl');
		expect(list.text).toMatch(/^#EXTM3U/);
		expect(list.text).toContain('#EXT-X-MAP');
		const { volume, said } = await heard(`/live/${id}/index.m3u8`);
		expect(said).toContain('Audio: aac');
		expect(volume).toBeGreaterThan(-60);
	}, 60_000);

	test('with its titles between the bytes, for players that ask', async () => {
		const leave = new AbortController();
		const answer = await fetch(url(`/live/${id}.mp3`), { headers: { 'icy-metadata': '1' }, signal: leave.signal });
		const every = Number(answer.headers.get('icy-metaint'));
		expect(every).toBe(16_000);
		expect(Buffer.from(answer.headers.get('icy-name') ?? '', 'latin1').toString('utf8')).toBe('Вечер');
		const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
		let bytes = Buffer.alloc(0);
		while (bytes.length < every + 1 + 255 * 16) bytes = Buffer.concat([bytes, (await reader.read()).value as Uint8Array]);
		leave.abort();
		const length = bytes[every]! * 16;
		const text = bytes.subarray(every + 1, every + 1 + length).toString('utf8').replace(/\0+$/, '');
		expect(text).toMatch(/^StreamTitle='.*';/);
		expect(text).toContain(title);
	}, 20_000);
});

describe('players ask oddly', () => {
	test('for two bytes, as Safari does', async () => {
		const answer = await server.ask(`/live/${id}.mp3`, { headers: { range: 'bytes=0-1' } });
		expect(answer.status).toBe(206);
		expect(answer.body.length).toBe(2);
	});

	test.each(['wav', 'mp', '', 'mp3.m3u'])('for a format that is none: "%s"', async (format) => {
		expect((await server.ask(`/live/${id}.${format}`)).status).toBe(404);
	});

	test('for channels that are not there, or not on the air', async () => {
		const silent = (await mod.post(`${api}/channels`, { title: 'Silent' })).json().id;
		for (const path of ['/live/999999.mp3', '/live/999999/index.m3u8', `/live/${silent}.mp3`, `/live/${id}/nothing.m4s`])
			expect((await server.ask(path)).status, path).toBe(404);
	});

	test('for a private channel, which is theirs who may see it', async () => {
		const made = await mod.post(`${api}/channels`, { title: 'Private', is_public: false });
		const secret = made.json().id;
		await mod.post(`${api}/channels/${secret}/start`);
		expect((await server.ask(`/live/${secret}.mp3`, { headers: { range: 'bytes=0-1' } })).status).toBe(404);
		expect((await mod.ask(`/live/${secret}.mp3`, { headers: { range: 'bytes=0-1' } })).status).toBe(206);
		expect((await mod.post(`${api}/channels/${secret}/stop`)).status).toBe(200);
	});
});

test('Icecast’s page tells of streams that are listened to', async () => {
	const leave = new AbortController();
	const answer = await fetch(url(`/live/${id}.mp3`), { signal: leave.signal });
	await (answer.body as ReadableStream<Uint8Array>).getReader().read();
	const { icestats } = await server.json('/status-json.xsl');
	const sources = [icestats.source].flat();
	expect(sources.map((one: any) => one.listenurl)).toContainEqual(expect.stringContaining(`/live/${id}.mp3`));
	leave.abort();
});

describe('moderators see who listens', () => {
	const now = async () => (await mod.ask(`${api}/channels/${id}/listeners`)).json();
	const log = async (query = '') => (await mod.ask(`${api}/channels/${id}/listens${query}`)).json();

	test('now, send one away, and find them in the log', async () => {
		await eventually(now, ({ total }) => total === 0);
		const headers = { authorization: `Bearer ${mod.token}`, 'user-agent': 'Radio of the kitchen' };
		const theirs = await fetch(url(`/live/${id}.mp3`), { headers });
		const leave = new AbortController();
		const others = await fetch(url(`/live/${id}.ogg`), { headers: { 'user-agent': '=Other' }, signal: leave.signal });
		const reader = (theirs.body as ReadableStream<Uint8Array>).getReader();
		await reader.read();
		const { items, total } = await eventually(now, ({ items: [, first] }) => first?.bytes > 0);
		expect(total).toBe(2);
		expect(items[1]).toMatchObject({ format: 'mp3', client: 'Radio of the kitchen', username: 'mod' });
		expect(items[0]).toMatchObject({ format: 'ogg', client: '=Other', username: null });
		expect((await mod.ask(`${api}/channels/${id}/listeners?limit=1&offset=1`)).json().items.map((one: any) => one.id))
			.toEqual([items[1].id]);
		const gone = `${api}/channels/${id}/listeners/${items[1].id}`;
		expect((await mod.send('DELETE', gone)).status).toBe(204);
		while (!(await reader.read()).done);
		await eventually(now, (seen) => seen.total === 1);
		expect((await mod.send('DELETE', gone)).status).toBe(404);
		leave.abort();
		await others.body?.cancel().catch(() => undefined);
		await eventually(now, (seen) => seen.total === 0);

		const heard = await eventually(() => log('?stream=mp3&limit=1'), ({ items: [one] }) => one?.client === 'Radio of the kitchen');
		const [row] = heard.items;
		expect(row).toMatchObject({ format: 'mp3', username: 'mod', seconds: expect.any(Number) });
		expect(row.bytes).toBeGreaterThan(0);
		expect(row.address_hash).toMatch(/^[0-9a-f]{16}$/);
		expect(Date.parse(row.ended_at)).toBeGreaterThanOrEqual(Date.parse(row.started_at));
		expect((await log(`?to=${encodeURIComponent(row.started_at)}`)).items.map((one: any) => one.id)).not.toContain(row.id);
		expect((await log('?from=2999-01-01T00:00:00Z')).items).toEqual([]);
	}, 30_000);

	test('as a table for spreadsheets', async () => {
		const table = (query: string) => mod.ask(`${api}/channels/${id}/listens?format=csv${query}`);
		await eventually(() => table(''), ({ text }) => text.includes("'=Other"));
		const answer = await table('&stream=mp3');
		expect(answer.header('content-type')).toContain('text/csv');
		const [head, ...rows] = answer.text.replace('\uFEFF', '').trim().split('\r\n');
		expect(head).toBe('id,format,client,username,address_hash,started_at,ended_at,seconds,bytes');
		expect(rows.length).toBe((await log('?stream=mp3&limit=1')).total);
		expect(rows.join('\n')).toContain('Radio of the kitchen');
	});

	test('but nobody else does', async () => {
		const somebody = await person(server, 'somebody', 'user');
		for (const path of ['listeners', 'listens'])
			expect((await somebody.ask(`${api}/channels/${id}/${path}`)).status, path).toBe(403);
		expect((await mod.ask(`${api}/channels/999999/listeners`)).status).toBe(404);
		expect((await mod.ask(`${api}/channels/999999/listens`)).status).toBe(404);
	});
});
