// The admin panel beside people: dashboard, audit log, invitations, approval,
// settings.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, type Server, serve } from './support/ogma.ts';
import { everybody, type Person, post, type Role } from './support/people.ts';

const api = '/api/v1';
const panel = '/admin/api';
const secret = 'a secret of the tests that is long enough to sign with';
let folder: string;
let server: Server;
let careful: Server;
let people: Record<Role, Person>;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ogma-admin-'));
	const env = { LIMIT_LOGIN_ADDRESS: '0', API_JWT_SECRET: secret };
	server = await serve({ data: join(folder, 'one'), env: { ...env, PUBLIC_URL: 'https://music.example.org/' } });
	careful = await serve({ data: join(folder, 'two'), env: { ...env, REGISTRATION: 'approval' } });
	people = await everybody(server);
});

afterAll(async () => {
	await server.stop();
	await careful.stop();
	await rm(folder, { recursive: true, force: true });
});

test('the dashboard counts what is there', async () => {
	const all = await people.admin.json(`${panel}/dashboard`);
	expect(all.users).toMatchObject({ total: 5, active: 5, pending: 0, new_7d: 5, by_role: { superadmin: 1, artist: 1 } });
	expect(all.library.tracks).toBe(0);
	expect(all.sessions.active).toBe(5);
	expect(all.streams).toEqual({ active: 0, listeners: 0, queue_items: 0 });
	expect(all.storage.disk_percent).toBeGreaterThan(0);
	expect(all.audit[0]).toMatchObject({ action: 'login', admin_username: 'the-superadmin' });
});

test('metrics count what admins do', async () => {
	await people.admin.post(`${panel}/invitations`, { note: 'counted' });
	const text = (await server.ask('/metrics')).text;
	expect(Number(/ogma_admin_actions_total\{action="create"\} (\d+)/.exec(text)?.[1])).toBeGreaterThan(0);
	expect(Number(/ogma_admin_sessions_active (\d+)/.exec(text)?.[1])).toBeGreaterThan(0);
});

describe('the audit log', () => {
	test('is for admins, filtered and paged in both orders', async () => {
		expect((await people.moderator.ask(`${panel}/audit-logs`)).status).toBe(403);
		const from = new Date().toISOString();
		for (let i = 0; i < 5; i++) await people.admin.post(`${panel}/invitations`, { note: `number ${i}` });
		const mine = `admin_user_id=${people.admin.id}&model_name=invitation&from=${encodeURIComponent(from)}`;
		const first = await people.admin.json(`${panel}/audit-logs?${mine}&limit=3&sort=id`);
		expect(first.total).toBe(5);
		const second = await people.admin.json(
			`${panel}/audit-logs?${mine}&limit=3&sort=id&cursor=${encodeURIComponent(first.next_cursor)}`,
		);
		const ids = [...first.items, ...second.items].map((one: any) => one.model_id);
		expect(ids).toEqual([...ids].sort((a, b) => a - b));
		expect(ids).toHaveLength(5);
		const none = await people.admin.json(`${panel}/audit-logs?${mine}&to=${encodeURIComponent(from)}`);
		expect(none.total).toBe(0);
		for (const bad of ['from=yesterday', 'action=steal', 'model_id=0', 'sort=created_at'])
			expect((await people.admin.ask(`${panel}/audit-logs?${bad}`)).status, bad).toBe(422);
	});

	test('tells what the operator did at the command line, as of no person', async () => {
		const made = await people.admin.json(`${panel}/audit-logs?action=create&model_name=user&model_id=${people.artist.id}`);
		expect(made.items).toMatchObject([
			{ admin_user_id: null, admin_username: null, new_values: { username: people.artist.name, role: 'artist' }, user_agent: 'ogma user' },
		]);
	});

	test('is exported whole, and no route changes or removes a row', async () => {
		const csv = await people.admin.ask(`${panel}/audit-logs?format=csv`);
		expect(csv.status).toBe(200);
		expect(csv.text.split('\r\n')[0]).toContain('admin_username');
		for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
			expect((await people.superadmin.send(method, `${panel}/audit-logs`)).status, method).toBe(405);
		expect((await people.superadmin.send('DELETE', `${panel}/audit-logs/1`)).status).toBe(404);
	});

	test('tells who looked at somebody, once for an hour, and not who looked at oneself', async () => {
		const id = people.user.id;
		for (let n = 0; n < 2; n++) expect((await people.admin.ask(`${panel}/users/${id}`)).status).toBe(200);
		expect((await people.admin.ask(`${panel}/users/${people.admin.id}`)).status).toBe(200);
		expect((await people.admin.ask(`${panel}/users/999999`)).status).toBe(404);
		const views = await people.admin.json(`${panel}/audit-logs?action=view`);
		expect(views.items.map((one: any) => [one.admin_username, one.model_name, one.model_id])).toEqual([[people.admin.name, 'user', id]]);
	});

	test('holds no secret', async () => {
		await people.admin.post(`${api}/users/`, { username: 'vera', email: 'vera@example.org', password: 'a good password' });
		const all = JSON.stringify(await people.admin.json(`${panel}/audit-logs?format=json`));
		expect(all).not.toMatch(/argon2|a good password|vera@example\.org/);
	});
});

