// Music in a bucket: scanned by ranges, played, changed and taken away; and a
// server that is killed, or whose bucket is away, in the middle of it.
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveUntilEnd, temporary, trackTitled, undoAtEnd } from './support/library.ts';
import { music, shortSong } from './support/music.ts';
import { lines, run, serve, type Server, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { S3 } from './support/s3.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const room = await temporary('buckets');
const s3 = await S3.make(room);
if (s3 === undefined) throw new Error('Swift is not installed: tools/setup test');
undoAtEnd(() => s3.stop());

const data = join(room, 'data');
const quiet = { WATCH_FOLDERS: 'no', SCAN_AT_START: 'no', SCHEDULE_MUSIC_ETL: 'off' };
const server = await serveUntilEnd({ data, env: quiet });
const description = await Description.of(server);

// Between the server and its bucket, so that the bucket can be away.
const through = new Set<Socket>();
const between = createServer((from) => {
	const to = connect(s3.port, '127.0.0.1');
	for (const one of [from, to]) through.add(one.on('error', () => one.destroy()).on('close', () => through.delete(one)));
	from.pipe(to).pipe(from);
});
const listen = (port: number): Promise<void> => new Promise((done) => between.listen(port, '127.0.0.1', done));
await listen(0);
const { port } = between.address() as AddressInfo;
function away(): Promise<void> {
	for (const socket of through) socket.destroy();
	return new Promise((done) => between.close(() => done()));
}
undoAtEnd(away);
const endpoint = `http://127.0.0.1:${port}`;
const keys = { endpoint, access_key: 'test:tester', secret_key: 'testing' };
const real = (path: string): Promise<Buffer> => readFile(join(music, path));
const put = async (key: string, body: Buffer | string): Promise<void> => {
	const answer = await s3.ask('PUT', `/music/${key}`, {}, body);
	if (answer.status !== 200) throw new Error(`PUT ${key}: ${answer.status} ${answer.text}`);
};
let admin: Person;
let source: any;

function checked(method: string, pattern: string, answer: Answer, status: number): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + pattern);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	expect(answer.text).not.toContain('testing');
	return answer.json();
}

const ended = (id: number, who: Person = admin): Promise<any> =>
	until(`the end of job ${id}`, async () => {
		const job = await who.json(`${api}/jobs/${id}`);
		return job.finished_at !== null ? job : undefined;
	}, 60_000);

async function rescan(): Promise<any> {
	const job = checked('POST', '/sources/{id}/scan', await admin.post(`${api}/sources/${source.id}/scan`, {}), 202);
	return (await ended(job.id)).progress;
}

/** Bytes of objects that were fetched so far. */
async function fetched(): Promise<number> {
	const metrics = (await server.ask('/metrics')).text;
	return Number(/^ogma_source_fetched_bytes_total\{source="s3"\} (\S+)/m.exec(metrics)?.[1] ?? 0);
}

/** By the store's own shell. */
async function sql(folder: string, text: string): Promise<string> {
	const { stdout } = await promisify(execFile)('sqlite3', [join(folder, 'ogma.db'), text]);
	return stdout.trimEnd();
}

/** "status path", of every object that was seen. */
async function registry(folder: string): Promise<string[]> {
	const rows = "select status || ' ' || path from etl_s3_file_registry where status <> 'done' or track_id > 0 order by path";
	return (await sql(folder, rows)).split('\n');
}

const secretKept = async (folder: string): Promise<string> => JSON.parse(await sql(folder, 'select config from sources')).secret_key;

beforeAll(async () => {
	admin = await person(server, 'root', 'admin');
	await s3.ask('PUT', '/music');
	await put('in/Grey Noise/Still Water.flac', await real('long/Still Water.flac'));
	await put('in/Grey Noise/Grey Rain.mp3', await real('long/Grey Rain.mp3'));
	await put('in/Night Parade/Neon.m4a', await real('electronic/City Lights/01 Neon.m4a'));
	await put('in/Ёлка/привет.opus', await real('rock/Ёлка и мёд/04 Привет, мир.opus'));
	await put('in/Ёлка/cover.jpg', 'no picture');
	await put('in/broken.mp3', 'this is no sound');
	await put('out/elsewhere.mp3', await shortSong('Elsewhere', 'Nobody', 'None'));
});

