// Live channels and their queues as operators and listeners see them over HTTP:
// who may do what, edits of one queue by several people, and what is written down.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveMusic } from './support/library.ts';
import { until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const server = await serveMusic('channels');
const description = await Description.of(server);

let mod: Person;
let other: Person;
let user: Person;
let admin: Person;
let tracks: any[];

beforeAll(async () => {
	mod = await person(server, 'mod', 'moderator');
	other = await person(server, 'other', 'moderator');
	user = await person(server, 'una', 'user');
	admin = await person(server, 'adm', 'admin');
	tracks = (await server.json(`${api}/tracks?limit=20`)).items;
});

/** The answer fits what the description says of its route; gives its JSON. */
function checked(method: string, pattern: string, answer: Answer, status: number): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + pattern);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return status === 204 ? undefined : answer.json();
}

async function make(body: object): Promise<any> {
	return checked('POST', '/channels', await mod.post(`${api}/channels`, body), 201);
}

async function add(channel: number, body: object, who = mod): Promise<any> {
	const answer = await who.post(`${api}/queue/${channel}/items`, body);
	return checked('POST', '/queue/{channel_id}/items', answer, 201);
}

async function queue(channel: number, who: Person | typeof server = mod): Promise<any> {
	return checked('GET', '/queue/{channel_id}', await who.ask(`${api}/queue/${channel}`), 200);
}

const titles = async (channel: number): Promise<string[]> => {
	const { items } = await queue(channel);
	expect(items.map((one: any) => one.position)).toEqual(items.map((_: any, at: number) => at));
	return items.map((one: any) => one.title);
};

const stream = (title: string, more: object = {}) => ({ title, source: 'stream', url: 'http://127.0.0.1:1/x', ...more });

describe('a channel', () => {
	test('is made, changed and removed', async () => {
		const made = await make({ title: 'Evening', auto_end_timeout_minutes: 7 });
		expect(made).toMatchObject({
			title: 'Evening',
			is_public: true,
			state: 'stopped',
			on_air: false,
			current_item: null,
			auto_end_enabled: true,
			auto_end_timeout_minutes: 7,
			queue_size: 0,
			level_mode: 'track',
		});
		const at = `${api}/channels/${made.id}`;
		const change = { title: 'Ночь', crossfade_ms: 4000, auto_dj: { playlist_id: 3, artist_window_minutes: 30, x: 1 } };
		const changed = checked('PATCH', '/channels/{id}', await mod.send('PATCH', at, change), 200);
		expect(changed).toMatchObject({ title: 'Ночь', crossfade_ms: 4000, auto_dj: { playlist_id: 3, artist_window_minutes: 30 } });
		expect(changed.auto_dj.x).toBeUndefined();
		const similar = { similar: true, track_window_minutes: 60 };
		expect((await mod.send('PATCH', at, { auto_dj: similar })).json().auto_dj).toEqual(similar);
		checked('DELETE', '/channels/{id}', await mod.send('DELETE', at), 204);
		expect((await mod.ask(at)).status).toBe(404);
	});

	test("may have a chat's id, once", async () => {
		const made = await make({ id: -1001234567890, title: 'Chat' });
		expect(made.id).toBe(-1001234567890);
		const again = await mod.post(`${api}/channels`, { id: -1001234567890, title: 'Again' });
		expect(again.status).toBe(409);
		expect((await server.json(`${api}/channels/-1001234567890`)).title).toBe('Chat');
		await add(-1001234567890, stream('one'));
		expect(await titles(-1001234567890)).toEqual(['one']);
	});

	test('that is not public is seen by moderators only', async () => {
		const { id } = await make({ title: 'Rehearsal', is_public: false });
		for (const path of [`channels/${id}`, `queue/${id}`, `channels/${id}/history`, `queue/${id}/state`]) {
			expect((await server.ask(`${api}/${path}`)).status, path).toBe(404);
			expect((await user.ask(`${api}/${path}`)).status, path).toBe(404);
			expect((await mod.ask(`${api}/${path}`)).status, path).toBe(200);
		}
		const seen = (await server.json(`${api}/channels?limit=100`)).items.map((one: any) => one.id);
		expect(seen).not.toContain(id);
	});

	test('refuses settings that make no sense', async () => {
		for (const [field, value] of [
			['title', ''],
			['title', 'x'.repeat(201)],
			['auto_end_timeout_minutes', 0],
			['auto_end_timeout_minutes', 61],
			['crossfade_ms', 12001],
			['level_mode', 'loud'],
			['placeholder', '/etc/passwd'],
			['auto_dj', {}],
			['auto_dj', { playlist_id: 1, rules: {} }],
			['auto_dj', { playlist_id: 1, similar: true }],
			['auto_dj', { similar: 'yes' }],
			['auto_dj', { playlist_id: 1, track_window_minutes: -1 }],
		]) {
			const answer = await mod.post(`${api}/channels`, { title: 'x', [field as string]: value });
			expect(answer.status, JSON.stringify([field, value])).toBe(422);
			expect(answer.json().details[0].field).toBe(field);
		}
	});

	test('is not removed while it is on the air', async () => {
		const { id } = await make({ title: 'Busy' });
		const at = `${api}/channels/${id}`;
		const started = checked('POST', '/channels/{id}/start', await mod.post(`${at}/start`), 200);
		expect(started).toMatchObject({ on_air: true });
		expect(started.started_at).not.toBeNull();
		expect((await mod.send('DELETE', at)).status).toBe(409);
		const paused = checked('POST', '/channels/{id}/pause', await mod.post(`${at}/pause`), 200);
		expect(paused.state).toBe('paused');
		checked('POST', '/channels/{id}/resume', await mod.post(`${at}/resume`), 200);
		const stopped = checked('POST', '/channels/{id}/stop', await mod.post(`${at}/stop`), 200);
		expect(stopped).toMatchObject({ on_air: false, state: 'stopped', started_at: null });
		expect((await mod.post(`${at}/pause`)).status).toBe(409);
		checked('DELETE', '/channels/{id}', await mod.send('DELETE', at), 204);
	});
});

