// The bytes of tracks: whole, by ranges, encoded anew.
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Answer, Wire } from './support/http.ts';
import { serveMusic, temporary, trackTitled, withServer } from './support/library.ts';
import { at } from './support/music.ts';
import { run, until } from './support/ogma.ts';

const exec = promisify(execFile);
const server = await serveMusic('stream');
const folder = await temporary('stream-files');

const water = await trackTitled(server, 'Still Water');
const waterBytes = await readFile(at('long/Still Water.flac'));
const waterPath = `/api/v1/tracks/${water.id}/stream`;
const size = waterBytes.length;

const ranged = (range: string, headers: Record<string, string> = {}): Promise<Answer> =>
	server.ask(waterPath, { headers: { range, ...headers } });

/** The parts of a multipart/byteranges body. */
function parts(answer: Answer): { range: string; type: string; body: Buffer }[] {
	const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(answer.header('content-type') ?? '')?.[1] ?? '';
	expect(boundary).not.toBe('');
	const text = answer.body.toString('latin1');
	const pieces = text.split(`--${boundary}`);
	expect(pieces.at(-1)?.trim()).toBe('--');
	return pieces.slice(1, -1).map((piece) => {
		const [head = '', ...rest] = piece.split('\r\n\r\n');
		const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'mi').exec(head)?.[1] ?? '';
		return {
			range: field('content-range'),
			type: field('content-type'),
			body: Buffer.from(rest.join('\r\n\r\n').replace(/\r\n$/, ''), 'latin1'),
		};
	});
}