describe('a bucket', () => {
	test('is tried before it is added, and what is wrong with it is said', async () => {
		const tried = async (body: object): Promise<any> =>
			checked('POST', '/sources/check', await admin.post(`${api}/sources/check`, { path: 's3://music/in', ...keys, ...body }), 200);
		expect(await tried({})).toEqual({ ok: true, message: null });
		expect(await tried({ secret_key: 'wrong' })).toMatchObject({ ok: false, message: expect.stringContaining('the secret key is not that of the access key') });
		expect(await tried({ path: 's3://nothing-here' })).toMatchObject({ ok: false, message: 'there is no bucket nothing-here' });
		expect(await tried({ endpoint: 'http://127.0.0.1:1' })).toMatchObject({ ok: false, message: expect.stringContaining('the S3 server cannot be asked') });
		for (const [body, field] of [
			[{ path: 's3://x' }, 'path'],
			[{ path: '/music' }, 'path'],
			[{ endpoint: 'ftp://x' }, 'endpoint'],
			[{ secret_key: '' }, 'secret_key'],
			[{ endpoint: '', secret_key: 'x' }, undefined],
		] as const) {
			const answer = await admin.post(`${api}/sources/check`, Object.assign({ path: 's3://music' }, keys, body));
			if (field === undefined) expect(answer.json()).toMatchObject({ ok: false, message: expect.stringContaining('S3_ENDPOINT') });
			else expect(checked('POST', '/sources/check', answer, 422).details[0].field).toBe(field);
		}
		const refused = await admin.post(`${api}/sources`, { path: 's3://nothing-here', ...keys });
		expect(checked('POST', '/sources', refused, 422).details[0]).toEqual({ field: 'path', message: 'there is no bucket nothing-here' });
		expect((await admin.json(`${api}/sources`)).items).toEqual([]);
	});

	test('is scanned like a folder, and costs what tags cost', async () => {
		source = checked('POST', '/sources', await admin.post(`${api}/sources`, { kind: 's3', path: 's3://music//in/', ...keys }), 201);
		expect(source).toMatchObject({
			kind: 's3',
			path: 's3://music/in',
			server: { endpoint, region: null, access_key: 'test:tester', has_secret: true, path_style: true },
		});
		const job = await ended(source.job_id);
		expect(job).toMatchObject({ state: 'done', progress: { done: 5, total: 5, added: 4, rejected: 1 } });
		const rejected = await admin.json(`${api}/sources/${source.id}/rejected`);
		expect(rejected.items).toMatchObject([{ path: 'broken.mp3' }]);
		const track = await trackTitled(server, 'Neon Boulevard');
		expect(track).toMatchObject({ source: 's3', codec: 'aac' });
		expect((await server.json(`${api}/tracks/?source=s3`)).items).toHaveLength(4);
		expect(await registry(data)).toEqual([
			'done in/Grey Noise/Grey Rain.mp3',
			'done in/Grey Noise/Still Water.flac',
			'done in/Night Parade/Neon.m4a',
			'failed in/broken.mp3',
			'done in/Ёлка/привет.opus',
		]);
		const all = (await Promise.all(['long/Still Water.flac', 'long/Grey Rain.mp3'].map(real))).reduce((sum, one) => sum + one.length, 0);
		expect(await fetched()).toBeLessThan(all / 4);
	});

	test('is not added twice, nor a part of it, and its audit row has no secret', async () => {
		for (const path of ['s3://music/in', 's3://music', 's3://music/in/deeper'])
			checked('POST', '/sources', await admin.post(`${api}/sources`, { path, ...keys }), 409);
		const log = await admin.ask('/admin/api/audit-logs?limit=20');
		expect(log.text).toContain('s3://music/in');
		expect(log.text).not.toContain('testing');
	});

	test('has its secret sealed in the store, by a key that its owner alone may read', async () => {
		expect(await secretKept(data)).toMatch(/^sealed:1:/);
		expect((await stat(join(data, 'seal.key'))).mode & 0o777).toBe(0o600);
	});

	test('is given other keys only when they fit', async () => {
		const change = (body: object): Promise<Answer> => admin.send('PATCH', `${api}/sources/${source.id}`, body);
		checked('PATCH', '/sources/{id}', await change({ secret_key: 'wrong' }), 422);
		checked('PATCH', '/sources/{id}', await change({ endpoint: 'http://127.0.0.1:1' }), 422); // forgets the secret
		checked('PATCH', '/sources/{id}', await change({}), 422);
		expect(checked('PATCH', '/sources/{id}', await change({ region: 'us-east-1' }), 200).server.region).toBe('us-east-1');
		expect(await admin.post(`${api}/sources/check`, { path: 's3://music/in', id: source.id }).then((one) => one.json())).toEqual({ ok: true, message: null });
	});
});

