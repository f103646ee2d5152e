// Covers and other things of Ogma's own in buckets, what is the same when they
// are in folders, and what happens while the S3 server is away.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { formOf, wav } from './support/bytes.ts';
import type { Answer } from './support/http.ts';
import { find, scannedData, serveUntilEnd, temporary, trackTitled, undoAtEnd } from './support/library.ts';
import { at, music } from './support/music.ts';
import { lines, run, type Server, until } from './support/ogma.ts';
import { Person, person } from './support/people.ts';
import { S3 } from './support/s3.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const place = await temporary('s3');
const s3 = await S3.make(place);
if (s3 === undefined) throw new Error('Swift is not installed: tools/setup test');
undoAtEnd(() => s3.stop());

const options = { data: join(place, 'data'), env: { ...s3.env, S3_TIMEOUT_MS: '1000' } };
const scan = await run(['scan', music, '--json', '--data', options.data], { env: options.env });
if (scan.code !== 0) throw new Error(`the scan went wrong: ${scan.stdout}${scan.stderr}`);
const onS3 = await serveUntilEnd(options);
const onFolders = await serveUntilEnd({ data: await scannedData('s3-folders') });
const description = await Description.of(onS3);

interface Place {
	name: string;
	server: Server;
	driver: string;
	env: Record<string, string | undefined>;
}
const places: Place[] = [
	{ name: 'buckets', server: onS3, driver: 's3', env: options.env },
	{ name: 'folders', server: onFolders, driver: 'folder', env: {} },
];
const people = new Map<string, { admin: Person; artist: Person }>();

beforeAll(async () => {
	for (const { name, server, env } of places)
		people.set(name, {
			admin: await person(server, 'root', 'admin', env),
			artist: await person(server, 'ann', 'artist', env),
		});
});

const admin = (of: Place): Person => people.get(of.name)?.admin as Person;
const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const keyOf = (bytes: Buffer): string => hash(bytes).replace(/^(..)(..)/, '$1/$2/$1$2');

function checked(method: string, pattern: string, answer: Answer, status: number): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + pattern);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return answer.json();
}

test('covers are objects of their bucket, named by their content', async () => {
	const spring = await trackTitled(onS3, 'Spring');
	const original = await onS3.ask(`${api}/tracks/${spring.id}/cover`);
	expect(original.status).toBe(200);
	expect(await s3.keys('covers')).toContain(keyOf(original.body));
	const same = await onFolders.ask(`${api}/tracks/${(await trackTitled(onFolders, 'Spring')).id}/cover`);
	expect(same.body.equals(original.body)).toBe(true);
	await expect(readdir(join(options.data, 'blobs'))).rejects.toThrow();
});