describe('a file', () => {
	test('comes whole, byte for byte, by both addresses', async () => {
		for (const path of [waterPath, `/stream/${water.id}`, `${waterPath}?format=raw`]) {
			const answer = await server.ask(path);
			expect(answer.status, path).toBe(200);
			expect(answer.body.equals(waterBytes), path).toBe(true);
			expect(answer.header('content-type'), path).toBe('audio/flac');
			expect(answer.header('accept-ranges'), path).toBe('bytes');
			expect(answer.header('content-length'), path).toBe(String(size));
			expect(answer.header('etag'), path).toMatch(/^"[^"]+"$/);
			expect(Date.parse(answer.header('last-modified') ?? ''), path).toBeLessThanOrEqual(Date.now());
		}
	});

	test.each([
		['Spring', 'audio/mpeg'],
		['Skyline', 'audio/mp4'],
		['Ёлка', 'audio/ogg'],
		['Йод и соль', 'audio/ogg'],
		['Wave Tone', 'audio/wav'],
		['Windows Tone', 'audio/x-ms-wma'],
	])('%s has the type that players know: %s', async (title, type) => {
		const answer = await server.ask(`/stream/${(await trackTitled(server, title)).id}`, { method: 'HEAD' });
		expect(answer.header('content-type')?.split(';')[0]).toBe(type);
	});

	test.each([
		['bytes=0-0', 0, 0],
		['bytes=0-99', 0, 99],
		['bytes=1000-1999', 1000, 1999],
		['bytes=100-', 100, size - 1],
		['bytes=-500', size - 500, size - 1],
		[`bytes=${size - 1}-`, size - 1, size - 1],
		[`bytes=0-${size + 100}`, 0, size - 1],
		[`bytes=-${size + 100}`, 0, size - 1],
		['bytes=65535-65537', 65535, 65537],
		['bytes= 5-9', 5, 9],
	])('answers the range %s with just these bytes', async (range, first, last) => {
		const answer = await ranged(range);
		expect(answer.status).toBe(206);
		expect(answer.header('content-range')).toBe(`bytes ${first}-${last}/${size}`);
		expect(answer.header('content-length')).toBe(String(last - first + 1));
		expect(answer.body.equals(waterBytes.subarray(first, last + 1))).toBe(true);
	});

	test('answers several ranges in one multipart body', async () => {
		const answer = await ranged('bytes=0-9, 1000-1099, -50');
		expect(answer.status).toBe(206);
		expect(answer.header('content-range')).toBeUndefined();
		expect(answer.header('content-length')).toBe(String(answer.body.length));
		const found = parts(answer);
		expect(found.map((one) => one.range)).toEqual([
			`bytes 0-9/${size}`,
			`bytes 1000-1099/${size}`,
			`bytes ${size - 50}-${size - 1}/${size}`,
		]);
		expect(found.every((one) => one.type === 'audio/flac')).toBe(true);
		expect(found[0]?.body.equals(waterBytes.subarray(0, 10))).toBe(true);
		expect(found[1]?.body.equals(waterBytes.subarray(1000, 1100))).toBe(true);
		expect(found[2]?.body.equals(waterBytes.subarray(size - 50))).toBe(true);
	});

	test('leaves out of several ranges the ones past the end', async () => {
		const answer = await ranged(`bytes=5-9,${size}-`);
		expect(answer.status).toBe(206);
		expect(answer.header('content-range')).toBe(`bytes 5-9/${size}`);
	});

	test.each([`bytes=${size}-`, 'bytes=99999999999-', 'bytes=-0', `bytes=${size}-,${size + 5}-${size + 9}`])(
		'answers 416 to %s and tells the length',
		async (range) => {
			const answer = await ranged(range);
			expect(answer.status).toBe(416);
			expect(answer.header('content-range')).toBe(`bytes */${size}`);
		},
	);

	test.each(['bytes', 'bytes=', 'bytes=a-b', 'bytes=9-5', 'lines=0-9', 'bytes=0-9;1-2', 'bytes=--5'])(
		'passes over a Range it cannot read: %s',
		async (range) => {
			const answer = await ranged(range);
			expect(answer.status).toBe(200);
			expect(answer.body.length).toBe(size);
		},
	);

	test('sends the whole instead of a flood of small ranges', async () => {
		const answer = await ranged(`bytes=${Array.from({ length: 200 }, (_, i) => `${i * 10}-${i * 10 + 1}`).join(',')}`);
		expect(answer.status).toBe(200);
		expect(answer.body.length).toBe(size);
	});

	test('answers HEAD like GET, without a range', async () => {
		const answer = await server.ask(waterPath, { method: 'HEAD', headers: { range: 'bytes=0-9' } });
		expect(answer.status).toBe(200);
		expect(answer.header('content-length')).toBe(String(size));
		expect(answer.body.length).toBe(0);
	});

	test('goes on after a break only if it is still the same', async () => {
		const { headers } = await server.ask(waterPath, { method: 'HEAD' });
		const etag = headers.etag ?? '',
			date = headers['last-modified'] ?? '';
		expect((await ranged('bytes=10-19', { 'if-range': etag })).status).toBe(206);
		expect((await ranged('bytes=10-19', { 'if-range': date })).status).toBe(206);
		for (const other of ['"other"', `W/${etag}`, 'Mon, 01 Jan 2001 00:00:00 GMT', 'nonsense']) {
			const answer = await ranged('bytes=10-19', { 'if-range': other });
			expect(answer.status, other).toBe(200);
			expect(answer.body.length, other).toBe(size);
		}
	});

	test('is not sent to who has it already', async () => {
		const { headers } = await server.ask(waterPath, { method: 'HEAD' });
		const etag = headers.etag ?? '',
			date = headers['last-modified'] ?? '';
		const same: Record<string, string>[] = [
			{ 'if-none-match': etag },
			{ 'if-none-match': `"x", W/${etag}` },
			{ 'if-none-match': '*' },
			{ 'if-modified-since': date },
		];
		for (const condition of same) {
			const answer = await server.ask(waterPath, { headers: condition });
			expect(answer.status, JSON.stringify(condition)).toBe(304);
			expect(answer.header('etag'), JSON.stringify(condition)).toBe(etag);
			expect(answer.body.length).toBe(0);
		}
		const changed: Record<string, string>[] = [
			{ 'if-none-match': '"x"' },
			{ 'if-modified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' },
			{ 'if-none-match': '"x"', 'if-modified-since': date },
		];
		for (const condition of changed)
			expect((await server.ask(waterPath, { headers: condition })).status, JSON.stringify(condition)).toBe(200);
	});

	test('answers 412 when it is not what the asker expects', async () => {
		const { headers } = await server.ask(waterPath, { method: 'HEAD' });
		const wrong: Record<string, string>[] = [
			{ 'if-match': '"x"' },
			{ 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' },
		];
		for (const condition of wrong)
			expect((await server.ask(waterPath, { headers: condition })).status, JSON.stringify(condition)).toBe(412);
		expect((await server.ask(waterPath, { headers: { 'if-match': headers.etag ?? '' } })).status).toBe(200);
	});

	test('is saved under a name that old and new browsers read', async () => {
		const waltz = await trackTitled(server, 'Вальс');
		const answer = await server.ask(`/api/v1/tracks/${waltz.id}/download`);
		const value = answer.header('content-disposition') ?? '';
		expect(value).toMatch(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[A-Za-z0-9%._~-]+$/);
		expect(decodeURIComponent(value.split("filename*=UTF-8''")[1] ?? '')).toBe('Пётр Чайковский - Вальс.flac');
		expect(answer.body.equals(await readFile(at('classical/Лебединое озеро/CD1/02 Вальс.flac')))).toBe(true);
		expect((await server.ask(`/api/v1/tracks/${waltz.id}/stream`)).header('content-disposition')).toBeUndefined();
	});

	test('reaches many listeners at once', async () => {
		const asked = Array.from({ length: 40 }, (_, i) => ranged(`bytes=${i * 1000}-${i * 1000 + 99_999}`));
		const answers = await Promise.all(asked);
		answers.forEach((answer, i) =>
			expect(answer.body.equals(waterBytes.subarray(i * 1000, i * 1000 + 100_000)), String(i)).toBe(true),
		);
	});

	test('cannot start in its middle without being encoded anew', async () => {
		const answer = await server.ask(`${waterPath}?offset_ms=1000`);
		expect(answer.status).toBe(422);
		expect(answer.json().details[0].field).toBe('offset_ms');
	});
});

interface Probe {
	codec: string;
	seconds: number;
	channels: number;
}

/** What ffmpeg hears in it; it decodes all, so that a broken end is noticed. */
async function listen(body: Buffer, ending: string): Promise<Probe> {
	const path = join(folder, `heard-${performance.now()}.${ending}`);
	await writeFile(path, body);
	const { stdout } = await exec('ffprobe', [
		'-v',
		'error',
		'-select_streams',
		'a:0',
		'-show_entries',
		'stream=codec_name,channels,sample_rate',
		'-of',
		'json',
		path,
	]);
	const stream = JSON.parse(stdout).streams[0];
	const raw = await exec(
		'ffmpeg',
		['-v', 'error', '-xerror', '-i', path, '-f', 's16le', '-ac', '1', '-ar', '48000', '-'],
		{ encoding: 'buffer', maxBuffer: 64 << 20 },
	);
	expect(raw.stderr.toString()).toBe('');
	await rm(path);
	return { codec: stream.codec_name, channels: stream.channels, seconds: raw.stdout.length / 2 / 48000 };
}

describe('a track encoded anew', () => {
	const formats: [string, string, string, string][] = [
		['mp3', 'mp3', 'audio/mpeg', 'mp3'],
		['aac', 'aac', 'audio/aac', 'aac'],
		['opus', 'ogg', 'audio/ogg', 'opus'],
		['flac', 'flac', 'audio/flac', 'flac'],
		['wav', 'wav', 'audio/wav', 'pcm_s16le'],
	];

	test.each(formats)('as %s is heard from its beginning to its end', async (format, ending, type, codec) => {
		const track = await trackTitled(server, 'Skyline');
		const answer = await server.ask(`/api/v1/tracks/${track.id}/stream?format=${format}`);
		expect(answer.status).toBe(200);
		expect(answer.header('content-type')?.split(';')[0]).toBe(type);
		const heard = await listen(answer.body, ending);
		expect(heard).toMatchObject({ codec, channels: 2 });
		expect(Math.abs(heard.seconds - track.duration_ms / 1000), `${heard.seconds} s`).toBeLessThan(0.1);
	});

	test('is smaller at a lower bitrate', async () => {
		const high = await server.ask(`${waterPath}?format=mp3&bitrate=256`);
		const low = await server.ask(`${waterPath}?format=mp3&bitrate=64`);
		expect(low.body.length * 3).toBeLessThan(high.body.length);
		expect((low.body.length * 8) / 40).toBeGreaterThan(50_000);
		expect((low.body.length * 8) / 40).toBeLessThan(80_000);
	});

	test('is a file with ranges as soon as it is finished', async () => {
		const path = `${waterPath}?format=opus&bitrate=96`;
		const first = await server.ask(path);
		expect(first.status).toBe(200);
		await until(
			'the transcode to be kept',
			async () => (await server.ask(path, { method: 'HEAD' })).header('accept-ranges') === 'bytes',
		);
		const whole = await server.ask(path);
		const part = await server.ask(path, { headers: { range: 'bytes=100-299' } });
		expect(part.status).toBe(206);
		expect(part.header('content-range')).toBe(`bytes 100-299/${whole.body.length}`);
		expect(part.body.equals(whole.body.subarray(100, 300))).toBe(true);
		expect((await server.ask(path, { headers: { 'if-none-match': whole.header('etag') ?? '' } })).status).toBe(304);
	});

	test('starts in the middle when asked to', async () => {
		const answer = await server.ask(`${waterPath}?format=mp3&offset_ms=30000`);
		expect(answer.status).toBe(200);
		const heard = await listen(answer.body, 'mp3');
		expect(Math.abs(heard.seconds - 10), `${heard.seconds} s`).toBeLessThan(0.15);
	});

	test('past its end is refused or empty, never an error of ours', async () => {
		const answer = await server.ask(`${waterPath}?format=mp3&offset_ms=600000`);
		expect([200, 416, 422]).toContain(answer.status);
	});

	test('is one piece of work for all who ask for it at the same time', async () => {
		const path = `${waterPath}?format=aac&bitrate=128`;
		const answers = await Promise.all(Array.from({ length: 8 }, () => server.ask(path)));
		for (const answer of answers) {
			expect(answer.status).toBe(200);
			expect(answer.body.equals(answers[0]?.body ?? Buffer.alloc(0))).toBe(true);
		}
	});
});

describe('limits', () => {
	test('too many at once are asked to come again', async () => {
		const limited = await serveMusic('stream-busy', { env: { TRANSCODE_WORKERS: '1', MEDIA_TRANSCODES: '1' } });
		const track = await trackTitled(limited, 'Wide River');
		const asked = Array.from({ length: 6 }, (_, i) =>
			limited.ask(`/stream/${track.id}?format=mp3&bitrate=${64 + 32 * i}`),
		);
		const answers = await Promise.all(asked);
		const busy = answers.filter((one) => one.status === 503);
		expect(answers.filter((one) => one.status === 200).length).toBeGreaterThan(0);
		expect(busy.length).toBeGreaterThan(0);
		expect(busy.length + answers.filter((one) => one.status === 200).length).toBe(6);
		for (const answer of busy) {
			expect(Number(answer.header('retry-after'))).toBeGreaterThan(0);
			expect(answer.json().error).toBe('busy');
		}

		// Who leaves early leaves the place to others.
		const wire = await Wire.open(limited.port);
		wire.send(`GET /stream/${track.id}?format=flac HTTP/1.1\r\nHost: ogma\r\n\r\n`);
		await wire.wait((one) => one.received.length > 1000);
		wire.end();
		await until(
			'a free transcode worker',
			async () => (await limited.ask(`/stream/${track.id}?format=opus`)).status === 200,
			15_000,
		);
	});

	test('a file that vanished is said to be away, and nothing breaks', async () => {
		const music = join(folder, 'music'),
			data = join(folder, 'data');
		await mkdir(music);
		await cp(at('electronic/City Lights/02 Skyline.m4a'), join(music, 'sky.m4a'));
		expect((await run(['scan', music, '--data', data])).code).toBe(0);
		await withServer({ data, env: { SCAN_AT_START: 'false', WATCH_FOLDERS: 'false' } }, async (fresh) => {
			const { id } = await trackTitled(fresh, 'Skyline');
			await rm(join(music, 'sky.m4a'));
			for (const query of ['', '?format=mp3']) {
				const answer = await fresh.ask(`/stream/${id}${query}`);
				expect(answer.status, query).toBe(503);
				expect(answer.json().details.service, query).toBe('source');
				expect(Number(answer.header('retry-after')), query).toBeGreaterThan(0);
			}
			await cp(at('electronic/City Lights/02 Skyline.m4a'), join(music, 'sky.m4a'));
			expect((await fresh.ask(`/stream/${id}`)).status).toBe(200);
		});
	});

	test('a file that turned into something else is not heard, and nothing breaks', async () => {
		const music = join(folder, 'turned'),
			data = join(folder, 'turned-data');
		await mkdir(music);
		await cp(at('electronic/City Lights/02 Skyline.m4a'), join(music, 'sky.m4a'));
		expect((await run(['scan', music, '--data', data])).code).toBe(0);
		await withServer({ data, env: { SCAN_AT_START: 'false', WATCH_FOLDERS: 'false' } }, async (fresh) => {
			const { id } = await trackTitled(fresh, 'Skyline');
			await writeFile(join(music, 'sky.m4a'), 'no sound at all\n'.repeat(1000));
			for (const format of ['mp3', 'opus', 'flac']) {
				const status = await fresh.ask(`/stream/${id}?format=${format}`).then(
					(answer) => answer.status,
					() => 'cut', // the answer had begun when the decoder gave up
				);
				expect(['cut', 404, 415, 422, 503], format).toContain(status);
			}
			expect((await fresh.ask('/health/ready')).status).toBe(200);
			await cp(at('electronic/City Lights/02 Skyline.m4a'), join(music, 'sky.m4a'));
			expect((await fresh.ask(`/stream/${id}?format=mp3`)).status).toBe(200);
		});
	});

	test('a listener who takes nothing is dropped after a while, the others hear on', async () => {
		const slow = await serveMusic('stream-slow', { env: { HTTP_WRITE_TIMEOUT_MS: '500' } });
		const track = await trackTitled(slow, 'Wide River');
		const wire = await Wire.open(slow.port);
		wire.socket.pause();
		wire.send(`GET /stream/${track.id} HTTP/1.1\r\nHost: ogma\r\n\r\n`);
		const line = await until('the access log to show the end of it', async () => {
			const log = await readFile(join(slow.data, 'logs/ogma.log'), 'utf8');
			return log
				.split('\n')
				.filter((one) => one.includes(`"/stream/${track.id}"`))
				.map((one) => JSON.parse(one))[0];
		});
		expect(line.sent_bytes).toBeLessThan(track.size_bytes);
		expect((await slow.ask(`/stream/${track.id}`, { headers: { range: 'bytes=0-9' } })).body.length).toBe(10);
		wire.end();
	});
});
