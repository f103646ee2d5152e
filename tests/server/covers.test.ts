// Pictures of tracks, albums, artists and genres.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { find, serveMusic, temporary, trackTitled } from './support/library.ts';
import { at } from './support/music.ts';

const exec = promisify(execFile);
const server = await serveMusic('covers');
const folder = await temporary('covers-files');
const api = '/api/v1';
const webp = { accept: 'image/avif,image/webp,image/*;q=0.8' };

async function look(body: Buffer): Promise<{ codec: string; width: number; height: number }> {
	const path = join(folder, createHash('sha1').update(body).digest('hex'));
	await writeFile(path, body);
	const { stdout } = await exec('ffprobe', [
		'-v',
		'error',
		'-show_entries',
		'stream=codec_name,width,height',
		'-of',
		'json',
		path,
	]);
	const stream = JSON.parse(stdout).streams[0];
	return { codec: stream.codec_name, width: stream.width, height: stream.height };
}

const spring = await trackTitled(server, 'Spring'); // 1400×1400 JPEG inside the file
const waltz = await trackTitled(server, 'Вальс'); // 640×480 PNG inside the file

describe('thumbnails', () => {
	test.each([64, 300, 1200])('of %i pixels come as WebP or as JPEG', async (size) => {
		const modern = await server.ask(`${api}/tracks/${spring.id}/cover?size=${size}`, { headers: webp });
		expect(modern.status).toBe(200);
		expect(modern.header('content-type')).toBe('image/webp');
		expect(await look(modern.body)).toEqual({ codec: 'webp', width: size, height: size });

		const plain = await server.ask(`${api}/tracks/${spring.id}/cover?size=${size}`, { headers: { accept: 'image/*' } });
		expect(plain.header('content-type')).toBe('image/jpeg');
		expect(await look(plain.body)).toEqual({ codec: 'mjpeg', width: size, height: size });
		for (const answer of [modern, plain]) expect(answer.header('vary')?.toLowerCase()).toContain('accept');
		expect(modern.header('etag')).not.toBe(plain.header('etag'));
	});

	test('keep their shape and are never larger than the picture', async () => {
		const small = await server.ask(`${api}/tracks/${waltz.id}/cover?size=300`, { headers: webp });
		expect(await look(small.body)).toMatchObject({ width: 300, height: 225 });
		const large = await server.ask(`${api}/tracks/${waltz.id}/cover?size=1200`, { headers: webp });
		expect(await look(large.body)).toMatchObject({ width: 640, height: 480 });
	});

	test('are the same bytes the second time', async () => {
		const path = `${api}/albums/${spring.album_id}/cover?size=300`;
		const [first, second] = [await server.ask(path), await server.ask(path)];
		expect(second.body.equals(first.body)).toBe(true);
		expect(second.header('etag')).toBe(first.header('etag'));
	});

	test('asked for by many at once are made without trouble', async () => {
		const answers = await Promise.all(
			Array.from({ length: 24 }, (_, i) =>
				server.ask(`${api}/tracks/${i % 2 ? spring.id : waltz.id}/cover?size=${[64, 300, 1200][i % 3]}`, {
					headers: webp,
				}),
			),
		);
		expect(answers.map((one) => one.status)).toEqual(Array.from({ length: 24 }, () => 200));
	});

	test('of other sizes are refused', async () => {
		const answer = await server.ask(`${api}/tracks/${spring.id}/cover?size=65`);
		expect(answer.status).toBe(422);
		expect(answer.json().details[0].field).toBe('size');
	});
});

describe('the original', () => {
	test('is the picture as it lies in the file', async () => {
		const jpeg = await server.ask(`${api}/tracks/${spring.id}/cover`);
		expect(jpeg.header('content-type')).toBe('image/jpeg');
		const { stdout } = await exec(
			'ffmpeg',
			[
				'-v',
				'error',
				'-i',
				at('classical/Vivaldi - The Four Seasons/01 Spring.mp3'),
				'-map',
				'0:v',
				'-c',
				'copy',
				'-f',
				'mjpeg',
				'-',
			],
			{ encoding: 'buffer', maxBuffer: 16 << 20 },
		);
		expect(jpeg.body.equals(stdout)).toBe(true);
		const png = await server.ask(`${api}/tracks/${waltz.id}/cover`);
		expect(png.header('content-type')).toBe('image/png');
		expect(await look(png.body)).toEqual({ codec: 'png', width: 640, height: 480 });
	});

	test('of a folder goes for the album and its tracks', async () => {
		const tree = await trackTitled(server, 'Ёлка');
		const picture = await readFile(at('rock/Ёлка и мёд/cover.jpg'));
		for (const path of [`tracks/${tree.id}`, `albums/${tree.album_id}`, `artists/${tree.artist_id}`])
			expect((await server.ask(`${api}/${path}/cover`)).body.equals(picture), path).toBe(true);
		const genre = await find(server, `${api}/genres`, 'name', 'Рок');
		expect((await server.ask(`${api}/genres/${genre.id}/cover`)).status).toBe(200);
	});
});

