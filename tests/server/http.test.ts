// The protocol over bare sockets, against the whole program.
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type RawAnswer, Wire, talk } from './support/http.ts';
import { serveMusic, serveUntilEnd, temporary, trackTitled } from './support/library.ts';
import { sleep } from './support/ogma.ts';

const server = await serveMusic('http');
const folder = await temporary('http-small');
const small = (name: string, env: Record<string, string>): ReturnType<typeof serveUntilEnd> =>
	serveUntilEnd({ data: join(folder, name), env });

const get = (path: string, ...fields: string[]): string =>
	[`GET ${path} HTTP/1.1`, 'Host: ogma', ...fields, '', ''].join('\r\n');

async function one(bytes: string | Buffer, timeoutMs?: number): Promise<RawAnswer> {
	const [answer] = await talk(server.port, bytes, 1, timeoutMs);
	if (answer === undefined) throw new Error('no answer');
	return answer;
}

describe('connections', () => {
	test('stay for many requests', async () => {
		const wire = await Wire.open(server.port);
		for (let i = 0; i < 50; i++) {
			wire.send(get('/health/live', `X-Request-Id: turn-${i}`));
			const answers = await wire.answered(i + 1);
			expect(answers[i]?.headers['x-request-id']).toBe(`turn-${i}`);
		}
		expect(wire.closed).toBe(false);
		wire.end();
	});

	test('answer requests sent ahead in their order, slow and quick ones mixed', async () => {
		const wire = await Wire.open(server.port);
		const paths = [
			'/api/v1/search/tracks?q=n',
			'/health/live',
			'/api/v1/tracks?limit=100',
			'/api/stats',
			'/nothing/at.all',
			'/api/v1/genres',
		];
		const count = 60;
		wire.send(
			Array.from({ length: count }, (_, i) => get(paths[i % paths.length] ?? '', `X-Request-Id: n${i}`)).join(''),
		);
		const answers = await wire.answered(count, 15_000);
		expect(answers.map((answer) => answer.headers['x-request-id'])).toEqual(
			Array.from({ length: count }, (_, i) => `n${i}`),
		);
		expect(answers.map((answer) => answer.status)).toEqual(
			Array.from({ length: count }, (_, i) => (i % 6 === 4 ? 404 : 200)),
		);
		wire.end();
	});

	test('take a request that comes byte by byte', async () => {
		const wire = await Wire.open(server.port);
		for (const byte of get('/health/live')) wire.send(byte);
		expect((await wire.answered(1))[0]?.status).toBe(200);
		wire.end();
	});

	test('close when asked to, and after HTTP/1.0', async () => {
		for (const bytes of [get('/health/live', 'Connection: close'), 'GET /health/live HTTP/1.0\r\n\r\n']) {
			const wire = await Wire.open(server.port);
			wire.send(bytes);
			expect(await wire.waitClosed()).toBe(true);
			expect(wire.answers()[0]).toMatchObject({ status: 200, whole: true });
			expect(wire.answers()[0]?.headers['connection']?.toLowerCase()).toBe('close');
		}
	});

	test("take an absolute address and a proxy's Host", async () => {
		expect((await one(`GET http://ogma.example/health/live HTTP/1.1\r\nHost: ogma.example\r\n\r\n`)).status).toBe(200);
	});
});

/** Answered with that status, by the error object, and closed: nothing after it may be read as a request. */
async function expectRefused(bytes: string | Buffer, statuses: number[]): Promise<void> {
	const wire = await Wire.open(server.port);
	wire.send(bytes);
	wire.send(get('/health/live', 'X-Request-Id: smuggled'));
	expect(await wire.waitClosed()).toBe(true);
	const answers = wire.answers();
	expect(statuses, wire.received.toString('latin1').slice(0, 200)).toContain(answers[0]?.status);
	expect(answers.length).toBe(1);
	const body = JSON.parse(answers[0]?.body.toString() ?? '') as Record<string, unknown>;
	expect(Object.keys(body).sort()).toEqual(['details', 'error', 'message', 'request_id']);
	expect(wire.received.toString('latin1')).not.toContain('smuggled');
}