describe('a track of a bucket', () => {
	let path: string;
	let bytes: Buffer;
	let etag: string;

	beforeAll(async () => {
		const track = await trackTitled(server, 'Still Water');
		path = `${api}/tracks/${track.id}/stream`;
		bytes = await real('long/Still Water.flac');
	});

	const get = (headers: Record<string, string> = {}): Promise<Answer> => server.ask(path, { headers });

	test('is played whole and by ranges as a file is', async () => {
		const whole = await get();
		etag = whole.header('etag') as string;
		expect(whole.status).toBe(200);
		expect(whole.header('content-type')).toBe('audio/flac');
		expect(whole.body.equals(bytes)).toBe(true);
		const middle = await get({ range: 'bytes=1000000-1299999' });
		expect(middle.status).toBe(206);
		expect(middle.header('content-range')).toBe(`bytes 1000000-1299999/${bytes.length}`);
		expect(middle.header('etag')).toBe(etag);
		expect(middle.body.equals(bytes.subarray(1_000_000, 1_300_000))).toBe(true);
		const last = await get({ range: 'bytes=-5' });
		expect(last.body.equals(bytes.subarray(bytes.length - 5))).toBe(true);
		const two = await get({ range: 'bytes=0-3,10-13' });
		expect(two.status).toBe(206);
		expect(two.body.includes(Buffer.concat([Buffer.from('\r\n\r\n'), bytes.subarray(0, 4)]))).toBe(true);
		expect((await get({ range: `bytes=${bytes.length}-` })).status).toBe(416);
		expect((await get({ 'if-none-match': etag })).status).toBe(304);
		expect((await get({ range: 'bytes=0-9', 'if-range': '"another"' })).body.length).toBe(bytes.length);
		expect((await get({ range: 'bytes=0-9', 'if-range': etag })).body.length).toBe(10);
		const head = await server.ask(path, { method: 'HEAD' });
		expect([head.status, head.header('content-length')]).toEqual([200, String(bytes.length)]);
	});

	test('is fetched only as far as somebody listens', async () => {
		const before = await fetched();
		expect((await get({ range: 'bytes=0-99' })).body.length).toBe(100);
		expect((await fetched()) - before).toBeLessThan(100_000);
	});

	test('is transcoded', async () => {
		const answer = await server.ask(`${path}?format=opus`, { timeoutMs: 30_000 });
		expect(answer.status).toBe(200);
		expect(answer.body.subarray(0, 4).toString()).toBe('OggS');
		expect(answer.body.length).toBeGreaterThan(100_000);
	});

	test('has a link for players that cannot sign in', async () => {
		const link = (await admin.post(path.replace('stream', 'link'), {})).json();
		const answer = await server.ask(link.stream_url, { headers: { range: 'bytes=4-7' } });
		expect(answer.body.equals(bytes.subarray(4, 8))).toBe(true);
	});

	test('goes on the air', async () => {
		const channel = (await admin.post(`${api}/channels`, { title: 'Far' })).json();
		const track = await trackTitled(server, 'Still Water');
		const item = await admin.post(`${api}/queue/${channel.id}/items`, { track_id: track.id });
		expect(item.status, item.text).toBe(201);
		const started = await admin.post(`${api}/channels/${channel.id}/start`);
		expect(started.status, started.text).toBe(200);
		await until('the track to be on the air', async () => {
			const { current_item: now, current_position_ms: at } = await admin.json(`${api}/channels/${channel.id}`);
			return now?.track_id === track.id && at > 300;
		});
		await admin.post(`${api}/channels/${channel.id}/stop`);
	});

	test('is away while its server is, and back with it', async () => {
		await away();
		const answer = await get();
		expect(answer.status).toBe(503);
		expect(Number(answer.header('retry-after'))).toBeGreaterThan(0);
		expect(answer.json().details).toMatchObject({ service: 'source' });
		const job = (await admin.post(`${api}/sources/${source.id}/scan`, {})).json();
		await admin.post(`${api}/jobs/${job.id}/cancel`);
		expect((await server.json(`${api}/tracks/?source=s3`)).items).toHaveLength(4);
		await listen(port);
		await until('the bucket to be back', async () => (await get({ range: 'bytes=0-3' })).status === 206, 20_000);
	});
});