describe('caching', () => {
	test('with the version in its address is for ever, without it for minutes', async () => {
		expect(spring.cover_url).toMatch(new RegExp(`^${api}/tracks/${spring.id}/cover\\?v=[0-9a-f]+$`));
		const lasting = await server.ask(`${spring.cover_url}&size=64`);
		expect(lasting.header('cache-control')).toBe('public, max-age=31536000, immutable');
		const passing = await server.ask(`${api}/tracks/${spring.id}/cover?size=64`);
		expect(passing.header('cache-control')).toBe('public, max-age=300');
		expect(passing.body.equals(lasting.body)).toBe(true);
	});

	test('knows what the browser has already', async () => {
		const { headers } = await server.ask(spring.cover_url);
		const answer = await server.ask(spring.cover_url, { headers: { 'if-none-match': headers.etag ?? '' } });
		expect(answer.status).toBe(304);
		expect(answer.body.length).toBe(0);
	});
});

describe('no picture', () => {
	test('is drawn in every size, as WebP or JPEG, and says so', async () => {
		const bare = await trackTitled(server, 'Number 7');
		expect(bare).toMatchObject({ cover_url: null, has_cover: false });
		expect(spring.has_cover).toBe(true);
		for (const [size, codec] of [[64, 'webp'], [300, 'mjpeg'], [1200, 'webp']] as const) {
			const headers = codec === 'webp' ? webp : { accept: '*/*' };
			const answer = await server.ask(`${api}/tracks/${bare.id}/cover?size=${size}`, { headers });
			expect(answer.status).toBe(200);
			expect(answer.header('x-cover')).toBe('drawn');
			expect(answer.header('cache-control')).toBe('public, max-age=300');
			expect(await look(answer.body)).toEqual({ codec, width: size, height: size });
		}
		expect((await server.ask(`${api}/tracks/${spring.id}/cover?size=64`)).header('x-cover')).toBeUndefined();
	});

	test('is drawn of the name: a track as its album, others otherwise, always the same', async () => {
		const bare = await trackTitled(server, 'Number 7');
		const drawn = async (path: string, headers = {}) => server.ask(`${api}/${path}/cover?size=64`, { headers });
		const track = await drawn(`tracks/${bare.id}`);
		expect((await drawn(`tracks/${bare.id}`)).body.equals(track.body)).toBe(true);
		expect((await drawn(`albums/${bare.album_id}`)).body.equals(track.body)).toBe(true);
		expect((await drawn(`artists/${bare.artist_id}`)).body.equals(track.body)).toBe(false);
		const known = await drawn(`tracks/${bare.id}`, { 'if-none-match': track.header('etag') ?? '' });
		expect(known.status).toBe(304);
		expect((await drawn('tracks/999999999')).status).toBe(404);
		const whole = await server.ask(`${api}/albums/${bare.album_id}/cover`, { headers: webp });
		expect(await look(whole.body)).toMatchObject({ width: 1200, height: 1200 });
	});

	test('is 404 for who wants the real one only, and an SVG for who wants that', async () => {
		const bare = await trackTitled(server, 'Number 7');
		for (const path of [`tracks/${bare.id}`, `albums/${bare.album_id}`, `artists/${bare.artist_id}`]) {
			const answer = await server.ask(`${api}/${path}/cover?size=300&drawn=false`);
			expect(answer.status, path).toBe(404);
			expect(answer.json().error, path).toBe('not_found');
			expect(answer.header('x-cover')).toBeUndefined();
			const svg = await server.ask(`${api}/${path}/cover?size=64&drawn=true`);
			expect(svg.header('content-type')).toBe('image/svg+xml');
			expect(svg.header('x-cover')).toBe('drawn');
			expect(svg.text).toMatch(/^<svg [^>]*width="64".*<\/svg>$/s);
		}
		for (const drawn of ['true', 'false'])
			expect((await server.ask(`${api}/tracks/${spring.id}/cover?drawn=${drawn}`)).header('content-type')).toBe('image/jpeg');
	});

	test('stands for one that unpacks to gigabytes, and the next one is made', async () => {
		const track = await trackTitled(server, 'Beside the Bomb');
		const answer = await server.ask(`${api}/tracks/${track.id}/cover?size=300`);
		expect(answer.header('x-cover')).toBe('drawn');
		expect(await look(answer.body)).toEqual({ codec: 'mjpeg', width: 300, height: 300 });
		const real = await server.ask(`${api}/tracks/${track.id}/cover?size=300&drawn=false`);
		expect(real.status).toBe(404);
		expect(real.json().request_id).toBe(real.header('x-request-id'));
		expect((await server.ask(`${api}/tracks/${waltz.id}/cover?size=64`)).status).toBe(200);
		expect((await server.ask('/health/ready')).status).toBe(200);
	});
});