describe.each(places)('$name', (of) => {
	test('take a picture for an album and show it', async () => {
		const album = await find(of.server, `${api}/albums`, 'title', 'The Four Seasons');
		const picture = (await of.server.ask(`${api}/tracks/${(await trackTitled(of.server, 'Вальс')).id}/cover`)).body;
		const send = (query: string): ReturnType<Person['ask']> =>
			admin(of).ask(`${api}/s3/covers/upload${query}`, {
				method: 'POST',
				body: picture,
				headers: { 'content-type': 'image/png' },
			});
		const kept = checked('POST', '/s3/covers/upload', await send(`?album_id=${album.id}`), 201);
		expect(kept).toMatchObject({ driver: of.driver, key: keyOf(picture), size_bytes: picture.length });
		expect((await of.server.ask(kept.cover_url)).body.equals(picture)).toBe(true);
		expect((await send('')).status).toBe(422);
		expect((await send(`?album_id=${album.id}&artist_id=1`)).status).toBe(422);
		expect((await send('?album_id=999999')).status).toBe(404);
		expect((await people.get(of.name)?.artist.ask(`${api}/s3/covers/upload?album_id=${album.id}`, {
			method: 'POST',
			body: picture,
			headers: { 'content-type': 'image/png' },
		}))?.status).toBe(403);
	});

	test('give an uploaded track an address for a while', async () => {
		const path = 'classical/Vivaldi - The Four Seasons/01 Spring.mp3';
		const file = await readFile(at(path));
		const form = new FormData();
		form.append('file', new Blob([file]), 'Spring.mp3');
		const sent = new Response(form);
		const answer = await admin(of).ask(`${api}/s3/tracks/upload`, {
			method: 'POST',
			headers: { 'content-type': sent.headers.get('content-type') ?? '' },
			body: Buffer.from(await sent.arrayBuffer()),
		});
		expect(answer.status, answer.text).toBe(202);
		const done = await until('the upload is a track', async () => {
			const [one] = (await admin(of).json(`${api}/uploads`)).items;
			if (one.state === 'failed') throw new Error(one.reason);
			return one.state === 'done' ? one : undefined;
		});
		const at_ = (key: string, more = ''): Promise<Answer> =>
			(people.get(of.name)?.artist as Person).ask(`${api}/s3/tracks/${encodeURIComponent(key)}/url${more}`);
		const key = 'Antonio Vivaldi/The Four Seasons/01 Spring.mp3';
		const given = checked('GET', '/s3/tracks/{key}/url', await at_(key), 200);
		expect(given.track_id).toBe(done.track_id);
		expect(Math.abs(Date.parse(given.expires_at) - Date.now() - 3_600_000)).toBeLessThan(60_000);
		const whole = new URL(given.url, `http://127.0.0.1:${of.server.port}`);
		expect(given.driver).toBe(of.driver);
		expect(whole.search).toMatch(of.driver === 's3' ? /X-Amz-Signature=/ : /sig=/);
		if (of.driver === 's3') expect(await s3.keys('tracks')).toContain(key);
		const got = await fetch(whole);
		expect(got.status).toBe(200);
		expect(Buffer.from(await got.arrayBuffer()).equals(file)).toBe(true);
		const short = checked('GET', '/s3/tracks/{key}/url', await at_(key, '?expires_in_seconds=60'), 200);
		expect(Date.parse(short.expires_at) - Date.now()).toBeLessThan(61_000);
		expect((await at_('Antonio Vivaldi/The Four Seasons/02 Spring.mp3')).status).toBe(404);
		expect((await at_(path)).status).toBe(404);
	});

	test('are counted', async () => {
		const tidied = () =>
			admin(of)
				.post(`${api}/s3/maintenance/cleanup-temp`, {})
				.then((answer) => checked('POST', '/s3/maintenance/cleanup-temp', answer, 200));
		await tidied(); // from here on a count holds for a whole minute
		const stats = checked('GET', '/s3/storage/stats', await admin(of).ask(`${api}/s3/storage/stats`), 200);
		const covers = stats.buckets.find((one: any) => one.name === 'covers');
		expect(stats.driver).toBe(of.driver);
		expect(covers.present).toBe(true);
		expect(covers.objects).toBeGreaterThan(1);
		expect(covers.size_bytes).toBeGreaterThan(1000);
		if (of.driver === 's3') expect(covers.objects).toBe((await s3.keys('covers')).length);
		expect(stats.buckets.map((one: any) => one.name)).toEqual(['tracks', 'covers', 'playlists', 'temp']);
		for (const sum of ['objects', 'size_bytes'])
			expect(stats[sum]).toBe(stats.buckets.reduce((all: number, one: any) => all + one[sum], 0));
		// Who asks again soon is told the same; what was tidied up is counted anew.
		if (of.driver === 's3') await s3.ask('PUT', '/covers/another', {}, 'four');
		expect((await admin(of).json(`${api}/s3/storage/stats`)).counted_at).toBe(stats.counted_at);
		await tidied();
		const anew = (await admin(of).json(`${api}/s3/storage/stats`)).buckets[1];
		expect(anew.objects).toBe(covers.objects + (of.driver === 's3' ? 1 : 0));
		if (of.driver === 's3') await s3.ask('DELETE', '/covers/another');
	});

	test('are looked at by doctor and by the health check', async () => {
		const doctor = await run(['doctor', '--json', '--data', of.server.data], { env: of.env });
		expect(lines(doctor.stdout).find((one) => one['check'] === 'storage')).toMatchObject({ state: 'ok' });
		const ready = await of.server.json('/health/ready');
		expect(ready.services).toContainEqual(
			expect.objectContaining({ name: 'storage', driver: of.driver, required: false, state: 'up' }),
		);
	});
});

test('what nobody came back for is removed when it is old enough, and nothing else', async () => {
	const tidy = async (hours: number): Promise<unknown> =>
		checked(
			'POST',
			'/s3/maintenance/cleanup-temp',
			await admin(places[0] as Place).post(`${api}/s3/maintenance/cleanup-temp`, { older_than_hours: hours }),
			200,
		);
	await s3.ask('PUT', '/temp');
	await s3.ask('PUT', '/temp/one', {}, 'four');
	await s3.ask('PUT', '/temp/two', {}, 'three');
	await s3.ask('POST', '/tracks/begun.flac', { uploads: '' });
	const covers = await s3.keys('covers');
	expect(await tidy(24)).toEqual({ objects: 0, size_bytes: 0, uploads: 0 });
	expect(await s3.keys('temp')).toEqual(['one', 'two']);
	expect(await tidy(0)).toEqual({ objects: 2, size_bytes: 9, uploads: 1 });
	expect(await s3.keys('temp')).toEqual([]);
	expect((await s3.ask('GET', '/tracks', { uploads: '' })).text).not.toContain('begun.flac');
	expect(await s3.keys('covers')).toEqual(covers);
});

