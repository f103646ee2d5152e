// Signing in with Telegram over HTTP. What data are accepted at all is
// tests/unit/test_telegram_login.c's.
import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, serve } from './support/ogma.ts';
import { person, post } from './support/people.ts';

const api = '/api/v1';
const token = '123456789:OgmaMadeUpTokenForTestsOnly_0123456';
let folder: string;
let open: Server;
let invited: Server; // nobody new comes in from Telegram
let without: Server; // no bot

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ogma-telegram-'));
	const env = { LIMIT_LOGIN_ADDRESS: '0', TELEGRAM_BOT_TOKEN: token };
	open = await serve({ data: join(folder, 'open'), env: { ...env, REGISTRATION: 'open' } });
	invited = await serve({ data: join(folder, 'invited'), env });
	without = await serve({ data: join(folder, 'without') });
});

afterAll(async () => {
	for (const one of [open, invited, without]) await one.stop();
	await rm(folder, { recursive: true, force: true });
});

const now = (): number => Math.floor(Date.now() / 1000);
const lines = (fields: Record<string, string>): string =>
	Object.keys(fields)
		.sort()
		.map((name) => `${name}=${fields[name]}`)
		.join('\n');

function initData(user: object, extra: Record<string, string> = {}): string {
	const fields = { auth_date: String(now()), query_id: 'AA', user: JSON.stringify(user), ...extra };
	const secret = createHmac('sha256', 'WebAppData').update(token).digest();
	const hash = createHmac('sha256', secret).update(lines(fields)).digest('hex');
	return new URLSearchParams({ ...fields, hash }).toString();
}

function widget(user: Record<string, string | number>): object {
	const fields = { auth_date: now(), ...user };
	const text = lines(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])));
	const hash = createHmac('sha256', createHash('sha256').update(token).digest()).update(text).digest('hex');
	return { ...fields, hash };
}

const vera = { id: 77, first_name: 'Вера', last_name: 'К.', username: 'vera_k' };

test('a Mini App signs somebody new in, and the same person again', async () => {
	const first = await post(open, `${api}/auth/telegram/webapp`, { init_data: initData(vera) });
	expect(first.status).toBe(200);
	expect(first.json().user).toMatchObject({ username: 'vera_k', full_name: 'Вера К.', telegram_id: 77, role: 'user', has_password: false });
	const second = await post(open, `${api}/auth/telegram/webapp`, { init_data: initData({ ...vera, username: 'renamed' }) });
	expect(second.json().user.id).toBe(first.json().user.id);
	const me = await open.ask(`${api}/auth/me`, { headers: { authorization: `Bearer ${second.json().access_token}` } });
	expect(me.json().logins).toMatchObject([{ provider: 'telegram', subject: '77' }]);
});

test('a name that somebody has already is not taken over', async () => {
	const anna = await person(open, 'anna', 'admin');
	const answer = await post(open, `${api}/auth/telegram/widget`, widget({ id: 78, first_name: 'A', username: 'ANNA' }));
	expect(answer.status).toBe(200);
	expect(answer.json().user.id).not.toBe(anna.id);
	expect(answer.json().user).toMatchObject({ username: 'ANNA-2', role: 'user' });
});

test('odd names become names, and none becomes one', async () => {
	const odd = await post(open, `${api}/auth/telegram/webapp`, { init_data: initData({ id: 80, username: 'a b/<c>@d' }) });
	expect(odd.json().user.username).toBe('a_b__c__d');
	const none = await post(open, `${api}/auth/telegram/webapp`, { init_data: initData({ id: 81 }) });
	expect(none.json().user.username).toBe('person-81');
});

describe('where registering takes an invitation', () => {
	test('only who is linked comes in', async () => {
		const stranger = await post(invited, `${api}/auth/telegram/webapp`, { init_data: initData(vera) });
		expect(stranger.status).toBe(404);
		expect(stranger.json().error).toBe('no_account');
		const anna = await person(invited, 'anna', 'user');
		const linked = await anna.post(`${api}/auth/telegram/webapp`, { init_data: initData(vera) });
		expect(linked.status).toBe(200);
		expect(linked.json().user.id).toBe(anna.id);
		const again = await post(invited, `${api}/auth/telegram/widget`, widget(vera));
		expect(again.json().user).toMatchObject({ id: anna.id, telegram_id: 77 });
		const boris = await person(invited, 'boris', 'user');
		const taken = await boris.post(`${api}/auth/telegram/webapp`, { init_data: initData(vera) });
		expect(taken.status).toBe(409);
		expect(taken.json().details.field).toBe('login');
	});

	test('who unlinks is a stranger again', async () => {
		const anna = await person(invited, 'ada', 'user');
		const ada = { id: 90, first_name: 'Ada' };
		await anna.post(`${api}/auth/telegram/webapp`, { init_data: initData(ada) });
		expect((await anna.send('DELETE', `${api}/auth/logins/telegram`)).status).toBe(204);
		expect((await anna.send('DELETE', `${api}/auth/logins/telegram`)).status).toBe(404);
		expect((await post(invited, `${api}/auth/telegram/webapp`, { init_data: initData(ada) })).status).toBe(404);
	});
});

test('the last way in is not given up', async () => {
	const first = await post(open, `${api}/auth/telegram/webapp`, { init_data: initData({ id: 91, username: 'only' }) });
	const answer = await open.ask(`${api}/auth/logins/telegram`, {
		method: 'DELETE',
		headers: { authorization: `Bearer ${first.json().access_token}` },
	});
	expect(answer.status).toBe(409);
});

test('data that are not ours, changed or old sign nobody in', async () => {
	const good = initData(vera);
	for (const [why, data, status] of [
		['changed', good.replace('vera_k', 'vera_x'), 401],
		['old', initData(vera, { auth_date: String(now() - 3700) }), 401],
		['from the future', initData(vera, { auth_date: String(now() + 300) }), 401],
		['twice', `${good}&user=%7B%7D`, 422],
		['nothing', 'x', 422],
	] as const)
		expect((await post(open, `${api}/auth/telegram/webapp`, { init_data: data })).status, why).toBe(status);
	const changed = { ...widget({ id: 77, first_name: 'V' }), first_name: 'W' };
	expect((await post(open, `${api}/auth/telegram/widget`, changed)).status).toBe(401);
	expect((await post(without, `${api}/auth/telegram/webapp`, { init_data: good })).status).toBe(404);
	expect(await without.json(`${api}/auth/config`)).toMatchObject({ telegram: false, telegram_bot_id: null });
});

test('tells the number of the bot, which is no secret, and nothing else of its token', async () => {
	const config = await open.json(`${api}/auth/config`);
	expect(config).toMatchObject({ telegram: true, telegram_bot: null, telegram_bot_id: 123456789 });
	expect(JSON.stringify(config)).not.toContain('OgmaMadeUp');
});

test('a page may have the session as a cookie', async () => {
	const answer = await post(open, `${api}/auth/telegram/webapp`, { init_data: initData({ id: 92 }), cookie: true });
	expect(answer.header('set-cookie')).toMatch(/^ogma_session=/);
	expect(answer.json().access_token).toBeNull();
});
