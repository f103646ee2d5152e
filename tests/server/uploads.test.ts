// Files that people send: resumably by tus 1.0.0 (bare and with tus' own
// client), as a form, by an address; over a server that is killed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as tus from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formOf, type Part, wav } from './support/bytes.ts';
import { type Answer, type Ask, Wire } from './support/http.ts';
import { temporary } from './support/library.ts';
import { at, pieces } from './support/music.ts';
import { type Server, serve, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const uploads = `${api}/uploads`;
const bytesType = 'application/offset+octet-stream';
const data = join(await temporary('uploads'), 'data');
const limit = 40 << 20;
const options = {
	data,
	env: {
		UPLOAD_LIMIT_BYTES: String(limit), FETCH_PRIVATE_ADDRESSES: '127.0.0.2/32', WATCH_FOLDERS: 'no',
		// Many requests of one test, in a second.
		RATE_LIMIT_API: '100000', RATE_LIMIT_ANONYMOUS: '100000',
	},
};
let server: Server;
let moderator: Person;
let artist: Person;
let other: Person;
let admin: Person;
let description: Description;
let songs: Buffer[]; // of four artists

beforeAll(async () => {
	server = await serve(options);
	[moderator, artist, other, admin] = await Promise.all([
		person(server, 'mod', 'moderator'), person(server, 'singer', 'artist'),
		person(server, 'other', 'artist'), person(server, 'root', 'admin'),
	]) as [Person, Person, Person, Person];
	description = await Description.of(server);
	const paths = pieces.filter((one) => one.path.endsWith('.mp3') && one.album !== undefined).map((one) => one.path);
	songs = await Promise.all(paths.slice(0, 4).map((path) => readFile(at(path))));
});

afterAll(async () => {
	await server.stop();
});

function checked(method: string, pattern: string, answer: Answer, status: number): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + pattern);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return status === 204 || answer.body.length === 0 ? undefined : answer.json();
}

const b64 = (text: string): string => Buffer.from(text).toString('base64');

/** A tus request. */
function say(who: Person, method: string, path: string, headers: Record<string, string> = {}, body?: Buffer): Promise<Answer> {
	const all: Ask = { method, headers: { 'tus-resumable': '1.0.0', ...headers } };
	if (body !== undefined) all.body = body;
	return who.ask(path, all);
}

async function begin(who: Person, length: number, name = 'song.mp3', more: Record<string, string> = {}): Promise<string> {
	const answer = await say(who, 'POST', uploads, { 'upload-length': String(length), 'upload-metadata': `filename ${b64(name)}`, ...more });
	checked('POST', '/uploads', answer, 201);
	return answer.header('location') ?? '';
}

function patch(who: Person, place: string, offset: number, body: Buffer, more: Record<string, string> = {}): Promise<Answer> {
	return say(who, 'PATCH', place, { 'content-type': bytesType, 'upload-offset': String(offset), ...more }, body);
}

/** What became of it, when its job is through. */
async function end(who: Person, place: string): Promise<any> {
	return until(`the end of ${place}`, async () => {
		const upload = checked('GET', '/uploads/{id}', await who.ask(place), 200);
		return upload.state === 'done' || upload.state === 'failed' ? upload : undefined;
	}, 30_000);
}

async function send(who: Person, bytes: Buffer, name?: string): Promise<any> {
	const place = await begin(who, bytes.length, name);
	checked('PATCH', '/uploads/{id}', await patch(who, place, 0, bytes), 204);
	return end(who, place);
}

