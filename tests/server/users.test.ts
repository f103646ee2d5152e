// People as admins see them: who may do what to whom, on both stores.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, serve } from './support/ogma.ts';
import { everybody, Person, person, post, type Role } from './support/people.ts';
import { Postgres } from './support/postgres.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const panel = '/admin/api';
let folder: string;
const servers: Server[] = [];
let postgres: Postgres | undefined;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ogma-users-'));
	postgres = await Postgres.make(folder);
});

afterAll(async () => {
	for (const one of servers) await one.stop();
	await postgres?.stop();
	await rm(folder, { recursive: true, force: true });
});

async function start(name: string, extra: Record<string, string> = {}): Promise<Server> {
	const one = await serve({ data: join(folder, name), env: { LIMIT_LOGIN_ADDRESS: '0', ...extra } });
	servers.push(one);
	return one;
}

describe.each(['sqlite', 'postgres'])('on %s', (store) => {
	let server: Server;
	let people: Record<Role, Person>;
	let description: Description;
	let made = 0;

	beforeAll(async () => {
		const missing = store === 'postgres' && postgres === undefined;
		if (missing) return;
		server = await start(store, env());
		people = await everybody(server, env());
		description = await Description.of(server);
	});

	// The command line has to reach the same store.
	const env = (): Record<string, string> => (store === 'postgres' ? { PG_DSN: postgres?.dsn ?? '' } : {});

	function somebody(role: Role = 'user'): Promise<Person> {
		return person(server, `${store}${++made}`, role, env());
	}

	const patch = (by: Person, of: Person, body: object) => by.send('PATCH', `${panel}/users/${of.id}`, body);

	test('an admin changes role and state, at once and for the record', async (context) => {
		if (server === undefined) return context.skip();
		const anna = await somebody();
		const answer = await patch(people.admin, anna, { role: 'moderator' });
		expect(answer.status).toBe(200);
		expect(answer.json()).toMatchObject({ id: anna.id, role: 'moderator' });
		expect((await anna.json(`${api}/auth/me`)).role).toBe('moderator');
		const log = await people.admin.json(`${panel}/audit-logs?model_name=user&model_id=${anna.id}&action=update`);
		expect(log.items[0]).toMatchObject({
			admin_user_id: people.admin.id,
			admin_username: 'the-admin',
			action: 'update',
			old_values: { role: 'user' },
			new_values: { role: 'moderator' },
			ip_address: '127.0.0.1',
		});
		expect((await patch(people.admin, anna, { is_active: false })).status).toBe(200);
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(401);
		const refused = await post(server, `${api}/auth/login`, { username: anna.name, password: anna.password });
		expect(refused.status).toBe(403);
		expect(refused.json().error).toBe('account_blocked');
		expect((await patch(people.admin, anna, { is_active: true })).status).toBe(200);
		await anna.signIn();
	});

	test('who is not allowed changes nothing and leaves no trace', async (context) => {
		if (server === undefined) return context.skip();
		const anna = await somebody();
		for (const role of ['user', 'artist', 'moderator'] as const)
			expect((await patch(people[role], anna, { role: 'admin' })).status, role).toBe(403);
		expect((await server.ask(`${panel}/users/${anna.id}`, { method: 'PATCH' })).status).toBe(401);
		expect((await anna.json(`${api}/auth/me`)).role).toBe('user');
		const log = await people.admin.json(`${panel}/audit-logs?model_name=user&model_id=${anna.id}&action=update`);
		expect(log.total).toBe(0);
	});

	test('an admin touches no superadmin and no other admin, and gives nothing above their own', async (context) => {
		if (server === undefined) return context.skip();
		const other = await somebody('admin');
		const anna = await somebody();
		for (const above of [people.superadmin, other]) {
			expect((await patch(people.admin, above, { role: 'user' })).status).toBe(403);
			expect((await patch(people.admin, above, { status: 'blocked' })).status).toBe(403);
			expect((await people.admin.send('DELETE', `${panel}/users/${above.id}`)).status).toBe(403);
			expect((await people.admin.send('DELETE', `${api}/users/${above.id}`)).status).toBe(403);
			expect((await people.admin.post(`${panel}/users/${above.id}/link`)).status).toBe(403);
			expect((await people.admin.post(`${panel}/users/${above.id}/sign-out`)).status).toBe(403);
			expect((await above.ask(`${api}/auth/me`)).status).toBe(200);
		}
		expect((await patch(people.admin, anna, { role: 'superadmin' })).status).toBe(403);
		expect((await people.admin.post(`${panel}/invitations`, { role: 'superadmin' })).status).toBe(403);
		expect((await people.admin.post(`${api}/users/`, { username: 'riser', role: 'superadmin' })).status).toBe(403);
		expect((await patch(people.superadmin, other, { role: 'user' })).status).toBe(200);
	});

	test('the last superadmin stays one, whoever asks at the same time', async (context) => {
		if (server === undefined) return context.skip();
		const anna = people.superadmin;
		for (const body of [{ role: 'admin' }, { status: 'blocked' }, { is_active: false }]) {
			const answer = await patch(anna, anna, body);
			expect(answer.status, JSON.stringify(body)).toBe(409);
			expect(answer.json().details.field).toBe('role');
		}
		expect((await anna.send('DELETE', `${api}/users/${anna.id}`)).status).toBe(409);
		expect((await anna.send('DELETE', `${api}/auth/me`, { password: anna.password })).status).toBe(409);
		for (let round = 0; round < 5; round++) {
			const boris = await somebody('superadmin');
			const answers = await Promise.all([
				patch(anna, boris, { role: 'user' }),
				patch(boris, anna, { role: 'user' }),
				patch(boris, boris, { is_active: false }),
				anna.send('DELETE', `${api}/users/${boris.id}`),
			]);
			const list = await Promise.all([anna, boris].map((one) => one.ask(`${api}/auth/me`)));
			const left = list.filter((one) => one.status === 200 && one.json().role === 'superadmin');
			expect(left.length, answers.map((one) => one.status).join(' ')).toBeGreaterThan(0);
			if (!(list[0]?.status === 200 && list[0].json().role === 'superadmin')) {
				await patch(boris, anna, { role: 'superadmin', is_active: true });
				await anna.signIn();
			}
			await patch(anna, boris, { role: 'user' });
		}
	});

	test('people see and rename themselves, and nobody else', async (context) => {
		if (server === undefined) return context.skip();
		const anna = await somebody();
		const boris = await somebody();
		expect((await anna.json(`${api}/users/${anna.id}`)).username).toBe(anna.name);
		expect((await anna.ask(`${api}/users/${boris.id}`)).status).toBe(403);
		expect((await anna.ask(`${api}/users/`)).status).toBe(403);
		const renamed = await anna.send('PUT', `${api}/users/${anna.id}`, { full_name: 'Anna A.' });
		expect(renamed.json().full_name).toBe('Anna A.');
		expect((await anna.send('PUT', `${api}/users/${anna.id}`, { role: 'admin' })).status).toBe(403);
		expect((await anna.send('PUT', `${api}/users/${anna.id}`, { email: 'a@b.cd' })).status).toBe(403);
		expect((await anna.send('PUT', `${api}/users/${boris.id}`, { full_name: 'x' })).status).toBe(403);
		expect((await anna.send('DELETE', `${api}/users/${anna.id}`)).status).toBe(403);
	});

	test('who was added without a password chooses one by a link that works once', async (context) => {
		if (server === undefined) return context.skip();
		const answer = await people.admin.post(`${api}/users/`, { username: `${store}-vera`, role: 'artist' });
		expect(answer.status).toBe(201);
		const { link, id } = answer.json();
		const code = link.split('/').at(-1);
		expect((await server.json(`${api}/auth/links/${code}`)).username).toBe(`${store}-vera`);
		expect((await post(server, `${api}/auth/links/${code}`, { password: 'short' })).status).toBe(422);
		const used = await post(server, `${api}/auth/links/${code}`, { password: 'a good password' });
		expect(used.status).toBe(200);
		expect(used.json().user).toMatchObject({ id, role: 'artist', has_password: true });
		expect((await post(server, `${api}/auth/links/${code}`, { password: 'another password' })).status).toBe(404);
		expect((await server.ask(`${api}/auth/links/${code}`)).status).toBe(404);
		await new Person(server, `${store}-vera`, 'a good password').signIn();
	});

	test('a deleted person cannot come back in, and stays in the log', async (context) => {
		if (server === undefined) return context.skip();
		const anna = await somebody();
		const { key } = (await anna.post(`${api}/auth/keys`, { name: 'phone' })).json();
		expect((await people.admin.send('DELETE', `${api}/users/${anna.id}`)).status).toBe(204);
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(401);
		expect((await server.ask(`${api}/auth/me`, { headers: { 'x-api-key': key } })).status).toBe(401);
		expect((await post(server, `${api}/auth/login`, { username: anna.name, password: anna.password })).status).toBe(401);
		expect((await people.admin.ask(`${api}/users/${anna.id}`)).status).toBe(404);
		const log = await people.admin.json(`${panel}/audit-logs?action=delete&model_id=${anna.id}`);
		expect(log.items[0].old_values.username).toBe(anna.name);
	});

	test('one action on many does what it may and says what it may not', async (context) => {
		if (server === undefined) return context.skip();
		const anna = await somebody();
		const boris = await somebody();
		const ids = [anna.id, boris.id, people.superadmin.id, 999_999];
		const answer = await people.admin.post(`${panel}/users/bulk`, { ids, action: 'block' });
		expect(answer.status).toBe(200);
		expect(answer.json()).toMatchObject({
			changed: [anna.id, boris.id],
			refused: [
				{ id: people.superadmin.id, error: 'denied' },
				{ id: 999_999, error: 'not_found' },
			],
		});
		expect((await anna.ask(`${api}/auth/me`)).status).toBe(401);
		const log = await people.admin.json(`${panel}/audit-logs?action=bulk_update&model_id=${boris.id}`);
		expect(log.total).toBe(1);
		expect((await people.admin.post(`${panel}/users/bulk`, { ids: [anna.id], action: 'role' })).status).toBe(422);
		expect((await people.admin.post(`${panel}/users/bulk`, { ids: [], action: 'block' })).status).toBe(422);
	});

	test('people are found, sorted, paged and exported', async (context) => {
		if (server === undefined) return context.skip();
		const anna = await somebody();
		await anna.send('PUT', `${api}/users/${anna.id}`, { full_name: '=HYPERLINK("http://evil")' });
		const found = await people.admin.json(`${panel}/users?q=${anna.name}@EXAMPLE`);
		expect(found.items.map((one: any) => one.id)).toEqual([anna.id]);
		const admins = await people.admin.json(`${api}/users/?role=superadmin&sort=username&limit=1`);
		expect(admins.items[0].role).toBe('superadmin');
		let cursor: string | null = null;
		const seen = new Set<number>();
		do {
			const page: any = await people.admin.json(
				`${panel}/users?limit=3&sort=username${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
			);
			for (const one of page.items) seen.add(one.id);
			expect(page.total).toBeGreaterThanOrEqual(seen.size);
			cursor = page.next_cursor;
			if (cursor === null) expect(seen.size).toBe(page.total);
		} while (cursor !== null);
		const csv = await people.admin.ask(`${panel}/users?format=csv`);
		expect(csv.header('content-type')).toMatch(/^text\/csv/);
		expect(csv.header('content-disposition')).toContain('ogma-users.csv');
		expect(csv.text.split('\r\n').length).toBe(seen.size + 2);
		expect(csv.text).toContain(`"'=HYPERLINK(""http://evil"")"`);
		const all = await people.admin.json(`${panel}/users?format=json`);
		expect(all).toHaveLength(seen.size);
		expect(csv.text + JSON.stringify(all)).not.toMatch(/argon2/);
		const log = await people.admin.json(`${panel}/audit-logs?action=export`);
		expect(log.total).toBeGreaterThanOrEqual(2);
	});

	test('every answer has the shape its route promises', async (context) => {
		if (server === undefined) return context.skip();
		const anna = await somebody();
		await anna.post(`${api}/auth/keys`, { name: 'phone' });
		await people.admin.post(`${panel}/invitations`, { note: 'for a friend' });
		const paths: [string, string, Person][] = [
			[`${panel}/dashboard`, `${panel}/dashboard`, people.admin],
			[`${panel}/users`, `${panel}/users`, people.admin],
			[`${panel}/users/{id}`, `${panel}/users/${anna.id}`, people.admin],
			[`${panel}/audit-logs`, `${panel}/audit-logs`, people.admin],
			[`${panel}/invitations`, `${panel}/invitations`, people.admin],
			[`${panel}/settings`, `${panel}/settings`, people.admin],
			[`${api}/users`, `${api}/users/`, people.admin],
			[`${api}/users/{id}`, `${api}/users/${anna.id}`, anna],
			[`${api}/auth/me`, `${api}/auth/me`, anna],
			[`${api}/auth/keys`, `${api}/auth/keys`, anna],
			[`${api}/auth/sessions`, `${api}/auth/sessions`, anna],
			[`${api}/auth/config`, `${api}/auth/config`, anna],
		];
		for (const [pattern, path, by] of paths) {
			const operation = description.operations.find((one) => one.path === pattern && one.method === 'GET');
			if (operation === undefined) throw new Error(`no GET ${pattern}`);
			expect(description.complaint(operation, await by.ask(path)), path).toBeUndefined();
		}
	});
});
