import '../test/page';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { apiSend, ApiError } from './client';
import { beginSession, currentMe, endSession, safeNext, signIn, startSession } from './session';

const json = (status: number, body: unknown) => new Response(status === 204 ? null : JSON.stringify(body), { status });

type Route = (init: RequestInit) => Response;

/** Answers by "METHOD path"; remembers what was asked. */
function server(routes: Record<string, Route>) {
	const asked: { route: string; headers: Record<string, string>; body: unknown }[] = [];
	vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
		const route = `${init!.method} ${String(url).replace('/api/v1', '')}`;
		const body = typeof init!.body === 'string' ? JSON.parse(init!.body) : undefined;
		asked.push({ route, headers: init!.headers as Record<string, string>, body });
		return Promise.resolve(routes[route]?.(init!) ?? json(404, { error: 'not_found' }));
	});
	return asked;
}

const me = (csrf: string | null) => ({ id: 1, username: 'ada', role: 'user', csrf_token: csrf });

afterEach(async () => {
	server({ 'GET /auth/me': () => json(401, {}) });
	await endSession();
	vi.restoreAllMocks();
});

startSession();

describe('a session', () => {
	it('is asked for as a cookie, and its token goes with what changes something', async () => {
		const asked = server({
			'POST /auth/login': () => json(200, { csrf_token: 't1' }),
			'GET /auth/me': () => json(200, me('t1')),
			'POST /playlists': () => json(201, { id: 1 }),
		});
		await signIn('ada', 'secret');
		expect(asked[0]!.body).toEqual({ username: 'ada', password: 'secret', cookie: true });
		expect(currentMe()?.username).toBe('ada');
		await apiSend('POST', '/playlists', {});
		expect(asked.at(-1)!.headers['X-CSRF-Token']).toBe('t1');
	});

	it('tries once more with the new token when another window has signed in', async () => {
		let token = 't1';
		server({
			'POST /auth/login': () => json(200, {}),
			'GET /auth/me': () => json(200, me(token)),
			'POST /playlists': (init) =>
				(init.headers as Record<string, string>)['X-CSRF-Token'] === token
					? json(201, { id: 7 })
					: json(403, { error: 'denied', details: [{ field: 'csrf', message: 'no' }] }),
		});
		await signIn('ada', 'secret');
		token = 't2';
		expect(await apiSend('POST', '/playlists', {})).toEqual({ id: 7 });
	});

	it('is over when the server no longer knows it', async () => {
		let alive = true;
		server({
			'POST /auth/login': () => json(200, {}),
			'GET /auth/me': () => (alive ? json(200, me('t')) : json(401, {})),
			'POST /playlists': () => json(401, { error: 'unauthenticated' }),
		});
		await signIn('ada', 'secret');
		alive = false;
		await expect(apiSend('POST', '/playlists', {})).rejects.toMatchObject({ status: 401 });
		await vi.waitFor(() => expect(currentMe()).toBeNull());
	});

	it('is not ended by a right that is missing', async () => {
		const asked = server({
			'POST /auth/login': () => json(200, {}),
			'GET /auth/me': () => json(200, me('t')),
			'DELETE /users/5': () => json(403, { error: 'denied', message: 'no' }),
		});
		await signIn('ada', 'secret');
		await expect(apiSend('DELETE', '/users/5')).rejects.toBeInstanceOf(ApiError);
		expect(asked.filter(({ route }) => route === 'DELETE /users/5')).toHaveLength(1);
		expect(currentMe()?.username).toBe('ada');
	});

	it('of tokens is renewed once for all requests that found it over', async () => {
		let access = 'a1';
		const asked = server({
			'GET /auth/me': () => json(200, me(null)),
			'POST /auth/refresh': () => {
				access = 'a2';
				return json(200, { access_token: 'a2', refresh_token: 'r2' });
			},
			'POST /playlists': (init) =>
				(init.headers as Record<string, string>).Authorization === `Bearer ${access}`
					? json(201, { id: 1 })
					: json(401, {}),
		});
		await beginSession({ access_token: 'a1', refresh_token: 'r1' } as never);
		access = 'gone';
		const answers = await Promise.all([apiSend('POST', '/playlists', {}), apiSend('POST', '/playlists', {})]);
		expect(answers).toEqual([{ id: 1 }, { id: 1 }]);
		expect(asked.filter(({ route }) => route === 'POST /auth/refresh').map(({ body }) => body)).toEqual([
			{ refresh_token: 'r1' },
		]);
	});
});

describe('the way back after signing in', () => {
	it.each(['/playlists/5?x=1', '/', '/account#keys'])('may be %s', (path) => expect(safeNext(path)).toBe(path));
	it.each([
		null,
		'',
		'https://evil.example',
		'//evil.example',
		'/\\evil.example',
		'javascript:alert(1)',
		'/\t/x',
		'/sign-in',
	])('is the home page instead of %s', (path) => expect(safeNext(path)).toBe('/'));
});