describe('what is malformed is refused', () => {
	const chunks = 'Transfer-Encoding: chunked';
	const cases: [string, string, number[]][] = [
		['no Host', 'GET / HTTP/1.1\r\n\r\n', [400]],
		['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', [400]],
		['a Host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', [400]],
		['a path in the Host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', [400]],
		['two lengths that differ', get('/', 'Content-Length: 5', 'Content-Length: 6') + 'hello', [400]],
		['two lengths that are the same', get('/', 'Content-Length: 5', 'Content-Length: 5') + 'hello', [400]],
		['lengths in one field', get('/', 'Content-Length: 5, 5') + 'hello', [400]],
		['a length with a sign', get('/', 'Content-Length: +5') + 'hello', [400]],
		['a negative length', get('/', 'Content-Length: -1'), [400]],
		['a length past all numbers', get('/', 'Content-Length: 18446744073709551616'), [400, 413]],
		['a length in hex', get('/', 'Content-Length: 0x5') + 'hello', [400]],
		['a length and chunks', get('/', 'Content-Length: 5', chunks) + '0\r\n\r\n', [400]],
		['chunks and a length', get('/', chunks, 'Content-Length: 5') + '0\r\n\r\n', [400]],
		['chunks in HTTP/1.0', `GET / HTTP/1.0\r\nHost: a\r\n${chunks}\r\n\r\n0\r\n\r\n`, [400]],
		['a coding before chunked', get('/', 'Transfer-Encoding: gzip, chunked') + '0\r\n\r\n', [400, 501]],
		['an unknown coding', get('/', 'Transfer-Encoding: identity'), [400, 501]],
		['two codings', get('/', chunks, chunks) + '0\r\n\r\n', [400]],
		['a coding with a vertical tab', get('/', 'Transfer-Encoding: \x0bchunked') + '0\r\n\r\n', [400]],
		['a space before the colon', get('/', 'Content-Length : 5') + 'hello', [400]],
		['a bare LF after a field', 'GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n', [400]],
		['a bare LF at the end', 'GET / HTTP/1.1\r\nHost: a\r\n\n', [400]],
		['only bare LFs', 'GET / HTTP/1.1\nHost: a\n\n', [400]],
		['a bare CR in a value', get('/', 'X: a\rb'), [400]],
		['a NUL in a value', get('/', 'X: a\0b'), [400]],
		['a folded field', get('/', 'X: a', ' b'), [400]],
		['a folded first field', 'GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n', [400]],
		['a name with a control character', get('/', 'X\x01: y'), [400]],
		['a name that is empty', get('/', ': y'), [400]],
		['a field without a colon', get('/', 'nothing'), [400]],
		['two spaces in the request line', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n', [400]],
		['a tab in the request line', 'GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n', [400]],
		['a space in the address', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', [400]],
		['a fragment in the address', 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n', [400]],
		['raw bytes in the address', 'GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n', [400]],
		['an address without a slash', 'GET a HTTP/1.1\r\nHost: a\r\n\r\n', [400]],
		['no version', 'GET /\r\n\r\n', [400]],
		['a small-letter version', 'GET / http/1.1\r\nHost: a\r\n\r\n', [400]],
		['HTTP/9.9', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', [505]],
		['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', [505]],
		['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', [505]],
		["HTTP/2's own greeting", 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 505]],
		['an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n', [501]],
		['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', [400, 501]],
		['TLS on the plain port', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n', [400]],
		['an expectation nobody can meet', get('/', 'Expect: a-miracle'), [417]],
		['a head of 20 KiB', get('/', `X: ${'x'.repeat(20_000)}`), [431]],
		['150 fields', get('/', ...Array.from({ length: 150 }, (_, i) => `X-${i}: y`)), [431]],
		['an address longer than a head may be', get(`/${'x'.repeat(20_000)}`), [414, 431]],
		['an address of 9 KiB', get(`/${'x'.repeat(9_000)}`), [414]],
		['a body where there may be none', get('/api/v1/library', 'Content-Length: 5') + 'hello', [413]],
		['chunks where there may be no body', get('/api/v1/library', chunks) + '5\r\nhello\r\n0\r\n\r\n', [413]],
		['a chunk that is not a number', get('/api/v1/library', chunks) + 'x\r\n', [400]],
		['a chunk past all numbers', get('/api/v1/library', chunks) + 'FFFFFFFFFFFFFFFFF\r\n', [400, 413]],
		['a chunk line with a bare LF', get('/api/v1/library', chunks) + '0\n\n', [400]],
	];

	test.each(cases)('%s', async (_, bytes, statuses) => {
		await expectRefused(Buffer.from(bytes, 'latin1'), statuses);
	});
});

describe('bodies', () => {
	test('that are empty, by length or by chunks, do no harm', async () => {
		const wire = await Wire.open(server.port);
		wire.send(get('/health/live', 'Content-Length: 0'));
		wire.send(get('/health/live', 'Transfer-Encoding: chunked') + '0\r\n\r\n');
		wire.send(get('/health/live', 'X-Request-Id: after'));
		const answers = await wire.answered(3);
		expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
		expect(answers[2]?.headers['x-request-id']).toBe('after');
		wire.end();
	});

	test('that are too large are refused before they are sent', async () => {
		const wire = await Wire.open(server.port);
		wire.send(get('/api/v1/library', 'Content-Length: 1000000000', 'Expect: 100-continue'));
		const [answer] = await wire.answered(1);
		expect(answer?.status).toBe(413);
		wire.end();
	});

	test('of a request that needs none are not waited for', async () => {
		expect((await one(get('/health/live', 'Expect: 100-continue'))).status).toBe(200);
	});
});

describe('gzip', () => {
	const packed = { 'accept-encoding': 'gzip' };

	test('is for texts over a kibibyte and for who takes it', async () => {
		const large = await server.ask('/api/v1/tracks?limit=50', { headers: packed });
		expect(large.header('content-encoding')).toBe('gzip');
		expect(large.header('vary')?.toLowerCase()).toContain('accept-encoding');
		const plain = await server.ask('/api/v1/tracks?limit=50');
		expect(plain.header('content-encoding')).toBeUndefined();
		expect(plain.header('vary')?.toLowerCase()).toContain('accept-encoding');
		expect(gunzipSync(large.body).equals(plain.body)).toBe(true);
		expect(large.body.length * 3).toBeLessThan(plain.body.length);

		const refused = await server.ask('/api/v1/tracks?limit=50', {
			headers: { 'accept-encoding': 'gzip;q=0, identity' },
		});
		expect(refused.header('content-encoding')).toBeUndefined();
		expect((await server.ask('/health/live', { headers: packed })).header('content-encoding')).toBeUndefined();
	});

	test('is not for sound and pictures', async () => {
		const track = await trackTitled(server, 'Spring');
		for (const path of [track.stream_url, track.cover_url])
			expect((await server.ask(path, { headers: packed })).header('content-encoding'), path).toBeUndefined();
	});

	test('gives the web app in the form the browser likes best', async () => {
		expect((await server.ask('/', { headers: { 'accept-encoding': 'br, gzip' } })).header('content-encoding')).toBe(
			'br',
		);
		expect((await server.ask('/', { headers: packed })).header('content-encoding')).toBe('gzip');
		expect((await server.ask('/')).header('content-encoding')).toBeUndefined();
	});
});

describe('headers', () => {
	test('that protect are on every answer', async () => {
		for (const path of [
			'/',
			'/api/v1/tracks',
			'/api/v1/nothing',
			'/metrics',
			'/openapi.json',
			'/api/v1/tracks?limit=x',
		]) {
			const answer = await server.ask(path);
			expect(answer.header('x-content-type-options'), path).toBe('nosniff');
			expect(answer.header('referrer-policy'), path).toBe('same-origin');
			expect(answer.header('date'), path).toBeDefined();
		}
	});

	test("of pages allow only what is the page's own", async () => {
		for (const path of ['/', '/albums/1', '/docs', '/docs/', '/redoc', '/redoc/']) {
			const policy = (await server.ask(path)).header('content-security-policy') ?? '';
			expect(policy, path).toContain("default-src 'self'");
			expect(policy, path).toContain("object-src 'none'");
			expect(policy, path).toContain("base-uri 'none'");
			expect(policy, path).toContain('frame-ancestors ');
			expect(policy, path).not.toContain("'unsafe-");
		}
	});

	test("of the app's own files say how long they last", async () => {
		const page = await server.ask('/');
		expect(page.header('cache-control')).toBe('no-cache');
		const asset = /"(\/assets\/[^"]+\.js)"/.exec(page.text)?.[1] ?? '';
		const script = await server.ask(asset);
		expect(script.status).toBe(200);
		expect(script.header('content-type')).toMatch(/javascript/);
		expect(script.header('cache-control')).toContain('immutable');
		expect((await server.ask('/', { headers: { 'if-none-match': page.header('etag') ?? '' } })).status).toBe(304);
	});

	test('name the request as the client did, or anew when that is no name', async () => {
		expect(
			(await server.ask('/health/live', { headers: { 'x-request-id': 'abc-123_X.y:z' } })).header('x-request-id'),
		).toBe('abc-123_X.y:z');
		for (const bad of ['', 'a b', 'x'.repeat(300), 'a"b', '<script>', 'a/b']) {
			const id = (await server.ask('/health/live', { headers: { 'x-request-id': bad } })).header('x-request-id');
			expect(id, bad).toMatch(/^[A-Za-z0-9_.:-]{8,}$/);
			expect(id, bad).not.toBe(bad);
		}
		const ids = await Promise.all(
			Array.from({ length: 50 }, async () => (await server.ask('/health/live')).header('x-request-id')),
		);
		expect(new Set(ids).size).toBe(50);
	});

	test('cannot be added to by what is in the address', async () => {
		const answer = await server.ask('/api/v1/genres/name/a%0d%0aX-Evil:%20yes');
		expect(answer.header('x-evil')).toBeUndefined();
		expect(answer.status).toBeLessThan(500);
	});
});

describe('methods', () => {
	test('that the server takes are told for all of it', async () => {
		const answer = await server.ask('*', { method: 'OPTIONS' });
		expect(answer.status).toBe(204);
		expect(answer.header('allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
	});

	test('of a file and of a page of the web app are those that read', async () => {
		for (const path of ['/', '/albums', '/index.html']) {
			const options = await server.ask(path, { method: 'OPTIONS' });
			expect(options.status, path).toBe(204);
			expect(options.header('allow'), path).toBe('GET, HEAD, OPTIONS');
			const post = await server.ask(path, { method: 'POST' });
			expect(post.status, path).toBe(405);
			expect(post.json().error, path).toBe('method_not_allowed');
			expect(post.header('allow'), path).toBe('GET, HEAD, OPTIONS');
		}
	});

	test('of nothing are not told', async () => {
		for (const method of ['GET', 'POST', 'OPTIONS']) {
			const answer = await server.ask('/api/v1/nothing', { method });
			expect(answer.status, method).toBe(404);
			expect(answer.header('allow'), method).toBeUndefined();
		}
	});
});

describe('CORS', () => {
	const origin = { origin: 'https://music.example' };
	const preflight = { ...origin, 'access-control-request-method': 'GET' };

	test('is off by default', async () => {
		for (const method of ['GET', 'OPTIONS']) {
			const answer = await server.ask('/api/v1/tracks', { method, headers: preflight });
			expect(answer.header('access-control-allow-origin'), method).toBeUndefined();
		}
	});

	test('lets in the origins that are set, and no others', async () => {
		const open = await small('cors', { CORS_ORIGINS: 'https://other.example, https://music.example' });
		const answer = await open.ask('/api/v1/tracks', { headers: origin });
		expect(answer.header('access-control-allow-origin')).toBe('https://music.example');
		expect(answer.header('vary')).toContain('Origin');
		const asked = await open.ask('/api/v1/tracks', { method: 'OPTIONS', headers: preflight });
		expect(asked.status).toBe(204);
		expect(asked.header('access-control-allow-origin')).toBe('https://music.example');
		expect(asked.header('access-control-allow-methods')).toContain('GET');
		expect(asked.header('access-control-allow-headers')).toContain('Range');
		for (const bad of ['https://evil.example', 'null', 'https://music.example.evil', 'https://music.exampl']) {
			const refused = await open.ask('/api/v1/tracks', { headers: { origin: bad } });
			expect(refused.header('access-control-allow-origin'), bad).toBeUndefined();
			expect(refused.header('vary'), bad).toContain('Origin');
		}
		expect(answer.header('access-control-allow-credentials')).toBeUndefined();
	});
});

describe('conditions', () => {
	test('spare lists and things that the client has', async () => {
		const track = await trackTitled(server, 'Spring');
		for (const path of [
			'/api/v1/tracks?limit=20',
			`/api/v1/tracks/${track.id}`,
			'/api/v1/albums',
			'/api/v1/library',
			'/openapi.json',
		]) {
			const first = await server.ask(path);
			const etag = first.header('etag') ?? '';
			expect(etag, path).toMatch(/^(W\/)?"[^"]+"$/);
			const again = await server.ask(path, { headers: { 'if-none-match': etag } });
			expect(again.status, path).toBe(304);
			expect(again.body.length, path).toBe(0);
			expect(again.header('etag'), path).toBe(etag);
			const packed = await server.ask(path, { headers: { 'if-none-match': etag, 'accept-encoding': 'gzip' } });
			expect(packed.status, path).toBe(304);
			expect((await server.ask(path, { headers: { 'if-none-match': '"other"' } })).status, path).toBe(200);
		}
	});
});

describe('patience', () => {
	test('with a head that trickles in ends', async () => {
		const short = await small('slow', { HTTP_HEAD_TIMEOUT_MS: '400' });
		const wire = await Wire.open(short.port);
		const start = performance.now();
		const bytes = get('/health/live', `X: ${'y'.repeat(500)}`);
		for (let i = 0; i < bytes.length && !wire.closed; i++) {
			wire.send(bytes[i] ?? '');
			await sleep(20);
		}
		expect(await wire.waitClosed()).toBe(true);
		expect(performance.now() - start).toBeLessThan(3000);
		const [answer] = wire.answers();
		if (answer !== undefined) expect(answer.status).toBe(408);
		expect((await short.ask('/health/live')).status).toBe(200);
	});

	test('with an idle connection ends without a word', async () => {
		const short = await small('idle', { HTTP_IDLE_TIMEOUT_MS: '300' });
		const wire = await Wire.open(short.port);
		wire.send(get('/health/live'));
		await wire.answered(1);
		const length = wire.received.length;
		expect(await wire.waitClosed(3000)).toBe(true);
		expect(wire.received.length).toBe(length);
	});

	test('has a limit of connections from one address', async () => {
		const short = await small('few', { HTTP_CONNECTIONS_PER_ADDRESS_MAX: '4' });
		const wires = await Promise.all(Array.from({ length: 4 }, () => Wire.open(short.port)));
		for (const wire of wires) {
			wire.send(get('/health/live'));
			expect((await wire.answered(1))[0]?.status).toBe(200);
		}
		const fifth = await Wire.open(short.port);
		await fifth.waitClosed();
		expect(fifth.received.toString('latin1')).toMatch(/^HTTP\/1\.1 429 .*Retry-After: \d+/s);
		wires[0]?.end();
		await expect.poll(async () => (await short.ask('/health/live').catch(() => undefined))?.status).toBe(200);
		for (const wire of wires) wire.end();
	});
});
