// Every public GET of /openapi.json, asked well and asked badly.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Answer, keepConnections, Wire } from './support/http.ts';
import { serveMusic, serveUntilEnd, temporary, trackTitled } from './support/library.ts';
import { person } from './support/people.ts';
import { Description, type Operation, type Parameter } from './support/schema.ts';

keepConnections();
const server = await serveMusic('routes');
const empty = await serveUntilEnd({ data: join(await temporary('routes-empty'), 'data') });
const description = await Description.of(server);

// A track that has everything: cover, album, genre, lyrics.
const track = await trackTitled(server, 'Привет, мир');
const ids: Record<string, number> = {
	tracks: track.id,
	albums: track.album_id,
	artists: track.artist_id,
	genres: track.genres[0].id,
	stream: track.id,
};

// And two playlists: a public one with a picture, and one that opens by its link.
const owner = await person(server, 'owner-of-playlists', 'user');
const songs = (await owner.post('/api/v1/playlists', { title: 'Songs', is_public: true, track_ids: [track.id] })).json();
ids['playlists'] = songs.id;
await owner.ask(`/api/v1/playlists/${songs.id}/cover`, {
	method: 'PUT',
	body: (await server.ask(`/api/v1/tracks/${track.id}/cover`)).body,
});
const shared = (await owner.post('/api/v1/playlists', { title: 'Ours', visibility: 'unlisted' })).json();

// And a channel with something in its queue.
const moderator = await person(server, 'moderator-of-channels', 'moderator');
const channel = (await moderator.post('/api/v1/channels', { title: 'Evening' })).json();
ids['channels'] = channel.id;
await moderator.post(`/api/v1/queue/${channel.id}/items`, { track_id: track.id });

/** A path that asks for something that is there; `id` takes its place when given. */
function address(operation: Operation, id?: string): string {
	const area = operation.path.startsWith('/stream/')
		? 'stream'
		: operation.path.includes('/artist/{')
			? 'artists'
			: (operation.path.split('/')[3] ?? '');
	const path = operation.path
		.replace(/\{(track_)?id\}/, id ?? String(ids[area]))
		.replace('{channel_id}', id ?? String(channel.id))
		.replace('{token}', id ?? shared.share_token)
		.replace('{name}', id ?? encodeURIComponent('Рок'));
	const required = operation.parameters
		.filter((one) => one.in === 'query' && one.required)
		.map((one) => `${one.name}=${encodeURIComponent('пр')}`);
	return required.length > 0 ? `${path}?${required.join('&')}` : path;
}

const plus = (path: string, query: string): string => path + (path.includes('?') ? '&' : '?') + query;

/** The address with another value for one parameter, which may be a required one. */
function addressWith(operation: Operation, parameter: Parameter, encoded: string): string {
	const bare = address(operation)
		.replace(new RegExp(`([?&])${parameter.name}=[^&]*&?`), '$1')
		.replace(/[?&]$/, '');
	return plus(bare, `${parameter.name}=${encoded}`);
}

function expectError(answer: Answer, status: number, why: string): void {
	expect(answer.status, why).toBe(status);
	expect(description.error(answer), why).toBeUndefined();
	expect(answer.json().request_id, why).toBe(answer.header('x-request-id'));
	expect(answer.header('cache-control'), why).toBe('no-store');
}

function expectFieldError(answer: Answer, field: string, why: string): void {
	expectError(answer, 422, why);
	expect(answer.json().error, why).toBe('validation_error');
	const details = answer.json().details as { field: string; message: string }[];
	expect(
		details.map((one) => one.field),
		why,
	).toContain(field);
	expect(
		details.every((one) => one.message.length > 0),
		why,
	).toBe(true);
}

const markup = encodeURIComponent('<script>alert(1)</script>');
const injection = encodeURIComponent("1' OR '1'='1'; DROP TABLE tracks; --");

/** Values the parameter must be refused with, still percent-encoded. */
function wrongValues({ schema, name }: Parameter): string[] {
	const wrong: string[] = [];
	if (schema.type === 'integer' || schema.type === 'number') {
		wrong.push('abc', '', '1.5x', '%201', '1e99', '0x10', '99999999999999999999', markup, injection);
		if (schema.minimum !== undefined) wrong.push(String(schema.minimum - 1));
		if (schema.maximum !== undefined) wrong.push(String(schema.maximum + 1));
	} else if (schema.type === 'boolean') {
		wrong.push('maybe', '2', '', markup);
	} else if (schema.enum !== undefined) {
		wrong.push('nothing', '', `${schema.enum[0]}x`, (schema.enum[0] ?? '').toUpperCase() + '%20', markup, injection);
	} else if ((schema.maxLength ?? 0) < 8000) {
		wrong.push('a'.repeat((schema.maxLength ?? 0) + 1)); // longer ones are refused by the address' own limit
	}
	if (name === 'cursor') wrong.push('x', markup, injection, 'AAAA', '%D1%91');
	return wrong;
}