describe('a bucket that changes', () => {
	test('is read where it changed, and only there', async () => {
		await put('in/Night Parade/Neon.m4a', await shortSong('Neon again', 'Night Parade', 'City Lights'));
		const before = await fetched();
		expect(await rescan()).toMatchObject({ updated: 1, unchanged: 3, added: 0, removed: 0, rejected: 1 });
		expect((await fetched()) - before).toBeLessThan(200_000);
		await trackTitled(server, 'Neon again');
		const again = await fetched();
		expect(await rescan()).toMatchObject({ updated: 0, unchanged: 4 });
		expect(await fetched()).toBe(again);
	});

	test('hides what is gone, and keeps the track of what moved', async () => {
		const gone = await trackTitled(server, 'Grey Rain');
		const moved = await trackTitled(server, 'Still Water');
		await s3.ask('DELETE', '/music/in/Grey Noise/Grey Rain.mp3');
		await s3.ask('DELETE', '/music/in/Grey Noise/Still Water.flac');
		await put('in/Still/Water.flac', await real('long/Still Water.flac'));
		expect(await rescan()).toMatchObject({ moved: 1, removed: 1, unchanged: 2 });
		expect((await server.ask(`${api}/tracks/${gone.id}`)).status).toBe(404);
		expect((await server.ask(`${api}/tracks/${gone.id}/stream`)).status).toBe(404);
		expect((await trackTitled(server, 'Still Water')).id).toBe(moved.id);
		expect((await server.ask(`${api}/tracks/${moved.id}/stream`, { headers: { range: 'bytes=0-3' } })).text).toBe('fLaC');
		const rows = await registry(data);
		expect(rows).toContain('gone in/Grey Noise/Grey Rain.mp3');
		expect(rows).toContain('gone in/Grey Noise/Still Water.flac');
		expect(rows).toContain('done in/Still/Water.flac');
	});
});

test('a bucket of the settings is scanned from the command line', async () => {
	const own = join(room, 'command');
	const done = await run(['scan', 's3://music/out', '--json', '--data', own], { env: { ...s3.env, S3_BUCKET_TRACKS: 'music' } });
	expect(done.code, done.stdout + done.stderr).toBe(0);
	expect(lines(done.stdout).at(-1)).toMatchObject({ added: 1, rejected: 0 });
});

test('a scan that is killed in the middle goes on where it was, by a secret that an older Ogma left plain', async () => {
	const own = join(room, 'killed');
	const env = { ...quiet, SCAN_BATCH: '3', SCAN_PROBES: '1' };
	const songs = 25;
	for (let n = 1; n <= songs; n++) await put(`many/${n % 3}/${n}.mp3`, await shortSong(`Many ${n}`, 'Band', 'Album', n));
	let doomed: Server | undefined = await serve({ data: own, env });
	undoAtEnd(async () => doomed?.kill());
	const boss = await person(doomed, 'root', 'admin');
	const made = checked('POST', '/sources', await boss.post(`${api}/sources`, { path: 's3://music/many', ...keys }), 201);
	const first = doomed;
	await until('the first songs', async () => (await first.json(`${api}/tracks/`)).items.length > 0);
	s3.hold();
	await doomed.kill();
	doomed = undefined;
	s3.letGo();
	const seen = await registry(own);
	expect(seen).toHaveLength(songs);
	expect(seen.filter((row) => row.startsWith('seen')).length).toBeGreaterThan(0);
	await sql(own, "update sources set config = json_set(config, '$.secret_key', 'testing')");
	const second = await serveUntilEnd({ data: own, env });
	expect(await secretKept(own)).toMatch(/^sealed:1:/);
	const again = await (await person(second, 'again', 'admin')).signIn();
	const job = checked('POST', '/sources/{id}/scan', await again.post(`${api}/sources/${made.id}/scan`, {}), 202);
	expect((await ended(job.id, again)).state).toBe('done');
	expect((await second.json(`${api}/tracks/?limit=100`)).items).toHaveLength(songs);
	expect((await registry(own)).filter((row) => row.startsWith('done'))).toHaveLength(songs);
});