describe('an invitation', () => {
	test('lets as many register as it says, in its role, until it is taken back', async () => {
		const answer = await people.admin.post(`${panel}/invitations`, { role: 'artist', uses: 2, note: 'for friends' });
		expect(answer.status).toBe(201);
		const { id, code, link, prefix } = answer.json();
		expect(link).toBe(`https://music.example.org/register?invitation=${code}`);
		expect(code.startsWith(prefix)).toBe(true);
		const register = (name: string) =>
			post(server, `${api}/auth/register`, { username: name, password: 'a good password', invitation: code });
		const first = await register('guest1');
		expect(first.status).toBe(201);
		expect(first.json().user.role).toBe('artist');
		expect((await register('guest1')).status).toBe(409); // and that one does not count
		expect((await register('guest2')).status).toBe(201);
		expect((await register('guest3')).status).toBe(403);
		const list = await people.admin.json(`${panel}/invitations`);
		expect(list.items.find((one: any) => one.id === id)).toMatchObject({ uses: 2, uses_max: 2, note: 'for friends' });
		expect(JSON.stringify(list)).not.toContain(code);
		const more = (await people.admin.post(`${panel}/invitations`, {})).json();
		expect((await people.admin.send('DELETE', `${panel}/invitations/${more.id}`)).status).toBe(204);
		expect((await people.admin.send('DELETE', `${panel}/invitations/${more.id}`)).status).toBe(404);
		const late = { username: 'guest4', password: 'a good password', invitation: more.code };
		expect((await post(server, `${api}/auth/register`, late)).status).toBe(403);
	});

	test('used by many at the same time lets in no more than it says', async () => {
		const { code } = (await people.admin.post(`${panel}/invitations`, { uses: 3 })).json();
		const answers = await Promise.all(
			Array.from({ length: 8 }, (_, i) =>
				post(server, `${api}/auth/register`, { username: `crowd${i}`, password: 'a good password', invitation: code }),
			),
		);
		expect(answers.map((one) => one.status).sort()).toEqual([201, 201, 201, 403, 403, 403, 403, 403]);
	});
});

test('who registers where an admin decides gets in when let in, and not when not', async () => {
	await run([
		...['user', 'add', 'boss', '--data', careful.data, '--role', 'admin', '--password', 'the password of boss'],
	]);
	const login = await post(careful, `${api}/auth/login`, { username: 'boss', password: 'the password of boss' });
	const headers = { authorization: `Bearer ${login.json().access_token}` };
	const ids: number[] = [];
	for (const name of ['good', 'bad'])
		ids.push((await post(careful, `${api}/auth/register`, { username: name, password: 'a good password' })).json().user.id);
	const waiting = await careful.json(`${panel}/users?status=pending&sort=id`, { headers });
	expect(waiting.items.map((one: any) => one.id)).toEqual(ids);
	const act = (id: number | undefined, what: string) =>
		careful.ask(`${panel}/users/${id}/${what}`, { method: 'POST', headers });
	expect((await act(ids[0], 'approve')).json()).toMatchObject({ status: 'active' });
	expect((await act(ids[1], 'reject')).json()).toMatchObject({ status: 'rejected' });
	const good = await post(careful, `${api}/auth/login`, { username: 'good', password: 'a good password' });
	const bad = await post(careful, `${api}/auth/login`, { username: 'bad', password: 'a good password' });
	expect([good.status, bad.status]).toEqual([200, 403]);
	const one = await careful.json(`${panel}/users/${ids[0]}`, { headers });
	expect(one).toMatchObject({ reviewed_by: login.json().user.id, reviewed_at: expect.any(String) });
});

test('the page of settings hides every secret', async () => {
	const answer = await people.admin.ask(`${panel}/settings?changed=true&limit=100`);
	expect(answer.text).not.toContain(secret);
	const items = answer.json().items as { name: string; value: string; origin: string }[];
	expect(items.find((one) => one.name === 'API_JWT_SECRET')).toMatchObject({ value: '***', origin: 'environment' });
	expect(items.find((one) => one.name === 'PUBLIC_URL')?.value).toBe('https://music.example.org/');
	expect((await people.admin.json(`${panel}/settings?q=${encodeURIComponent(secret)}`)).total).toBe(0);
	expect((await people.moderator.ask(`${panel}/settings`)).status).toBe(403);
});
