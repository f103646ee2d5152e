// Signing in and out, as a client sees it: passwords, tokens, cookies, keys,
// links that work once, and what is done against guessing.
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { type Ended, run, type Server, serve, until } from './support/ogma.ts';
import { Person, person, post, withJson } from './support/people.ts';

const api = '/api/v1';
const secret = 'a secret of the tests that is long enough to sign with';
const env = { LIMIT_LOGIN_ADDRESS: '0', API_JWT_SECRET: secret };

let folder: string;
let server: Server; // registration open
const servers: Server[] = [];

async function start(name: string, extra: Record<string, string> = {}): Promise<Server> {
	const one = await serve({ data: join(folder, name), env: { ...env, ...extra } });
	servers.push(one);
	return one;
}

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ogma-auth-'));
	server = await start('open', { REGISTRATION: 'open' });
});

afterAll(async () => {
	for (const one of servers) await one.stop();
	await rm(folder, { recursive: true, force: true });
});

let made = 0;
async function somebody(): Promise<Person> {
	return person(server, `somebody${++made}`, 'user');
}

function cookieOf(answer: Answer): string {
	const set = answer.header('set-cookie') ?? '';
	return /^ogma_session=[^;]+/.exec(set)?.[0] ?? '';
}

describe('a password', () => {
	test('signs in by name and by e-mail, as JSON and as a form', async () => {
		const anna = await somebody();
		const byMail = await post(server, `${api}/auth/login-json`, {
			username: `${anna.name.toUpperCase()}@EXAMPLE.org`,
			password: anna.password,
		});
		expect(byMail.status).toBe(200);
		expect(byMail.json()).toMatchObject({ token_type: 'bearer', expires_in: 900, user: { id: anna.id } });
		const byForm = await server.ask(`${api}/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ username: anna.name, password: anna.password }).toString(),
		});
		expect(byForm.status).toBe(200);
		expect(byForm.header('cache-control')).toContain('no-store');
	});

	test('that is wrong and a name that nobody has are answered alike', async () => {
		const anna = await somebody();
		const wrong = await post(server, `${api}/auth/login`, { username: anna.name, password: 'not that one' });
		const nobody = await post(server, `${api}/auth/login`, { username: 'nobody at all', password: 'not that one' });
		expect(wrong.status).toBe(401);
		expect(nobody.status).toBe(401);
		const { request_id: a, ...first } = wrong.json();
		const { request_id: b, ...second } = nobody.json();
		expect(a).not.toBe(b);
		expect(first).toEqual(second);
		expect(first.error).toBe('invalid_credentials');
	});

	test('is changed with the present one, and other sessions end', async () => {
		const anna = await somebody();
		const other = await new Person(server, anna.name, anna.password).signIn();
		const bad = await anna.post(`${api}/auth/password`, { current_password: 'no', new_password: 'quite another one' });
		expect(bad.status).toBe(422);
		expect(bad.json().details[0].field).toBe('current_password');
		const short = await anna.post(`${api}/auth/password`, { current_password: anna.password, new_password: 'short' });
		expect(short.status).toBe(422);
		const good = await anna.post(`${api}/auth/password`, {
			current_password: anna.password,
			new_password: 'quite another one',
		});
		expect(good.status).toBe(204);
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(200);
		expect((await other.ask(`${api}/auth/me`)).status).toBe(401);
		await new Person(server, anna.name, 'quite another one').signIn();
		expect((await post(server, `${api}/auth/login`, { username: anna.name, password: anna.password })).status).toBe(401);
	});

	test('of an older system comes along as its bcrypt hash', async () => {
		const hash = '$2b$05$abcdefghijklmnopqrstuuOUWCMLSeCx2Gadi9numxbJ/n586ltfq'; // of "the old pass word"
		const add = (name: string, ...more: string[]): Promise<Ended> => run(['user', 'add', name, '--data', server.data, ...more]);
		expect((await add('older', '--password-hash', hash)).code).toBe(0);
		const old = new Person(server, 'older', 'the old pass word');
		await old.signIn();
		await old.signIn(); // by the hash that was made of it
		expect((await post(server, `${api}/auth/login`, { username: 'older', password: 'the old pass' })).status).toBe(401);
		for (const bad of ['$2b$05$short', '$1$abc$def', 'clear', '']) expect((await add('odd', '--password-hash', bad)).code, bad).toBe(1);
		expect((await add('odd', '--password-hash', hash, '--password', 'a good password')).code).toBe(2);
	});

	test('can be guessed five times a minute, from one address, at one account', async () => {
		const anna = await somebody();
		const boris = await somebody();
		const tries: number[] = [];
		for (let i = 0; i < 6; i++)
			tries.push((await post(server, `${api}/auth/login`, { username: anna.name, password: `guess ${i}` })).status);
		expect(tries).toEqual([401, 401, 401, 401, 401, 429]);
		const limited = await post(server, `${api}/auth/login`, { username: anna.name, password: anna.password });
		expect(limited.status).toBe(429);
		expect(Number(limited.header('retry-after'))).toBeGreaterThan(0);
		expect(limited.json().error).toBe('rate_limited');
		await boris.signIn(); // others are not held up
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(200); // nor is who is in
	});

	test('guessed at from elsewhere does not keep its owner out', async () => {
		const far = await start('far', { HTTP_TRUSTED_PROXIES: '127.0.0.1' });
		const anna = await person(far, 'anna', 'user'); // has signed in from 127.0.0.1
		const login = (address: string, password: string): Promise<Answer> =>
			far.ask(`${api}/auth/login`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
				body: JSON.stringify({ username: 'anna', password }),
			});
		let stranger = 0; // has to wait once there were thirty in a minute; each two seconds there may be one more
		for (let i = 0; stranger !== 429 && i < 200; i++) {
			const guess = (await login(`203.0.113.${i}`, 'guess')).status;
			if (guess === 429) stranger = (await login(`198.51.100.${i}`, anna.password)).status;
			else expect(guess).toBe(401);
			if (i < 30) expect(guess).toBe(401);
		}
		expect(stranger).toBe(429);
		expect((await login('127.0.0.1', anna.password)).status).toBe(200);
	});
});

describe('an access token', () => {
	const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
	const sign = (head: object, body: object, key = secret): string => {
		const text = `${part(head)}.${part(body)}`;
		return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
	};

	test('is taken only as it was signed, for us, in its time', async () => {
		const anna = await somebody();
		const [head, body] = anna.token
			.split('.')
			.slice(0, 2)
			.map((one) => JSON.parse(Buffer.from(one, 'base64url').toString())) as [any, any];
		const now = Math.floor(Date.now() / 1000);
		expect(head).toMatchObject({ alg: 'HS256', kid: expect.any(String) });
		expect(body).toMatchObject({ iss: 'ogma', aud: 'ogma', sub: String(anna.id) });
		expect(body.exp - body.iat).toBe(900);
		const me = async (token: string): Promise<number> =>
			(await server.ask(`${api}/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status;
		expect(await me(sign(head, body))).toBe(200);
		const bad: Record<string, string> = {
			'another key': sign(head, body, 'another secret of the same length as it'),
			'no signature': `${part({ ...head, alg: 'none' })}.${part(body)}.`,
			'another algorithm': sign({ ...head, alg: 'HS512' }, body),
			'no kid': sign({ alg: 'HS256', typ: 'JWT' }, body),
			'an unknown extension': sign({ ...head, crit: ['exp'] }, body),
			expired: sign(head, { ...body, exp: now - 61 }),
			'not valid yet': sign(head, { ...body, nbf: now + 90 }),
			'issued in the future': sign(head, { ...body, iat: now + 90 }),
			'another issuer': sign(head, { ...body, iss: 'other' }),
			'another audience': sign(head, { ...body, aud: 'other' }),
			'another user': sign(head, { ...body, sub: String(anna.id + 1) }),
			'no session': sign(head, { ...body, sid: 999999 }),
			'no expiry': sign(head, { ...body, exp: undefined }),
			'a changed byte': anna.token.slice(0, -2) + (anna.token.endsWith('A') ? 'BB' : 'AA'),
			'a fourth part': `${anna.token}.x`,
			nonsense: 'x.y.z',
		};
		for (const [what, token] of Object.entries(bad)) expect(await me(token), what).toBe(401);
	});

	test('outlives a change of the secret while the old one is named', async () => {
		const old = await start('rotate');
		const anna = await person(old, 'anna', 'user');
		await old.stop();
		servers.splice(servers.indexOf(old), 1);
		const renewed = await start('rotate', { API_JWT_SECRET: secret + ' renewed', API_JWT_OLD_SECRETS: secret });
		const ask = (token: string): Promise<Answer> =>
			renewed.ask(`${api}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
		expect((await ask(anna.token)).status).toBe(200);
		const fresh = await new Person(renewed, 'anna', anna.password).signIn();
		expect(fresh.token.split('.')[0]).not.toBe(anna.token.split('.')[0]);
		await renewed.stop();
		servers.splice(servers.indexOf(renewed), 1);
		const forgotten = await start('rotate', { API_JWT_SECRET: secret + ' renewed' });
		const after = await forgotten.ask(`${api}/auth/me`, { headers: { authorization: `Bearer ${anna.token}` } });
		expect(after.status).toBe(401);
	});

	test('ends with its session', async () => {
		const anna = await somebody();
		expect((await anna.post(`${api}/auth/logout`)).status).toBe(204);
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(401);
		expect((await post(server, `${api}/auth/refresh`, { refresh_token: anna.refreshToken })).status).toBe(401);
	});
});

describe('a refresh token', () => {
	test('is spent by its use, and the whole family ends when a spent one is shown', async () => {
		const anna = await somebody();
		const elsewhere = await new Person(server, anna.name, anna.password).signIn();
		const first = await post(server, `${api}/auth/refresh`, { refresh_token: anna.refreshToken });
		expect(first.status).toBe(200);
		const next = first.json();
		expect(next.refresh_token).not.toBe(anna.refreshToken);
		expect((await post(server, `${api}/auth/refresh`, { refresh_token: anna.refreshToken })).status).toBe(401);
		expect((await post(server, `${api}/auth/refresh`, { refresh_token: next.refresh_token })).status).toBe(401);
		const me = await server.ask(`${api}/auth/me`, { headers: { authorization: `Bearer ${next.access_token}` } });
		expect(me.status).toBe(401);
		expect((await elsewhere.ask(`${api}/auth/me`)).status).toBe(200);
	});

	test('is taken beside an access token that has ended', async () => {
		const anna = await somebody();
		const answer = await server.ask(`${api}/auth/refresh`, {
			method: 'POST',
			headers: { authorization: 'Bearer spent', 'content-type': 'application/json' },
			body: JSON.stringify({ refresh_token: anna.refreshToken }),
		});
		expect(answer.status).toBe(200);
	});

	test('that was made up ends nothing', async () => {
		const anna = await somebody();
		const [id] = anna.refreshToken.split('.') as [string];
		for (const token of [`${id}.guess.guess`, `${id}.`, `${id}`, '1.2.3.4', 'x', `${anna.refreshToken}x`.slice(1)])
			expect((await post(server, `${api}/auth/refresh`, { refresh_token: token })).status, token).toBe(401);
		expect((await post(server, `${api}/auth/refresh`, { refresh_token: anna.refreshToken })).status).toBe(200);
	});

	test('shown twice at the same time gives one session at most', async () => {
		const anna = await somebody();
		const both = await Promise.all(
			[1, 2, 3, 4].map(() => post(server, `${api}/auth/refresh`, { refresh_token: anna.refreshToken })),
		);
		const good = both.filter((one) => one.status === 200);
		expect(good.length).toBeLessThanOrEqual(1);
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(401);
	});
});

describe('a cookie of the web app', () => {
	async function signIn(anna: Person): Promise<{ cookie: string; csrf: string; answer: Answer }> {
		const answer = await post(server, `${api}/auth/login`, { username: anna.name, password: anna.password, cookie: true });
		return { cookie: cookieOf(answer), csrf: answer.json().csrf_token, answer };
	}

	test('is out of reach of scripts and of other sites, and comes without tokens', async () => {
		const anna = await somebody();
		const { answer } = await signIn(anna);
		const set = answer.header('set-cookie') ?? '';
		expect(set).toMatch(/; HttpOnly/);
		expect(set).toMatch(/; SameSite=Lax/);
		expect(set).not.toMatch(/Secure/);
		expect(answer.json()).toMatchObject({ access_token: null, refresh_token: null });
		const behindTls = await server.ask(`${api}/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-forwarded-proto': 'https' },
			body: JSON.stringify({ username: anna.name, password: anna.password, cookie: true }),
		});
		expect(behindTls.header('set-cookie')).toMatch(/; Secure/);
	});

	test('reads alone, and changes only with its token', async () => {
		const anna = await somebody();
		const { cookie, csrf } = await signIn(anna);
		const me = await server.ask(`${api}/auth/me`, { headers: { cookie: `a=b; ${cookie}; c=d` } });
		expect(me.status).toBe(200);
		expect(me.json()).toMatchObject({ proof: 'session', csrf_token: csrf });
		const change = (headers: Record<string, string>): Promise<Answer> =>
			server.ask(`${api}/auth/me`, {
				method: 'PATCH',
				headers: { cookie, 'content-type': 'application/json', ...headers },
				body: '{"full_name":"Anna"}',
			});
		expect((await change({})).status).toBe(403);
		expect((await change({ 'x-csrf-token': 'x'.repeat(csrf.length) })).status).toBe(403);
		expect((await change({ 'x-csrf-token': csrf })).status).toBe(200);
	});

	test('is never set for a form, which another site could send', async () => {
		const anna = await somebody();
		const answer = await server.ask(`${api}/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ username: anna.name, password: anna.password, cookie: 'true' }).toString(),
		});
		expect(answer.status).toBe(200);
		expect(answer.header('set-cookie')).toBeUndefined();
	});

	test('that is no good is nobody, and logging out takes it away', async () => {
		const anna = await somebody();
		const { cookie, csrf } = await signIn(anna);
		for (const bad of ['ogma_session=', 'ogma_session=1', 'ogma_session=1.x', `${cookie}x`])
			expect((await server.ask(`${api}/tracks/`, { headers: { cookie: bad } })).status, bad).toBe(200);
		expect((await server.ask(`${api}/auth/me`, { headers: { cookie: `${cookie}x` } })).status).toBe(401);
		const out = await server.ask(`${api}/auth/logout`, { method: 'POST', headers: { cookie, 'x-csrf-token': csrf } });
		expect(out.status).toBe(204);
		expect(out.header('set-cookie')).toMatch(/^ogma_session=; .*Max-Age=0/);
		expect((await server.ask(`${api}/auth/me`, { headers: { cookie } })).status).toBe(401);
	});
});

describe('an API key', () => {
	test('acts for its owner within its scopes until it is ended', async () => {
		const anna = await somebody();
		const answer = await anna.post(`${api}/auth/keys`, { name: 'phone', scopes: ['read'] });
		expect(answer.status).toBe(201);
		const { id, key, prefix } = answer.json();
		expect(key.startsWith(prefix)).toBe(true);
		const withKey = (headers: Record<string, string>, method = 'GET'): Promise<Answer> =>
			server.ask(`${api}/auth/me`, { method, ...(method === 'GET' ? {} : withJson({ full_name: 'x' })), headers: { ...headers, 'content-type': 'application/json' } });
		expect((await withKey({ 'x-api-key': key })).json()).toMatchObject({ id: anna.id, proof: 'key', scopes: ['read'] });
		expect((await withKey({ authorization: `Bearer ${key}` })).status).toBe(200);
		expect((await withKey({ 'x-api-key': key }, 'PATCH')).status).toBe(403);
		expect((await withKey({ 'x-api-key': `${key}x` })).status).toBe(401);
		const list = await anna.json(`${api}/auth/keys`);
		expect(list.items[0]).toMatchObject({ id, prefix, last_used_at: expect.any(String) });
		expect(JSON.stringify(list)).not.toContain(key);
		expect((await anna.send('DELETE', `${api}/auth/keys/${id}`)).status).toBe(204);
		expect((await withKey({ 'x-api-key': key })).status).toBe(401);
		expect((await anna.send('DELETE', `${api}/auth/keys/${id}`)).status).toBe(404);
	});

	test('cannot make more keys, nor end those of others', async () => {
		const anna = await somebody();
		const boris = await somebody();
		const { id, key } = (await anna.post(`${api}/auth/keys`, { name: 'all' })).json();
		const more = await server.ask(`${api}/auth/keys`, {
			method: 'POST',
			headers: { 'x-api-key': key, 'content-type': 'application/json' },
			body: '{"name":"more"}',
		});
		expect(more.status).toBe(403);
		const taken = await server.ask(`${api}/auth/password`, {
			method: 'POST',
			headers: { 'x-api-key': key, 'content-type': 'application/json' },
			body: JSON.stringify({ current_password: anna.password, new_password: 'quite another one' }),
		});
		expect(taken.status).toBe(403);
		expect((await boris.send('DELETE', `${api}/auth/keys/${id}`)).status).toBe(404);
		for (const scopes of [[], ['all'], [1], 'read'])
			expect((await anna.post(`${api}/auth/keys`, { name: 'x', scopes })).status, JSON.stringify(scopes)).toBe(422);
	});
});

describe('registering', () => {
	const draft = (name: string): object => ({ username: name, email: `${name}@example.org`, password: 'a good password' });

	test('signs in at once where it is open, and never gives more than a user', async () => {
		const answer = await post(server, `${api}/auth/register`, { ...draft('newcomer'), full_name: 'Новый <b>человек</b>' });
		expect(answer.status).toBe(201);
		expect(answer.json()).toMatchObject({
			signed_in: true,
			user: { username: 'newcomer', role: 'user', status: 'active', full_name: 'Новый <b>человек</b>' },
		});
		const again = await post(server, `${api}/auth/register`, { ...draft('NEWCOMER'), email: 'other@example.org' });
		expect(again.status).toBe(409);
		expect(again.json().details.field).toBe('username');
		const risen = await post(server, `${api}/auth/register`, { ...draft('riser'), role: 'superadmin' });
		expect([201, 422]).toContain(risen.status);
		if (risen.status === 201) expect(risen.json().user.role).toBe('user');
	});

	test('is refused where it is closed, and takes an invitation where the server says so', async () => {
		const closed = await start('closed', { REGISTRATION: 'closed' });
		const refused = await post(closed, `${api}/auth/register`, draft('anna'));
		expect(refused.status).toBe(403);
		expect(refused.json().error).toBe('registration_closed');
		const invited = await start('invited', { REGISTRATION: 'invitation' });
		const without = await post(invited, `${api}/auth/register`, draft('anna'));
		expect(without.status).toBe(403);
		expect(without.json().error).toBe('invitation_invalid');
		const wrong = await post(invited, `${api}/auth/register`, { ...draft('anna'), invitation: 'guess' });
		expect(wrong.status).toBe(403);
	});

	test('waits where an admin decides', async () => {
		const careful = await start('careful', { REGISTRATION: 'approval' });
		const answer = await post(careful, `${api}/auth/register`, draft('anna'));
		expect(answer.status).toBe(201);
		expect(answer.json()).toMatchObject({ signed_in: false, access_token: null, user: { status: 'pending' } });
		const early = await post(careful, `${api}/auth/login`, { username: 'anna', password: 'a good password' });
		expect(early.status).toBe(403);
		expect(early.json().error).toBe('account_pending');
		const guess = await post(careful, `${api}/auth/login`, { username: 'anna', password: 'a wrong password' });
		expect(guess.status).toBe(401); // the state is told to nobody else
	});
});

describe("one's own account", () => {
	test('lists its sessions and ends one of them', async () => {
		const anna = await somebody();
		const other = await new Person(server, anna.name, anna.password).signIn();
		const { items } = await anna.json(`${api}/auth/sessions`);
		expect(items).toHaveLength(2);
		const one = items.find((item: any) => !item.current);
		expect((await anna.send('DELETE', `${api}/auth/sessions/${one.id}`)).status).toBe(204);
		expect((await other.ask(`${api}/auth/me`)).status).toBe(401);
		const boris = await somebody();
		const [own] = (await boris.json(`${api}/auth/sessions`)).items;
		expect((await anna.send('DELETE', `${api}/auth/sessions/${own.id}`)).status).toBe(404);
	});

	test('changes its e-mail only with the password', async () => {
		const anna = await somebody();
		expect((await anna.send('PATCH', `${api}/auth/me`, { email: 'thief@example.org' })).status).toBe(422);
		const good = await anna.send('PATCH', `${api}/auth/me`, { email: 'anna.new@example.org', password: anna.password });
		expect(good.status).toBe(200);
		expect(good.json().email).toBe('anna.new@example.org');
		expect((await anna.send('PATCH', `${api}/auth/me`, { username: 'a b' })).status).toBe(422);
	});

	test('exports what is kept about it, without secrets', async () => {
		const anna = await somebody();
		const { key } = (await anna.post(`${api}/auth/keys`, { name: 'phone' })).json();
		const answer = await anna.ask(`${api}/auth/me/export`);
		expect(answer.status).toBe(200);
		expect(answer.header('content-disposition')).toMatch(/^attachment/);
		const all = answer.json();
		expect(all.account[0]).toMatchObject({ username: anna.name, email: `${anna.name}@example.org` });
		expect(all.sessions.length).toBeGreaterThan(0);
		expect(all.keys[0].name).toBe('phone');
		expect(all.listens).toEqual([]);
		expect(answer.text).not.toContain(key);
		expect(answer.text).not.toMatch(/argon2|hash/);
	});

	test('is erased with the password, and its name is free again', async () => {
		const anna = await somebody();
		expect((await anna.send('DELETE', `${api}/auth/me`, {})).status).toBe(422);
		expect((await anna.send('DELETE', `${api}/auth/me`, { password: anna.password })).status).toBe(204);
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(401);
		expect((await post(server, `${api}/auth/login`, { username: anna.name, password: anna.password })).status).toBe(401);
		const again = await post(server, `${api}/auth/register`, {
			username: anna.name,
			email: `${anna.name}@example.org`,
			password: 'a good password',
		});
		expect(again.status).toBe(201);
		expect(again.json().user.id).not.toBe(anna.id);
		// Nor does the request that erased it stay under its number: what is asked later is noted later.
		const boss = await person(server, `boss${++made}`, 'admin');
		const log = '/admin/api/request-log?user_id=';
		await boss.ask(`${api}/auth/keys`);
		await until('the request to be noted', async () => (await boss.json(`${log}${boss.id}`)).items.length > 0);
		expect((await boss.json(`${log}${anna.id}`)).items).toEqual([]);
	});
});

describe('a server', () => {
	test('without a superadmin tells, once, how to become it', async () => {
		const fresh = await start('fresh');
		const line = await until('the link', () => fresh.stdout.split('\n').find((one) => one.includes('"setup"')));
		const link = JSON.parse(line).link as string;
		expect(link).toMatch(new RegExp(`^http://localhost:${fresh.port}/link/`));
		const path = `${api}/auth/links/${link.split('/').at(-1)}`;
		expect(await fresh.json(path)).toEqual({ purpose: 'setup', username: null });
		expect((await fresh.json(`${api}/auth/config`)).setup_needed).toBe(true);
		expect((await post(fresh, path, { password: 'a good password' })).status).toBe(422); // no name
		const draft = (name: string): object => ({ username: name, password: 'a good password' });
		const answers = await Promise.all(['one', 'two', 'three'].map((name) => post(fresh, path, draft(name))));
		expect(answers.map((one) => one.status).sort()).toEqual([200, 404, 404]);
		expect(answers.find((one) => one.status === 200)?.json().user.role).toBe('superadmin');
		expect((await fresh.json(`${api}/auth/config`)).setup_needed).toBe(false);
		const boss = answers.find((one) => one.status === 200)?.json();
		const audit = await fresh.ask('/admin/api/audit-logs?action=create', { headers: { authorization: `Bearer ${boss.access_token}` } });
		expect(audit.json().items).toMatchObject([
			{ admin_user_id: boss.user.id, model_name: 'user', model_id: boss.user.id, new_values: { role: 'superadmin' }, ip_address: '127.0.0.1' },
		]);
		await fresh.stop();
		servers.splice(servers.indexOf(fresh), 1);
		const again = await start('fresh');
		await again.json(`${api}/auth/config`);
		expect(again.stdout).not.toContain('setup');
	});

	test('signs with a key of its own that nobody else can read, nor what it keeps', async () => {
		const own = await serve({ data: join(folder, 'own'), isFirst: true });
		servers.push(own);
		const anna = await person(own, 'anna', 'user');
		const { stat } = await import('node:fs/promises');
		expect((await stat(join(folder, 'own', 'access.key'))).mode & 0o777).toBe(0o600);
		for (const name of ['ogma.db', 'events.db', 'search.db', 'ogma.db-wal'])
			expect((await stat(join(folder, 'own', name))).mode & 0o007, name).toBe(0);
		await own.stop();
		servers.splice(servers.indexOf(own), 1);
		const again = await serve({ data: join(folder, 'own') });
		servers.push(again);
		const me = await again.ask(`${api}/auth/me`, { headers: { authorization: `Bearer ${anna.token}` } });
		expect(me.status).toBe(200);
	});

	test('ends the sessions of admins sooner where it is told to', async () => {
		const strict = await start('strict', { ADMIN_SESSION_LIFETIME: '1' });
		const anna = await person(strict, 'anna', 'user');
		const boss = await person(strict, 'boss', 'admin');
		await until('the end of the session', async () => (await boss.ask(`${api}/auth/me`)).status === 401);
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(200);
		const renewed = await post(strict, `${api}/auth/refresh`, { refresh_token: boss.refreshToken });
		const headers = { authorization: `Bearer ${renewed.json().access_token}` };
		expect((await strict.ask(`${api}/auth/me`, { headers })).status).toBe(401);
	});

	test('does not start with a secret that is too short or a rule that is none', async () => {
		for (const [name, value] of [
			['API_JWT_SECRET', 'short'],
			['REGISTRATION', 'maybe'],
			['AUTH_PROXY_FIELD', 'Remote-User'],
		] as const) {
			const ended = await run(['serve', '--port', '0', '--json', '--data', join(folder, 'bad')], { env: { [name]: value } });
			expect(ended.code, name).toBe(1);
			expect(ended.stdout + ended.stderr, name).not.toContain('"short"');
		}
	});

	test('believes the header of a proxy only from its address', async () => {
		const proxied = await start('proxied', {
			AUTH_PROXY_FIELD: 'Remote-User',
			AUTH_PROXY_ADDRESSES: '127.0.0.1',
			AUTH_PROXY_CREATES: 'true',
		});
		const me = await proxied.ask(`${api}/auth/me`, { headers: { 'remote-user': 'Vera' } });
		expect(me.status).toBe(200);
		expect(me.json()).toMatchObject({ username: 'Vera', role: 'user', proof: 'proxy', has_password: false });
		const unsafe = await proxied.ask(`${api}/auth/me`, {
			method: 'PATCH',
			headers: { 'remote-user': 'Vera', 'content-type': 'application/json' },
			body: '{"full_name":"V"}',
		});
		expect(unsafe.status).toBe(403);
		const strange = await start('strange', { AUTH_PROXY_FIELD: 'Remote-User', AUTH_PROXY_ADDRESSES: '192.0.2.0/24' });
		expect((await strange.ask(`${api}/auth/me`, { headers: { 'remote-user': 'Vera' } })).status).toBe(401);
		expect((await server.ask(`${api}/auth/me`, { headers: { 'remote-user': 'Vera' } })).status).toBe(401);
	});
});