test('a backup says what it leaves in the bucket', async () => {
	const saved = await run(['backup', '--to', join(place, 'saved'), '--json', '--data', options.data], { env: options.env });
	expect(lines(saved.stdout)[0]).toMatchObject({ event: 'saved', bucket_left_out: 'covers' });
	const words = await run(['backup', '--to', join(place, 'saved too'), '--data', options.data], { env: options.env });
	expect(words.stdout).toContain('they stay in the S3 bucket covers');
});

test('the secret is in no answer, list of settings, log or message', async () => {
	const secret = 'an even more secret word';
	const env = { ...options.env, S3_SECRET_KEY: secret };
	const data = join(place, 'wrong');
	const doctor = await run(['doctor', '--json', '--data', data], { env });
	const settings = await run(['settings', '--data', data], { env });
	expect(doctor.stdout).toContain('SignatureDoesNotMatch');
	expect(settings.stdout).toMatch(/S3_SECRET_KEY.*\*\*\*/);
	for (const text of [doctor.stdout, doctor.stderr, settings.stdout]) expect(text).not.toContain(secret);
	expect(await readFile(join(options.data, 'logs/ogma.log'), 'utf8')).not.toContain('testing');
});

describe.each(places)('files that people send, kept in $name', (where) => {
	test('are tracks of a source of their own, each once', async () => {
		const sender = (people.get(where.name) as { artist: Person }).artist;
		const sent = async (bytes: Buffer): Promise<any> => {
			const answer = await sender.ask(`${api}/tracks/upload`, formOf([['artist', 'Sender'], ['file', bytes, 'Noise.wav']]));
			expect(answer.status, answer.text).toBe(202);
			const id = answer.json().items[0].upload_id;
			return until('the end of the upload', async () => {
				const upload = await sender.json(`${api}/uploads/${id}`);
				return upload.state === 'done' || upload.state === 'failed' ? upload : undefined;
			}, 20_000);
		};
		const bytes = [wav(1, 1), wav(1, 2)] as [Buffer, Buffer];
		const first = await sent(bytes[0]);
		expect(first).toMatchObject({ state: 'done', reason: null });
		// Another recording of this name and size; and the first again.
		const second = await sent(bytes[1]);
		expect(second.track_id).not.toBe(first.track_id);
		expect((await sent(bytes[0])).track_id).toBe(first.track_id);
		for (const [at, upload] of [first, second].entries())
			expect((await where.server.ask(`${api}/tracks/${upload.track_id}/stream`)).body.equals(bytes[at] as Buffer)).toBe(true);
		const { items } = await admin(where).json(`${api}/sources`);
		const managed = items.find((one: any) => one.managed);
		expect(managed.kind).toBe(where.driver);
		expect(managed.file_count).toBeGreaterThanOrEqual(2);
	});
});

describe('while the S3 server', () => {
	async function looksWell(spring: any): Promise<void> {
		const kept = await onS3.ask(`${api}/tracks/${spring.id}/cover?size=300`);
		expect(kept.status).toBe(200);
		const missing = await onS3.ask(`${api}/tracks/${spring.id}/cover`);
		expect(missing.status).toBe(503);
		expect(missing.json().error).toBe('unavailable');
		expect(Number(missing.header('retry-after'))).toBeGreaterThan(0);
		expect((await onS3.ask(`${api}/tracks/${spring.id}/stream`)).status).toBe(200);
		expect((await onS3.ask(`${api}/search/tracks?q=spring`)).status).toBe(200);
		const ready = await onS3.ask('/health/ready');
		expect(ready.status).toBe(200);
		expect(ready.json().status).toBe('degraded');
		expect(ready.json().services.find((one: any) => one.name === 'storage')).toMatchObject({ state: 'down' });
		expect((await admin(places[0] as Place).ask(`${api}/s3/storage/stats`)).status).toBe(503);
	}

	test('says nothing or is gone, what was shown before is shown, the rest says when to come again', async () => {
		const spring = await trackTitled(onS3, 'Spring');
		expect((await onS3.ask(`${api}/tracks/${spring.id}/cover?size=300`)).status).toBe(200);
		s3.hold();
		await looksWell(spring);
		s3.letGo();
		await s3.stop();
		await looksWell(spring);
	});

	test('is gone, a server starts, and finds it when it is back', async () => {
		const restarted = await serveUntilEnd({ data: await scannedData('s3-away'), env: options.env });
		expect((await restarted.json('/health/ready')).status).toBe('degraded');
		await s3.start();
		const boss = await person(restarted, 'boss', 'admin', options.env);
		const album = (await restarted.json(`${api}/albums?limit=1`)).items[0];
		const picture = (await onFolders.ask(`${api}/tracks/${(await trackTitled(onFolders, 'Вальс')).id}/cover`)).body;
		const body = { method: 'POST', body: picture, headers: { 'content-type': 'image/png' } };
		await expect
			.poll(async () => (await restarted.json('/health/ready')).status, { timeout: 10_000 })
			.toBe('ok');
		expect((await boss.ask(`${api}/s3/covers/upload?album_id=${album.id}`, body)).status).toBe(201);
	});
});