const undecodable = ['%FF', '%C3%28', '%ED%A0%80', '%zz', '%', '%4', 'a%00b'];

// Links that work once and the provider's way back are auth.test.ts's and oidc.test.ts's, WebSockets
// sockets.test.ts's, streams on the air live.test.ts's.
const open = description.operations.filter(
	(one) =>
		one.method === 'GET' &&
		one.right === 'none' &&
		!/\/auth\/(links|oidc)\/|^\/live\/|^\/admin\/metadata/.test(one.path) &&
		!('101' in one.responses),
);
// What a track sounds like is there after it was listened to: analysis.test.ts.
const found = (operation: Operation): number => (/\/(analysis|waveform)$/.test(operation.path) ? 404 : 200);
const methodsOf = (path: string): string[] =>
	description.operations.filter((one) => one.path === path).map((one) => one.method);

describe.each(open.map((operation) => [operation.path, operation] as const))(
	'GET %s',
	(_, operation) => {
		const queries = operation.parameters.filter((one) => one.in === 'query');
		const inPath = operation.parameters.find((one) => one.in === 'path');

		test('answers a library with content as its schema says', async () => {
			const answer = await server.ask(address(operation));
			expect(answer.status, answer.text.slice(0, 300)).toBe(found(operation));
			expect(description.complaint(operation, answer)).toBeUndefined();
		});

		test('answers an empty library with nothing, or says that it is not there', async () => {
			const answer = await empty.ask(address(operation));
			expect(answer.status, answer.text.slice(0, 300)).toBe(inPath === undefined ? 200 : 404);
			expect(description.complaint(operation, answer)).toBeUndefined();
		});

		test('takes a slash at the end', async () => {
			const [path, query] = address(operation).split('?');
			const answer = await server.ask(`${path}/${query === undefined ? '' : `?${query}`}`);
			expect(answer.status).toBe(found(operation));
		});

		test('refuses wrong values and names the field', async () => {
			// A link's signature is a proof, not a value: members.test.ts.
			for (const parameter of queries.filter((one) => one.name !== 'sig')) {
				for (const value of wrongValues(parameter)) {
					const path = addressWith(operation, parameter, value);
					const answer = await server.ask(path);
					expectFieldError(answer, parameter.name, path);
					expect(description.complaint(operation, answer), path).toBeUndefined();
				}
			}
		});

		test('takes the first and the last value that is allowed', async () => {
			for (const parameter of queries) {
				if (parameter.name === 'offset_ms') continue; // ends where the track does: stream.test.ts
				const { minimum, maximum, enum: choices } = parameter.schema;
				const good = choices ?? [minimum, maximum].filter((one) => one !== undefined).map(String);
				for (const value of good) {
					const path = addressWith(operation, parameter, value);
					const answer = await server.ask(path);
					expect(answer.status, `${path}: ${answer.text.slice(0, 200)}`).not.toBe(500);
					expect(description.complaint(operation, answer), path).toBeUndefined();
					if (answer.status === 422)
						expect(
							answer.json().details.map((one: any) => one.field),
							path,
						).not.toContain(parameter.name);
				}
			}
		});

		test('refuses text that cannot be decoded', async () => {
			for (const parameter of queries) {
				for (const value of undecodable) {
					const path = addressWith(operation, parameter, value);
					expectError(await server.ask(path), 400, path);
				}
			}
		});

		test('finds nothing evil in markup, SQL and odd letters', async () => {
			for (const parameter of queries.filter((one) => one.schema.type === 'string')) {
				for (const value of [
					markup,
					injection,
					'%27',
					'%22%2A',
					'%E2%80%AE',
					'%F0%9F%8E%B5',
					'%25',
					'%5C',
					'a'.repeat(150),
				]) {
					const path = addressWith(operation, parameter, value);
					expect(description.complaint(operation, await server.ask(path)), path).toBeUndefined();
				}
			}
		});

		if (queries.some((one) => one.required))
			test('says which field is missing', async () => {
				const bare = address(operation).split('?')[0] ?? '';
				const answer = await server.ask(bare, { headers: { 'accept-language': 'ru-RU,ru;q=0.9,en;q=0.8' } });
				for (const parameter of queries.filter((one) => one.required)) expectFieldError(answer, parameter.name, bare);
				expect(answer.json().message).toMatch(/[а-яё]/i);
				expect(answer.json().details[0].message).toMatch(/[а-яё]/i);
			});

		if (inPath !== undefined)
			test('answers 404 to what is not there', async () => {
				const absent = ['999999999', '9223372036854775807'];
				const misspelt = ['abc', '0', '-1', '1.5', '99999999999999999999', '1%2F2', '%20', markup, injection, '%D1%91'];
				for (const id of [...absent, ...misspelt]) {
					const path = address(operation, id);
					const answer = await server.ask(path);
					expectError(answer, 404, path);
					expect(answer.json().error, path).toBe('not_found');
				}
				const russian = await server.ask(address(operation, '999999999'), { headers: { 'accept-language': 'ru' } });
				expect(russian.json().message).toMatch(/[а-яё]/i);
			});

		if (inPath !== undefined)
			test('answers 400 to a path that cannot be decoded', async () => {
				for (const id of ['%FF', '%zz', '%00', '1%']) {
					const path = address(operation, id);
					expectError(await server.ask(path), 400, path);
				}
			});

		test('tells which methods it takes', async () => {
			const path = address(operation);
			const taken = methodsOf(operation.path);
			const allowed = [...taken, 'HEAD', 'OPTIONS'].sort();
			for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !taken.includes(one))) {
				const answer = await server.ask(path, { method });
				expectError(answer, 405, method);
				expect(answer.header('allow')?.split(', ').sort()).toEqual(allowed);
			}
			const options = await server.ask(path, { method: 'OPTIONS' });
			expect(options.status).toBe(204);
			expect(options.header('allow')?.split(', ').sort()).toEqual(allowed);
			expect(options.body.length).toBe(0);
		});

		test('answers HEAD with the head of GET and no body', async () => {
			const path = address(operation);
			const get = await server.ask(path);
			const head = await server.ask(path, { method: 'HEAD' });
			const names = (answer: Answer): string[] => Object.keys(answer.headers).sort();
			expect(head.status).toBe(get.status);
			expect(names(head)).toEqual(names(get));
			// Without an ETag the body tells something that changes, such as times.
			const volatile = ['date', 'x-request-id', ...(get.header('etag') === undefined ? ['content-length'] : [])];
			for (const name of names(get).filter((one) => !volatile.includes(one)))
				expect(head.header(name), name).toBe(get.header(name));

			const wire = await Wire.open(server.port);
			wire.send(`HEAD ${path} HTTP/1.1\r\nHost: ogma\r\nConnection: close\r\n\r\n`);
			await wire.waitClosed();
			expect(wire.received.toString('latin1').split('\r\n\r\n')[1]).toBe('');
		});
	},
);