/** All files below, hidden ones too. */
async function files(folder: string): Promise<string[]> {
	const entries = await readdir(join(data, folder), { recursive: true, withFileTypes: true }).catch(() => []);
	return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** They go when the row has ended. */
async function nothingLeft(): Promise<void> {
	await expect.poll(() => files('uploads')).toEqual([]);
}

describe('tus', () => {
	test('says what it speaks, to anybody', async () => {
		for (const path of [uploads, `${uploads}/1`]) {
			const answer = await server.ask(path, { method: 'OPTIONS' });
			expect(answer.status).toBe(204);
			expect(answer.header('tus-resumable')).toBe('1.0.0');
			expect(answer.header('tus-version')).toBe('1.0.0');
			expect(answer.header('tus-extension')).toBe('creation,creation-with-upload,termination,expiration,checksum');
			expect(answer.header('tus-checksum-algorithm')).toBe('sha1,sha256');
			expect(answer.header('tus-max-size')).toBe(String(limit));
			expect(answer.header('access-control-allow-methods')).toContain('PATCH');
		}
	});

	test('goes on where it ended, and the file becomes a track', async () => {
		const [bytes] = songs as [Buffer];
		const place = await begin(moderator, bytes.length, 'any name.mp3');
		expect(place).toMatch(/^\/api\/v1\/uploads\/\d+$/);
		const first = await patch(moderator, place, 0, bytes.subarray(0, 1000));
		checked('PATCH', '/uploads/{id}', first, 204);
		expect(first.header('upload-offset')).toBe('1000');
		expect(Date.parse(first.header('upload-expires') ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
		const head = await say(moderator, 'HEAD', place);
		expect(head.status).toBe(200);
		expect(head.header('upload-offset')).toBe('1000');
		expect(head.header('upload-length')).toBe(String(bytes.length));
		expect(head.header('upload-metadata')).toBe(`filename ${b64('any name.mp3')}`);
		expect(head.header('cache-control')).toBe('no-store');
		expect(head.header('tus-resumable')).toBe('1.0.0');
		const clash = await patch(moderator, place, 999, bytes.subarray(999));
		checked('PATCH', '/uploads/{id}', clash, 409);
		expect(clash.header('tus-resumable')).toBe('1.0.0');
		checked('PATCH', '/uploads/{id}', await patch(moderator, place, 1000, bytes.subarray(1000)), 204);
		const upload = await end(moderator, place);
		expect(upload).toMatchObject({ state: 'done', reason: null, size_bytes: bytes.length, username: 'mod' });
		const stream = await server.ask(`${api}/tracks/${upload.track.id}/stream`);
		expect(stream.body.equals(bytes)).toBe(true);
		await nothingLeft();
		// Nothing is left to go on with, or to take back.
		expect((await patch(moderator, place, bytes.length, Buffer.alloc(1))).status).toBe(409);
		checked('DELETE', '/uploads/{id}', await say(moderator, 'DELETE', place), 409);
	});

	test('takes bytes along with the creation, of no length too', async () => {
		const [, bytes] = songs as [Buffer, Buffer];
		const headers = { 'upload-length': String(bytes.length), 'content-type': bytesType };
		const answer = await say(moderator, 'POST', uploads, headers, bytes);
		checked('POST', '/uploads', answer, 201);
		expect(answer.header('upload-offset')).toBe(String(bytes.length));
		expect((await end(moderator, answer.header('location') ?? '')).state).toBe('done');
		const empty = await begin(moderator, 0);
		expect(await end(moderator, empty)).toMatchObject({ state: 'failed', track: null });
	});

	test('refuses what the protocol does not allow', async () => {
		const place = await begin(moderator, 100);
		const bytes = Buffer.alloc(10);
		const cases: [string, string, Record<string, string>, Buffer | undefined, number][] = [
			['POST', uploads, { 'tus-resumable': '0.2.2', 'upload-length': '1' }, undefined, 412],
			['POST', uploads, {}, undefined, 400],
			['POST', uploads, { 'upload-length': '-1' }, undefined, 400],
			['POST', uploads, { 'upload-length': 'x' }, undefined, 400],
			['POST', uploads, { 'upload-defer-length': '1' }, undefined, 400],
			['POST', uploads, { 'upload-length': '5', 'upload-metadata': 'filename !!' }, undefined, 400],
			['POST', uploads, { 'upload-length': '5', 'upload-metadata': `a ${b64('x')},a ${b64('y')}` }, undefined, 400],
			['POST', uploads, { 'upload-length': '10', 'content-type': 'text/plain' }, bytes, 415],
			['POST', uploads, { 'upload-length': String(limit + 1) }, undefined, 413],
			['HEAD', place, { 'tus-resumable': '2.0.0' }, undefined, 412],
			['PATCH', place, { 'tus-resumable': '1.0.1', 'content-type': bytesType, 'upload-offset': '0' }, bytes, 412],
			['PATCH', place, { 'content-type': 'application/octet-stream', 'upload-offset': '0' }, bytes, 415],
			['PATCH', place, { 'content-type': bytesType }, bytes, 400],
			['PATCH', place, { 'content-type': bytesType, 'upload-offset': '0', 'upload-checksum': 'md5 AAAA' }, bytes, 400],
			['PATCH', place, { 'content-type': bytesType, 'upload-offset': '0' }, Buffer.alloc(101), 413],
			['PATCH', `${uploads}/999999`, { 'content-type': bytesType, 'upload-offset': '0' }, bytes, 404],
			['HEAD', `${uploads}/999999`, {}, undefined, 404],
			['DELETE', `${uploads}/999999`, {}, undefined, 404],
			['DELETE', place, { 'tus-resumable': '9' }, undefined, 412],
		];
		for (const [method, path, headers, body, status] of cases) {
			const answer = await say(moderator, method, path, headers, body);
			const what = `${method} ${JSON.stringify(headers)}`;
			expect(answer.status, what).toBe(status);
			if (status === 412) expect(answer.header('tus-version'), what).toBe('1.0.0');
			if (method !== 'HEAD') checked(method, path === uploads ? '/uploads' : '/uploads/{id}', answer, status);
		}
		expect((await say(moderator, 'HEAD', place)).header('upload-offset')).toBe('0');
		checked('DELETE', '/uploads/{id}', await say(moderator, 'DELETE', place), 204);
		expect((await say(moderator, 'HEAD', place)).status).toBe(404);
		await nothingLeft();
	});

	test('forgets bytes whose sum is wrong', async () => {
		const [, , bytes] = songs as [Buffer, Buffer, Buffer];
		const place = await begin(moderator, bytes.length);
		for (const [algorithm, wrong] of [['sha1', true], ['sha256', true], ['sha1', false]] as const) {
			const sum = createHash(algorithm).update(wrong ? 'other bytes' : bytes).digest('base64');
			const answer = await patch(moderator, place, 0, bytes, { 'upload-checksum': `${algorithm} ${sum}` });
			checked('PATCH', '/uploads/{id}', answer, wrong ? 460 : 204);
			const head = await say(moderator, 'HEAD', place);
			expect(head.header('upload-offset')).toBe(wrong ? '0' : String(bytes.length));
		}
		expect((await end(moderator, place)).state).toBe('done');
	});

	test('needs a right before it takes a byte, and answers at once', async () => {
		const listener = await person(server, 'listener', 'user');
		const wire = await Wire.open(server.port);
		wire.send(
			`POST ${uploads} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${listener.token}\r\nTus-Resumable: 1.0.0\r\n` +
			`Upload-Length: 1000000\r\nContent-Type: ${bytesType}\r\nContent-Length: 1000000\r\n\r\nfirst bytes`,
		);
		const [refused] = await wire.answered(1);
		expect(refused?.status).toBe(403);
		expect(refused?.headers['connection']).toBe('close');
		wire.end();
		expect((await server.ask(uploads, { method: 'POST', body: 'x' })).status).toBe(401);
	});

	test('hides uploads from everybody but admins', async () => {
		const place = await begin(artist, 10);
		for (const who of [other, moderator]) {
			expect((await who.ask(place)).status).toBe(404);
			expect((await say(who, 'HEAD', place)).status).toBe(404);
			expect((await patch(who, place, 0, Buffer.alloc(10))).status).toBe(404);
			expect((await say(who, 'DELETE', place)).status).toBe(404);
		}
		const seen = checked('GET', '/uploads', await admin.ask(uploads), 200);
		expect(seen.items[0]).toMatchObject({ username: 'singer', state: 'receiving', received_bytes: 0 });
		expect(checked('GET', '/uploads', await admin.ask(`${uploads}?mine=true`), 200).items).toEqual([]);
		expect(checked('GET', '/uploads', await other.ask(uploads), 200).items).toEqual([]);
		checked('DELETE', '/uploads/{id}', await say(admin, 'DELETE', place), 204);
	});

	test('says so when the disk has no room, or no more, and goes on', async () => {
		const place = join(await temporary('full'), 'data');
		const small = await serve({ data: place, env: { UPLOAD_LIMIT_BYTES: '1099511627776', UPLOAD_UNFINISHED_BYTES: '1099511627776' } });
		const who = await person(small, 'mod', 'moderator');
		const answer = await say(who, 'POST', uploads, { 'upload-length': '1099511627776' });
		checked('POST', '/uploads', answer, 507);
		expect(answer.json().details.reason).toContain('no room');
		const waiting = (): Promise<string[]> => readdir(join(place, 'uploads'));
		const most = (bytes: string): unknown => execFileSync('prlimit', ['--pid', String(small.child.pid), `--fsize=${bytes}:`]);
		// From here on no file of the server may be longer.
		most(String(16 << 20));
		const large = Buffer.alloc(20 << 20);
		const full = async (sent: Promise<Answer>, path: string, method: string): Promise<void> => {
			const refused = checked(method, path, await sent, 507);
			expect(refused.details.reason).toBe('the disk has no room for the rest of this file');
		};
		await full(post(who, [['file', large, 'large.wav']]), '/tracks/upload', 'POST');
		await until('the bytes of the form to be gone', async () => (await waiting()).length === 0);
		const begun = await begin(who, large.length, 'large.wav');
		await full(patch(who, begun, 0, large), '/uploads/{id}', 'PATCH');
		const came = Number((await say(who, 'HEAD', begun)).header('upload-offset'));
		expect(came).toBeGreaterThan(8 << 20);
		expect(came).toBeLessThanOrEqual(16 << 20);
		expect((await send(who, songs[0] as Buffer)).state).toBe('done'); // others go on
		most('unlimited');
		checked('PATCH', '/uploads/{id}', await patch(who, begun, came, large.subarray(came)), 204);
		expect((await end(who, begun)).state).toBe('failed'); // it is no music
		await until('nothing to be left', async () => (await waiting()).length === 0);
		await small.stop();
	});
});

describe('what is sent', () => {
	test('twice is one track', async () => {
		const [bytes] = songs as [Buffer];
		const [one, two] = await Promise.all([send(moderator, bytes, 'a.mp3'), send(moderator, bytes, 'b.mp3')]);
		expect(one.track_id).toBe(two.track_id);
		const again = await send(moderator, bytes, 'c.mp3');
		const log = async (id: number): Promise<any> => (await admin.json(`/admin/api/audit-logs?model_name=upload&model_id=${id}`)).items[0];
		expect(await log(again.id)).toMatchObject({
			admin_username: 'mod', action: 'create',
			new_values: { file: 'c.mp3', size_bytes: bytes.length, track_id: one.track_id, known: true },
		});
	});

	test('and is no music is refused with the reason', async () => {
		const upload = await send(moderator, Buffer.from('<!doctype html><html></html>'), 'song.mp3');
		expect(upload).toMatchObject({ state: 'failed', track: null });
		expect(upload.reason).toContain('web page');
		await nothingLeft();
		checked('DELETE', '/uploads/{id}', await moderator.ask(`${uploads}/${upload.id}`, { method: 'DELETE' }), 204);
	});

	test('by artists is theirs, and nobody else sends in their name', async () => {
		const [, , , bytes] = songs as [Buffer, Buffer, Buffer, Buffer];
		const mine = wav(2, 7);
		const nobody = await send(artist, mine, 'tape.wav');
		expect(nobody).toMatchObject({ state: 'failed' });
		const form = await post(artist, [['artist', 'Solo'], ['album', 'Tape'], ['file', mine]]);
		const [outcome] = checked('POST', '/tracks/upload', form, 202).items;
		const done = await end(artist, `${uploads}/${outcome.upload_id}`);
		expect(done.track).toMatchObject({ artist: 'Solo', album: 'Tape' });
		const stolen = await post(other, [['artist', 'Solo'], ['file', wav(2, 8)]]);
		const refused = await end(other, `${uploads}/${stolen.json().items[0].upload_id}`);
		expect(refused.reason).toContain('Solo');
		// Names of the library are not theirs.
		await send(moderator, bytes, 'known.mp3');
		expect(await send(artist, Buffer.concat([bytes, Buffer.alloc(1)]), 'mine.mp3')).toMatchObject({ state: 'failed' });
	});

	test('ends in a source of its own that cannot be removed while it holds files', async () => {
		const { items } = await admin.json(`${api}/sources`);
		const source = items.find((one: any) => one.managed);
		expect(source).toMatchObject({ kind: 'folder', path: join(data, 'music'), state: 'active' });
		expect(source.file_count).toBe((await files('music')).length);
		expect((await admin.ask(`${api}/sources/${source.id}`, { method: 'DELETE' })).status).toBe(409);
	});
});

function post(who: Person, parts: Part[], path = '/tracks/upload'): Promise<Answer> {
	return who.ask(api + path, formOf(parts));
}

describe('a form', () => {
	test('of several files tells of each', async () => {
		const answer = await post(moderator, [
			['file', wav(1, 1), 'one.wav'], ['file', wav(1, 2), 'two.wav'], ['file', Buffer.from('no music'), 'three.mp3'],
			['artist', 'Form band'], ['album', 'Form album'],
		], '/s3/tracks/upload');
		const { items } = checked('POST', '/s3/tracks/upload', answer, 202);
		expect(items.map((one: any) => [one.name, one.state])).toEqual([['one.wav', 'queued'], ['two.wav', 'queued'], ['three.mp3', 'queued']]);
		const ends = await Promise.all(items.map((one: any) => end(moderator, `${uploads}/${one.upload_id}`)));
		expect(ends.map((one) => one.state)).toEqual(['done', 'done', 'failed']);
		expect(ends[0].track.album_id).toBe(ends[1].track.album_id);
		expect(ends[0].track).toMatchObject({ title: 'one', artist: 'Form band', album: 'Form album' });
	});

	test('that is too large, broken or empty is refused and leaves nothing', async () => {
		const large = Buffer.alloc(limit + 1);
		checked('POST', '/tracks/upload', await post(moderator, [['file', large]]), 413);
		const both = checked('POST', '/tracks/upload', await post(moderator, [['file', large], ['file', wav(1, 3)]]), 202);
		expect(both.items).toMatchObject([{ state: 'failed', error: 'too_large', upload_id: null }, { state: 'queued' }]);
		checked('POST', '/tracks/upload', await post(moderator, [['album', 'x']]), 422);
		checked('POST', '/tracks/upload', await moderator.ask(`${api}/tracks/upload`, { method: 'POST', body: 'x' }), 415);
		const whole = formOf([['file', wav(1, 4)]]);
		whole.body = (whole.body as Buffer).subarray(0, 100_000);
		checked('POST', '/tracks/upload', await moderator.ask(`${api}/tracks/upload`, whole), 400);
		await end(moderator, `${uploads}/${both.items[1].upload_id}`);
		await nothingLeft();
		const { items } = await moderator.json(`${uploads}?limit=100`);
		expect(items.filter((one: any) => one.state === 'receiving')).toEqual([]);
	});
});

describe('an address', () => {
	test('is fetched, and never one of this machine unless it is trusted', async () => {
		const bytes = wav(1, 5);
		const web = createServer((asked, answer) => {
			if (asked.url === '/away') answer.writeHead(302, { location: `http://127.0.0.1:${port}/a.wav` }).end();
			else if (asked.url === '/large.wav') answer.end(Buffer.alloc(limit + 1));
			else if (asked.url?.includes('.wav')) answer.end(bytes);
			else answer.writeHead(404).end();
		});
		await new Promise<void>((good) => web.listen(0, '0.0.0.0', good));
		const { port } = web.address() as AddressInfo;
		const fetched = async (url: string): Promise<any> => {
			const begun = checked('POST', '/tracks/upload-from-url', await moderator.post(`${api}/tracks/upload-from-url/`, { url, artist: 'Web' }), 202);
			return end(moderator, `${uploads}/${begun.id}`);
		};
		const good = await fetched(`http://127.0.0.2:${port}/My%20song.wav?x=1`);
		expect(good).toMatchObject({ state: 'done', name: 'My song.wav', size_bytes: bytes.length, track: { title: 'My song', artist: 'Web' } });
		for (const [url, reason] of [
			[`http://127.0.0.1:${port}/a.wav`, 'public'], [`http://[::1]:${port}/a.wav`, 'public'], [`http://127.0.0.2:${port}/away`, 'public'],
			[`http://127.0.0.2:${port}/none`, '404'], [`http://127.0.0.2:${port}/large.wav`, 'larger'],
		] as const) {
			const bad = await fetched(url);
			expect(bad, url).toMatchObject({ state: 'failed', track: null });
			expect(bad.reason, url).toContain(reason);
		}
		for (const url of ['file:///etc/passwd', 'ftp://127.0.0.2/a', 'nonsense', ''])
			checked('POST', '/tracks/upload-from-url', await moderator.post(`${api}/tracks/upload-from-url`, { url }), 422);
		await new Promise((done) => web.close(done));
		await nothingLeft();
	});
});

describe("tus' own client", () => {
	const sent = (bytes: Buffer, more: Partial<tus.UploadOptions>): Promise<string> => new Promise((good, bad) => {
		const upload: tus.Upload = new tus.Upload(bytes, {
			endpoint: `http://127.0.0.1:${server.port}${uploads}`, headers: { authorization: `Bearer ${moderator.token}` },
			retryDelays: null, metadata: { filename: 'client.wav', artist: 'Noise' },
			onError: bad, onSuccess: () => good(new URL(upload.url ?? '').pathname), ...more,
		});
		upload.start();
	});

	test('sends a file in pieces', async () => {
		const bytes = wav(2, 11);
		const place = await sent(bytes, { chunkSize: 50_000 });
		expect(await end(moderator, place)).toMatchObject({ state: 'done', size_bytes: bytes.length, track: { title: 'client', artist: 'Noise' } });
	});

	test('goes on with what a killed server had on its disk', async () => {
		const bytes = wav(150, 9); // 26 MB
		const place = await begin(moderator, bytes.length, 'long.wav');
		const wire = await Wire.open(server.port);
		wire.send(
			`PATCH ${place} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${moderator.token}\r\nTus-Resumable: 1.0.0\r\n` +
			`Upload-Offset: 0\r\nContent-Type: ${bytesType}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
		);
		wire.send(bytes.subarray(0, 20 << 20));
		const kept = await until('bytes that are kept', async () => (await moderator.json(place)).received_bytes || undefined);
		await server.kill();
		server = await serve(options);
		for (const who of [moderator, artist, other, admin]) Object.assign(who, { server });
		const offset = Number((await say(moderator, 'HEAD', place)).header('upload-offset'));
		expect(offset).toBeGreaterThanOrEqual(kept); // more came until the end
		expect(offset).toBeLessThanOrEqual(20 << 20);
		expect(await sent(bytes, { uploadUrl: `http://127.0.0.1:${server.port}${place}` })).toBe(place);
		const done = await end(moderator, place);
		expect(done).toMatchObject({ state: 'done', track: { title: 'long', duration_ms: 150_000 } });
		const stream = await server.ask(`${api}/tracks/${done.track_id}/stream`);
		expect(stream.body.equals(bytes)).toBe(true);
		await nothingLeft();
	}, 60_000);

	test('keeps what a lost connection had brought', async () => {
		const bytes = wav(3, 12);
		const place = await begin(moderator, bytes.length, 'lost.wav');
		const wire = await Wire.open(server.port);
		wire.send(
			`PATCH ${place} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${moderator.token}\r\nTus-Resumable: 1.0.0\r\n` +
			`Upload-Offset: 0\r\nContent-Type: ${bytesType}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
		);
		wire.send(bytes.subarray(0, 100_000));
		wire.socket.end();
		await until('what came', async () => (await moderator.json(place)).received_bytes === 100_000);
		await sent(bytes, { uploadUrl: `http://127.0.0.1:${server.port}${place}` });
		expect((await end(moderator, place)).state).toBe('done');
	});
});
