// Single sign-on against a real provider, in a browser's steps.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, type Server, serve } from './support/ogma.ts';
import { person } from './support/people.ts';
import { freePort } from './support/postgres.ts';
import { Browser, OpenProvider } from './support/provider.ts';

const api = '/api/v1';
const callback = `${api}/auth/oidc/callback`;
let folder: string;
let provider: OpenProvider;
let open: Server; // anybody new may come in
let invited: Server; // only who is linked or has the e-mail, signed with ES256
const base = { open: '', invited: '' };

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ogma-oidc-'));
	const ports = { open: await freePort(), invited: await freePort() };
	base.open = `http://127.0.0.1:${ports.open}`;
	base.invited = `http://127.0.0.1:${ports.invited}`;
	provider = await OpenProvider.start(() => [
		{ id: 'ogma', secret: 'a secret: with / odd + letters', redirect: base.open + callback },
		{
			id: 'ogma-es',
			secret: 'another secret',
			redirect: base.invited + callback,
			algorithm: 'ES256',
			authMethod: 'client_secret_post',
		},
	]);
	const common = { LIMIT_LOGIN_ADDRESS: '0', OIDC_ISSUER: provider.issuer, OIDC_NAME: 'The house' };
	open = await serve({
		data: join(folder, 'open'),
		argv: ['--port', String(ports.open)],
		env: {
			...common,
			PUBLIC_URL: `${base.open}/`,
			REGISTRATION: 'open',
			OIDC_CLIENT_ID: 'ogma',
			OIDC_CLIENT_SECRET: 'a secret: with / odd + letters',
		},
	});
	invited = await serve({
		data: join(folder, 'invited'),
		argv: ['--port', String(ports.invited)],
		env: {
			...common,
			PUBLIC_URL: base.invited,
			OIDC_CLIENT_ID: 'ogma-es',
			OIDC_CLIENT_SECRET: 'another secret',
			OIDC_JOINS_EMAIL: 'true',
		},
	});
});

afterAll(async () => {
	for (const one of [open, invited]) await one?.stop();
	await provider.stop();
	await rm(folder, { recursive: true, force: true });
});

const back = (next: URL): boolean => next.pathname === callback;

/** Goes through it all; where the browser ends. */
async function signIn(browser: Browser, origin: string, who: string, query = ''): Promise<string> {
	provider.next = who;
	const seen = await browser.follow(`${origin}${api}/auth/oidc/start${query}`, (next) => back(next));
	const after = await browser.step(seen.at(-1) ?? '');
	return after.headers.get('location') ?? `${after.status}`;
}

async function me(browser: Browser, origin: string): Promise<any> {
	const answer = await browser.step(`${origin}${api}/auth/me`);
	return answer.status === 200 ? answer.json() : answer.status;
}

test('somebody new comes in, with name and e-mail, and is the same person again', async () => {
	provider.accounts.set('sub-1', { preferred_username: 'vera', name: 'Vera K.', email: 'vera@example.org', email_verified: true });
	const browser = new Browser();
	expect(await signIn(browser, base.open, 'sub-1', '?return_to=%2Falbums%2F1%3Fsort%3Dyear')).toBe('/albums/1?sort=year');
	const first = await me(browser, base.open);
	expect(first).toMatchObject({ username: 'vera', full_name: 'Vera K.', email: 'vera@example.org', proof: 'session', role: 'user' });
	expect(first.logins).toMatchObject([{ provider: provider.issuer, subject: 'sub-1' }]);
	expect(browser.jar(base.open).has('ogma_oidc')).toBe(false);
	const again = new Browser();
	expect(await signIn(again, base.open, 'sub-1')).toBe('/');
	expect((await me(again, base.open)).id).toBe(first.id);
});

test('the provider is asked with PKCE, a state and a nonce', async () => {
	const answer = await open.ask(`${api}/auth/oidc/start`);
	expect(answer.status).toBe(302);
	const url = new URL(answer.header('location') ?? '');
	expect(url.origin).toBe(provider.issuer);
	expect(Object.fromEntries(url.searchParams)).toMatchObject({
		response_type: 'code',
		client_id: 'ogma',
		redirect_uri: base.open + callback,
		code_challenge_method: 'S256',
		code_challenge: expect.stringMatching(/^[\w-]{43}$/),
		state: expect.stringMatching(/^[\w-]{43}$/),
		nonce: expect.stringMatching(/^[\w-]{43}$/),
	});
	expect(answer.header('set-cookie')).toMatch(/HttpOnly; SameSite=Lax; Max-Age=600/);
	expect(await open.json(`${api}/auth/config`)).toMatchObject({ oidc: true, oidc_name: 'The house' });
});

test('no address but a page of ours is returned to', async () => {
	for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/a%0d%0aSet-Cookie:x=y', '\\\\evil']) {
		const browser = new Browser();
		const query = `?return_to=${evil.includes('%') ? evil : encodeURIComponent(evil)}`;
		expect(await signIn(browser, base.open, 'sub-1', query), evil).toBe('/');
	}
});