describe('the description itself', () => {
	test('knows every field that entities have', async () => {
		const of: [string, string][] = [
			[`/api/v1/tracks/${ids['tracks']}`, 'Track'],
			[`/api/v1/albums/${ids['albums']}`, 'Album'],
			[`/api/v1/artists/${ids['artists']}`, 'ArtistProfile'],
			[`/api/v1/genres/${ids['genres']}`, 'Genre'],
			[`/api/v1/playlists/${ids['playlists']}`, 'Playlist'],
			['/api/v1/library', 'Library'],
			['/health/ready', 'Readiness'],
			['/health/live', 'Health'],
			['/api/stats', 'Stats'],
		];
		for (const [path, schema] of of)
			expect(Object.keys(await server.json(path)).sort(), path).toEqual(
				Object.keys(description.schemas[schema].properties).sort(),
			);
	});

	test('has a sentence for every status', () => {
		for (const operation of description.operations) {
			for (const [status, response] of Object.entries<any>(operation.responses))
				expect(response.description, `${operation.path} ${status}`).not.toBe('');
		}
	});

	test("has the routes of the contract's first slice", () => {
		const paths = description.operations.map((one) => one.path);
		for (const path of [
			'/api/v1/tracks',
			'/api/v1/albums/recent',
			'/api/v1/search/multi',
			'/stream/{track_id}',
			'/metrics',
		])
			expect(paths).toContain(path);
	});
});

describe('paths that no route has', () => {
	test.each([
		'/api/v1/nothing',
		'/api/v1/tracks/1/nothing',
		'/api/',
		'/stream/',
		'/stream/1/2',
		'/health/x',
		'/metrics/x',
	])('%s is answered with an error, not with a page', async (path) => {
		expectError(await server.ask(path), 404, path);
	});

	test('a page of the web app is answered with the app', async () => {
		const answer = await server.ask('/albums/1', { headers: { accept: 'text/html' } });
		expect(answer.status).toBe(200);
		expect(answer.header('content-type')).toMatch(/^text\/html/);
	});

	test('the pages of the API browsers are there', async () => {
		for (const path of ['/docs', '/redoc']) {
			const answer = await server.ask(path);
			expect(answer.status, path).toBe(200);
			expect(answer.text, path).toContain('<html');
		}
		// ReDoc asks a server of its makers for a logo, and needs inline styles for scrollbars of its own.
		expect((await server.ask('/redoc/redoc.standalone.js')).text).not.toContain('cdn.redoc.ly');
		expect((await server.ask('/redoc/init.js')).text).toContain('nativeScrollbars: true');
	});

	test('climbing out of the root leads nowhere', async () => {
		for (const path of [
			'/../../etc/passwd',
			'/assets/../../../etc/passwd',
			'/%2e%2e/%2e%2e/etc/passwd',
			'/assets/%2e%2e%2f%2e%2e%2fetc/passwd',
		]) {
			const answer = await server.ask(path);
			expect(answer.text, path).not.toContain('root:');
			expect(answer.status, path).toBeLessThan(500);
		}
	});
});