describe('a queue', () => {
	test('holds tracks with their titles, and what is put first is first', async () => {
		const { id } = await make({ title: 'Queue' });
		const added = await add(id, { source: 'track', track_id: tracks[0].id });
		expect(added.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		expect(added.item).toMatchObject({
			channel_id: id,
			title: tracks[0].title,
			artist: tracks[0].artist,
			duration_ms: tracks[0].duration_ms,
			requested_by: 'mod',
		});
		await add(id, stream('last', { duration: 90.5, metadata: { a: [1] } }));
		await add(id, stream('first', { priority: true }));
		await add(id, stream('second', { position: 1 }));
		expect(await titles(id)).toEqual(['first', 'second', tracks[0].title, 'last']);
		const { items } = await queue(id);
		expect(items[3]).toMatchObject({ duration_ms: 90500, duration: 90.5, metadata: { a: [1] }, url: 'http://127.0.0.1:1/x' });
		expect((await queue(id, server)).items[3]).toMatchObject({ url: null, metadata: null });
	});

	test('moves, removes and clears, under both addresses', async () => {
		const { id } = await make({ title: 'Moves' });
		const items: any[] = [];
		for (const title of ['a', 'b', 'c', 'd']) items.push(await add(id, stream(title)));
		const item = (n: number) => `/queue/${id}/items/${items[n].id}`;
		const moved = await mod.send('PATCH', `${api}${item(0)}/move`, { position: 2 });
		expect(checked('PATCH', '/queue/{channel_id}/items/{item_id}/move', moved, 200).position).toBe(2);
		expect(await titles(id)).toEqual(['b', 'c', 'a', 'd']);
		expect((await mod.send('PUT', `/api${item(3)}/position`, { position: 0 })).status).toBe(200);
		expect(await titles(id)).toEqual(['d', 'b', 'c', 'a']);
		expect((await mod.send('DELETE', `/api${item(1)}`)).json()).toMatchObject({ total: 3 });
		expect((await mod.send('DELETE', `${api}${item(1)}`)).status).toBe(404);
		expect(await titles(id)).toEqual(['d', 'c', 'a']);
		const cleared = await mod.send('DELETE', `${api}/queue/${id}`);
		expect(checked('DELETE', '/queue/{channel_id}', cleared, 200).total).toBe(0);
	});

	test('takes a hundred items and no more', async () => {
		const { id } = await make({ title: 'Full' });
		for (let n = 0; n < 100; n++) await add(id, stream(`${n}`));
		const over = await mod.post(`${api}/queue/${id}/items`, stream('over'));
		expect(over.status).toBe(409);
		expect(over.json().error).toBe('queue_full');
		expect((await queue(id)).total).toBe(100);
	});

	test('refuses what cannot be played, and says which field', async () => {
		const { id } = await make({ title: 'Picky' });
		const version = (await queue(id)).version;
		for (const [field, body] of [
			['track_id', { source: 'track' }],
			['track_id', { source: 'track', track_id: 999999 }],
			['title', { source: 'stream', url: 'http://x/' }],
			['title', stream('x'.repeat(501))],
			['url', { title: 'x', source: 'stream', url: 'file:///etc/passwd' }],
			['url', { title: 'x', source: 'file', url: '/etc/passwd' }],
			['url', { title: 'x', source: 'file', url: '../x.mp3' }],
			['source', { title: 'x', source: 'telegram', url: 'https://t.me/x/1' }],
			['url', { title: 'x', source: 'youtube', url: 'https://example.org/watch' }],
		] as const) {
			const answer = await mod.post(`${api}/queue/${id}/items`, body);
			expect(answer.status, JSON.stringify(body)).toBe(422);
			expect(answer.json().details[0].field).toBe(field);
		}
		expect((await queue(id)).version).toBe(version);
		expect((await mod.ask(`${api}/queue/987654`)).status).toBe(404);
	});

	test('tells who comes late what it is like now', async () => {
		const { id } = await make({ title: 'Race' });
		const first = await add(id, stream('a'));
		const second = await add(id, stream('b', { version: first.version }));
		expect(second.version).toBe(first.version + 1);
		const late = await other.send('DELETE', `${api}/queue/${id}?version=${first.version}`);
		expect(late.status).toBe(409);
		const told = late.json();
		expect(told.error).toBe('queue_conflict');
		expect(told.details).toMatchObject({ version: second.version, total: 2 });
		expect(told.details.items.map((one: any) => one.title)).toEqual(['a', 'b']);
		expect(await titles(id)).toEqual(['a', 'b']);
	});

	test('loses no edit when several people edit it at once', async () => {
		const { id } = await make({ title: 'Together' });
		const one = async (who: Person, name: string) => {
			const mine: string[] = [];
			for (let n = 0; n < 15; n++) mine.push((await add(id, stream(`${name}${n}`, { priority: n % 3 === 0 }), who)).id);
			for (const item of mine.splice(0, 5)) {
				expect((await who.send('PATCH', `${api}/queue/${id}/items/${item}/move`, { position: 1 })).status).toBe(200);
				expect((await who.send('DELETE', `${api}/queue/${id}/items/${item}`)).status).toBe(200);
			}
			return mine;
		};
		const kept = (await Promise.all([one(mod, 'a'), one(other, 'b'), one(admin, 'c')])).flat();
		const { items } = await queue(id);
		expect(items.map((item: any) => item.id).sort()).toEqual(kept.sort());
		await titles(id);
	});

	test('is for moderators to change, and what they did is written down', async () => {
		const { id } = await make({ title: 'Rights' });
		const body = stream('x');
		expect((await server.ask(`${api}/queue/${id}/items`, { method: 'POST', body: JSON.stringify(body) })).status).toBe(401);
		expect((await user.post(`${api}/queue/${id}/items`, body)).status).toBe(403);
		expect((await user.post(`${api}/channels/${id}/start`)).status).toBe(403);
		const added = await add(id, body);
		const log = await admin.json(`/admin/api/audit-logs?model_name=queue&model_id=${id}`);
		expect(log.items).toHaveLength(1);
		expect(log.items[0]).toMatchObject({ action: 'update', admin_user_id: mod.id });
		expect(log.items[0].new_values).toMatchObject({ operation: 'add', item_id: added.id, title: 'x' });
	});
});

describe('what plays by itself', () => {
	test('a schedule is made, changed and removed', async () => {
		const { id } = await make({ title: 'Scheduled' });
		const playlist = (await mod.post(`${api}/playlists`, { title: 'Evening' })).json();
		const at = `${api}/channels/${id}/schedule`;
		const body = { playlist_id: playlist.id, weekdays: [1, 7], starts_at: '22:00', ends_at: '06:30' };
		const row = checked('POST', '/channels/{id}/schedule', await mod.post(at, body), 201);
		expect(row).toMatchObject({ ...body, playlist_title: 'Evening', priority: 0, enabled: true });
		const changed = await mod.send('PATCH', `${at}/${row.id}`, { enabled: false });
		expect(checked('PATCH', '/channels/{id}/schedule/{row_id}', changed, 200)).toEqual({ ...row, enabled: false });
		expect(checked('GET', '/channels/{id}/schedule', await mod.ask(at), 200).total).toBe(1);
		for (const [field, value] of [['starts_at', '24:00'], ['ends_at', '9:00'], ['weekdays', [8]], ['playlist_id', 99999]] as const)
			expect((await mod.post(at, { ...body, [field]: value })).json().details[0].field).toBe(field);
		checked('DELETE', '/channels/{id}/schedule/{row_id}', await mod.send('DELETE', `${at}/${row.id}`), 204);
		expect((await mod.send('DELETE', `${at}/${row.id}`)).status).toBe(404);
	});

	test('jingles are made, changed and removed', async () => {
		const { id } = await make({ title: 'Jingles' });
		const at = `${api}/channels/${id}/jingles`;
		expect((await mod.post(at, { title: 'x', track_id: tracks[0].id })).status).toBe(422);
		const row = checked('POST', '/channels/{id}/jingles', await mod.post(at, { title: 'Ding', track_id: tracks[0].id, every_tracks: 3 }), 201);
		expect(row).toMatchObject({ title: 'Ding', every_tracks: 3, every_minutes: null, enabled: true });
		const changed = await mod.send('PATCH', `${at}/${row.id}`, { every_tracks: null, every_minutes: 15 });
		expect(changed.json()).toMatchObject({ every_tracks: null, every_minutes: 15 });
		expect((await mod.json(at)).items).toHaveLength(1);
		expect((await mod.send('DELETE', `${at}/${row.id}`)).status).toBe(204);
	});

	test('what a listener asked for is in their export, and gone with their account', async () => {
		const guest = await person(server, 'guest-who-leaves', 'user');
		const { id } = await make({ title: 'Remembered', requests_enabled: true });
		const asked = await guest.post(`${api}/channels/${id}/requests`, { track_id: tracks[0].id, message: 'For me alone' });
		expect(asked.status, asked.text).toBe(201);
		await guest.ask(`${api}/search/tracks?q=remembered+words`);
		await until('the log', async () => {
			const { items } = await admin.json('/admin/api/search-log');
			return items.some(({ query }: any) => query === 'remembered words');
		});
		const all = await guest.json(`${api}/auth/me/export`); // may be asked for a few times only
		expect(all.song_requests).toMatchObject([{ channel_id: id, track_id: tracks[0].id, message: 'For me alone' }]);
		expect(all.channel_queue).toMatchObject([{ channel_id: id, track_id: tracks[0].id }]);
		expect(all.searches[0]).toMatchObject({ query: 'remembered words', results: 0 });
		expect(all.requests.map((one: any) => one.path)).toContain(`${api}/channels/{id}/requests`);
		expect((await guest.send('DELETE', `${api}/auth/me`, { password: guest.password })).status).toBe(204);
		expect((await mod.json(`${api}/channels/${id}/requests`)).items).toEqual([]);
		const queue = await mod.ask(`${api}/queue/${id}`);
		expect(queue.text).not.toContain('guest-who-leaves');
		expect(queue.json().items[0].requested_by ?? null).toBeNull();
	});

	test('a listener asks for a track, and then not for a while', async () => {
		const { id } = await make({ title: 'Requests', requests_enabled: true, request_cooldown_seconds: 600 });
		const at = `${api}/channels/${id}/requests`;
		const asked = checked('POST', '/channels/{id}/requests', await user.post(at, { track_id: tracks[0].id, message: 'For Ann' }), 201);
		expect((await queue(id)).items[0]).toMatchObject({ id: asked.item_id, track_id: tracks[0].id, requested_by: 'una' });
		const again = await user.post(at, { track_id: tracks[1].id });
		expect(again.status).toBe(429);
		expect(Number(again.header('retry-after'))).toBeGreaterThan(590);
		expect((await other.post(at, { track_id: tracks[0].id })).status).toBe(409);
		const list = checked('GET', '/channels/{id}/requests', await mod.ask(at), 200);
		expect(list.items[0]).toMatchObject({ username: 'una', message: 'For Ann', waits: true });
		await mod.send('PATCH', `${api}/channels/${id}`, { requests_enabled: false });
		expect((await other.post(at, { track_id: tracks[1].id })).status).toBe(403);
	});
});

describe('those who may come in live', () => {
	const ann = { username: 'ann', password: 'a long word', weekdays: [5, 6], starts_at: '23:00', ends_at: '01:30' };

	test('are added, changed and removed, and no password is shown', async () => {
		const { id } = await make({ title: 'Guests' });
		const at = `${api}/channels/${id}/djs`;
		const row = checked('POST', '/channels/{id}/djs', await mod.post(at, ann), 201);
		const { password, ...rest } = ann;
		expect(row).toMatchObject({ ...rest, channel_id: id, enabled: true, on_air: false });
		expect(JSON.stringify(row)).not.toContain(password);
		const changed = await mod.send('PATCH', `${at}/${row.id}`, { weekdays: [], starts_at: null, ends_at: null });
		expect(checked('PATCH', '/channels/{id}/djs/{dj_id}', changed, 200)).toEqual({ ...row, weekdays: [], starts_at: null, ends_at: null });
		await mod.send('PATCH', `${at}/${row.id}`, { password: 'another word', enabled: false });
		const list = await mod.ask(at);
		expect(checked('GET', '/channels/{id}/djs', list, 200).items).toMatchObject([{ username: 'ann', enabled: false }]);
		expect(list.text).not.toMatch(/argon2|word/);
		checked('POST', '/channels/{id}/djs/disconnect', await mod.post(`${at}/disconnect`), 204);
		checked('DELETE', '/channels/{id}/djs/{dj_id}', await mod.send('DELETE', `${at}/${row.id}`), 204);
		expect((await mod.send('DELETE', `${at}/${row.id}`)).status).toBe(404);
		const log = await admin.json(`/admin/api/audit-logs?model_name=channel_dj&model_id=${row.id}`);
		expect(log.items.map((one: any) => one.action)).toEqual(['delete', 'update', 'update', 'create']);
		expect(log.items[0].new_values).toEqual({ channel_id: id, username: 'ann' });
	});

	test('have names and times that make sense', async () => {
		const { id } = await make({ title: 'Strict' });
		const at = `${api}/channels/${id}/djs`;
		await mod.post(at, ann);
		for (const [field, value] of [['starts_at', '24:00'], ['ends_at', '9:00'], ['weekdays', [8]], ['username', 'a:b'], ['password', 'short']] as const)
			expect((await mod.post(at, { ...ann, username: 'bob', [field]: value })).json().details[0].field).toBe(field);
		expect((await mod.post(at, ann)).status).toBe(409);
		expect((await mod.post(`${api}/channels/999999/djs`, ann)).status).toBe(404);
		expect((await user.ask(at)).status).toBe(403);
	});
});