describe('what comes back', () => {
	async function returned(who = 'sub-1'): Promise<{ browser: Browser; url: URL }> {
		const browser = new Browser();
		provider.next = who;
		const seen = await browser.follow(`${base.open}${api}/auth/oidc/start`, (next) => back(next));
		return { browser, url: new URL(seen.at(-1) ?? '') };
	}
	const end = async (browser: Browser, url: URL): Promise<string | null> =>
		(await browser.step(url.href)).headers.get('location');

	test('signs in once: neither a code twice nor another browser', async () => {
		const { browser, url } = await returned();
		const thief = new Browser();
		expect(await end(thief, url)).toBe('/sign-in?error=oidc_failed');
		expect(await end(browser, url)).toBe('/');
		expect(await end(browser, url)).toBe('/sign-in?error=oidc_failed'); // the note is gone
	});

	test('with a changed state, code or issuer signs nobody in', async () => {
		for (const [name, value] of [
			['state', 'x'.repeat(43)],
			['code', 'guess'],
			['iss', 'https://evil.example'],
		] as const) {
			const { browser, url } = await returned();
			url.searchParams.set(name, value);
			expect(await end(browser, url), name).toBe('/sign-in?error=oidc_failed');
			expect(await me(browser, base.open), name).toBe(401);
		}
	});

	test('with a note of another sign-in or a changed one signs nobody in', async () => {
		const { browser, url } = await returned();
		const other = await returned();
		browser.jar(base.open).set('ogma_oidc', other.browser.jar(base.open).get('ogma_oidc') ?? '');
		expect(await end(browser, url)).toBe('/sign-in?error=oidc_failed');
		const third = await returned();
		const note = third.browser.jar(base.open).get('ogma_oidc') ?? '';
		third.browser.jar(base.open).set('ogma_oidc', note.replace(/\.(\d+)\.0\./, '.$1.1.'));
		expect(await end(third.browser, third.url)).toBe('/sign-in?error=oidc_failed');
	});

	test('as a no is a no', async () => {
		const { browser, url } = await returned('deny');
		expect(await end(browser, url)).toBe('/sign-in?error=oidc_denied');
	});
});

describe('where registering takes an invitation (and tokens are signed with ES256)', () => {
	test('a stranger does not come in', async () => {
		provider.accounts.set('sub-2', { preferred_username: 'stranger', email: 'stranger@example.org', email_verified: true });
		expect(await signIn(new Browser(), base.invited, 'sub-2')).toBe('/sign-in?error=oidc_no_account');
	});

	test('who has the e-mail comes in when the provider has verified it, and only then', async () => {
		const anna = await person(invited, 'anna', 'user');
		provider.accounts.set('sub-3', { preferred_username: 'x', email: 'ANNA@example.org', email_verified: false });
		expect(await signIn(new Browser(), base.invited, 'sub-3')).toBe('/sign-in?error=oidc_no_account');
		provider.accounts.set('sub-3', { preferred_username: 'x', email: 'ANNA@example.org', email_verified: true });
		const browser = new Browser();
		expect(await signIn(browser, base.invited, 'sub-3')).toBe('/');
		expect((await me(browser, base.invited)).id).toBe(anna.id);
	});

	test('who is signed in links their account, and not that of somebody else', async () => {
		const boris = await person(invited, 'boris', 'user');
		const browser = new Browser();
		await browser.step(`${base.invited}${api}/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ username: 'boris', password: boris.password, cookie: true }),
		});
		expect(await signIn(browser, base.invited, 'sub-2', '?link=true&return_to=/settings')).toBe('/settings');
		expect((await me(browser, base.invited)).logins).toMatchObject([{ subject: 'sub-2', name: 'stranger' }]);
		const fresh = new Browser();
		expect(await signIn(fresh, base.invited, 'sub-2')).toBe('/');
		expect((await me(fresh, base.invited)).id).toBe(boris.id);
		browser.jar(provider.issuer).clear(); // the provider remembers who it was
		expect(await signIn(browser, base.invited, 'sub-3', '?link=true')).toBe('/sign-in?error=oidc_taken');
		const nobody = await invited.ask(`${api}/auth/oidc/start?link=true`);
		expect(nobody.status).toBe(401);
	});

	test('who is blocked here does not come in', async () => {
		await run(['user', 'add', 'boss', '--data', invited.data, '--role', 'admin', '--password', 'the password of boss']);
		const boss = await person(invited, 'chief', 'admin');
		const { items } = await boss.json('/admin/api/users?q=boris');
		await boss.send('PATCH', `/admin/api/users/${items[0].id}`, { status: 'blocked' });
		expect(await signIn(new Browser(), base.invited, 'sub-2')).toBe('/sign-in?error=not_active');
	});
});

test('a provider that is away is said plainly', async () => {
	const port = await freePort();
	const lonely = await serve({
		data: join(folder, 'lonely'),
		env: { OIDC_ISSUER: `http://127.0.0.1:${port}`, OIDC_CLIENT_ID: 'x', PUBLIC_URL: 'http://127.0.0.1:1' },
	});
	const answer = await lonely.ask(`${api}/auth/oidc/start`);
	expect(answer.status).toBe(503);
	await lonely.stop();
	const wrong: Record<string, string>[] = [
		{ OIDC_ISSUER: 'http://example.org' },
		{ OIDC_ISSUER: 'https://example.org', OIDC_CLIENT_ID: 'x' },
	];
	for (const env of wrong) {
		const ended = await run(['serve', '--port', '0', '--data', join(folder, 'bad')], { env });
		expect(ended.code).toBe(1);
	}
});
