// Lists of the admin panel row by row: requests, searches, what people did,
// everybody's playlists, settings and sources; as pages, as files, and many
// changed at once.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { disk, serveMusic, temporary } from './support/library.ts';
import { until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const panel = '/admin/api';
const server = await serveMusic('lists');
const description = await Description.of(server);

let admin: Person;
let moderator: Person;
let ada: Person;

beforeAll(async () => {
	admin = await person(server, 'root', 'admin');
	moderator = await person(server, 'mod', 'moderator');
	ada = await person(server, 'ada', 'user');
});

function checked(method: string, path: string, answer: Answer, status = 200): any {
	const operation = description.operations.find((one) => one.method === method && one.path === path);
	if (operation === undefined) throw new Error(`no ${method} ${path}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return answer.json();
}

/** The list once it has so many rows: notes reach the log within a second. */
async function rows(log: string, query: string, count: number): Promise<any[]> {
	return until(`${count} rows of ${log}`, async () => {
		const page = checked('GET', `${panel}/${log}`, await admin.ask(`${panel}/${log}?limit=100&${query}`));
		return page.items.length >= count ? page.items : undefined;
	});
}

describe('the log of requests', () => {
	test('is narrowed by person, status, route and time, and sorted both ways', async () => {
		const from = new Date().toISOString();
		for (const path of ['artists', 'tracks/999999', 'artists', 'albums']) await ada.ask(`${api}/${path}`);
		const mine = `user_id=${ada.id}&from=${encodeURIComponent(from)}`;
		const all = await rows('request-log', mine, 4);
		expect(all.map((one) => one.status)).toEqual([200, 200, 404, 200]);
		expect(all[2]).toMatchObject({ method: 'GET', path: `${api}/tracks/{id}`, username: 'ada', user_id: ada.id });
		expect(all[2].ip_address).toBe('127.0.0.1');
		const oldest = await rows('request-log', `${mine}&sort=id`, 4);
		expect(oldest.map((one) => one.id)).toEqual(all.map((one) => one.id).reverse());
		expect((await rows('request-log', `${mine}&status_min=400`, 1)).map((one) => one.id)).toEqual([all[2].id]);
		expect(await rows('request-log', `${mine}&path=ARTIST`, 2)).toHaveLength(2);
		expect(await rows('request-log', `${mine}&method=POST`, 0)).toEqual([]);
		expect(await rows('request-log', `user_id=${ada.id}&to=${encodeURIComponent(from)}&path=artists`, 0)).toEqual([]);
	});

	test('is paged without a gap', async () => {
		const all = (await rows('request-log', 'sort=id', 3)).map((one) => one.id);
		const seen: number[] = [];
		let cursor: string | null = null;
		do {
			const page: any = await admin.json(`${panel}/request-log?sort=id&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
			seen.push(...page.items.map((one: any) => one.id));
			cursor = page.next_cursor;
		} while (cursor !== null && seen.length < all.length);
		expect(seen.slice(0, all.length)).toEqual(all);
		for (const bad of ['cursor=x', 'cursor=-1', 'cursor=0', 'status_min=99', 'sort=status', 'user_id=0', 'from=noon'])
			expect((await admin.ask(`${panel}/request-log?${bad}`)).status, bad).toBe(422);
	});
});

test('searches are told one by one, with those that found nothing', async () => {
	await ada.ask(`${api}/search/tracks?q=${encodeURIComponent('=Ёлочка никогда')}`);
	await ada.ask(`${api}/search/multi/?q=a`);
	const mine = `user_id=${ada.id}`;
	const all = await rows('search-log', mine, 2);
	expect(all[1]).toMatchObject({ query: '=Ёлочка никогда', surface: 'tracks', results: 0, username: 'ada' });
	expect(await rows('search-log', `${mine}&q=${encodeURIComponent('елочка НИК')}`, 1)).toEqual([all[1]]);
	expect(await rows('search-log', `${mine}&empty=true`, 1)).toEqual([all[1]]);
	expect((await rows('search-log', `${mine}&empty=false`, 1)).map((one) => one.surface)).toEqual(['multi']);
	const csv = await admin.ask(`${panel}/search-log?${mine}&format=csv&sort=id`);
	expect(csv.header('content-disposition')).toContain('ogma-searches.csv');
	expect(csv.text.split('\r\n')).toHaveLength(4);
	expect(csv.text).toContain(`"'=Ёлочка никогда"`);
});

test('what people did is told, and its export is in the audit log', async () => {
	const all = await rows('activity-log', `user_id=${ada.id}&action=login`, 1);
	expect(all[0]).toMatchObject({ action: 'login', username: 'ada' });
	const file = await admin.ask(`${panel}/activity-log?user_id=${ada.id}&format=json`);
	expect(file.json()[0]).toMatchObject({ user_id: ada.id });
	const noted = await admin.json(`${panel}/audit-logs?action=export&model_name=activity_log`);
	expect(noted.total).toBe(1);
});

test('a file holds all rows, however many pages they are', async () => {
	const before = (await admin.ask(`${panel}/request-log?format=csv&user_id=${ada.id}`)).text.split('\r\n').length;
	for (let n = 0; n < 230; n++) await ada.ask(`${api}/genres`);
	await until('all of them', async () => {
		const csv = await admin.ask(`${panel}/request-log?format=csv&user_id=${ada.id}`);
		return csv.text.split('\r\n').length >= before + 230;
	});
	const csv = await admin.ask(`${panel}/request-log?format=csv&user_id=${ada.id}&sort=id`);
	const ids = csv.text.split('\r\n').slice(1, -1).map((line) => Number(line.split(',')[0]));
	expect(ids).toEqual([...ids].sort((a, b) => a - b));
	expect(new Set(ids).size).toBe(ids.length);
});

test('these logs are for admins', async () => {
	for (const log of ['request-log', 'search-log', 'activity-log'])
		expect((await moderator.ask(`${panel}/${log}`)).status, log).toBe(403);
});

describe("everybody's playlists", () => {
	const make = async (title: string, more: object = {}): Promise<number> =>
		(await ada.post(`${api}/playlists`, { title, ...more })).json().id;

	test('are found by title and visibility, and exported', async () => {
		const hidden = await make('Зимние Песни');
		await make('=Summer', { is_public: true });
		const found = checked('GET', `${panel}/playlists`, await moderator.ask(`${panel}/playlists?q=${encodeURIComponent('зимн')}`));
		expect(found.items.map((one: any) => one.id)).toEqual([hidden]);
		const open = await moderator.json(`${panel}/playlists?visibility=public`);
		expect(open.items.map((one: any) => one.title)).toEqual(['=Summer']);
		const csv = await moderator.ask(`${panel}/playlists?format=csv&sort=title&owner=${ada.id}`);
		expect(csv.header('content-disposition')).toContain('ogma-playlists.csv');
		expect(csv.text).toContain(`"'=Summer"`);
		expect(csv.text.split('\r\n')).toHaveLength(4);
		expect(await moderator.json(`${panel}/playlists?format=json&owner=${ada.id}`)).toHaveLength(2);
		expect((await admin.json(`${panel}/audit-logs?action=export&model_name=playlist`)).total).toBe(2);
	});

	test('are changed many at once; those that are not there are told', async () => {
		const ids = [await make('One', { is_public: true }), await make('Two', { is_public: true })];
		const bulk = (action: string, list: number[]) => moderator.post(`${panel}/playlists/bulk`, { ids: list, action });
		const hidden = checked('POST', `${panel}/playlists/bulk`, await bulk('unpublish', [...ids, 999999]));
		expect(hidden.changed).toEqual(ids);
		expect(hidden.refused).toMatchObject([{ id: 999999, error: 'not_found' }]);
		for (const id of ids) expect((await server.ask(`${api}/playlists/${id}`)).status).toBe(404);
		expect((await bulk('publish', ids)).json().changed).toEqual(ids);
		for (const id of ids) expect((await server.ask(`${api}/playlists/${id}`)).status).toBe(200);
		expect((await bulk('delete', ids)).json().changed).toEqual(ids);
		for (const id of ids) expect((await ada.ask(`${api}/playlists/${id}`)).status).toBe(404);
		const log = await admin.json(`${panel}/audit-logs?model_name=playlist&action=bulk_delete`);
		expect(log.items.map((one: any) => one.model_id).sort()).toEqual([...ids].sort());
		expect((await bulk('delete', [])).status).toBe(422);
		expect((await bulk('paint', ids)).status).toBe(422);
		expect((await ada.post(`${panel}/playlists/bulk`, { ids, action: 'delete' })).status).toBe(403);
	});
});

test('invitations are found by note, role and whether they can be used, and sorted', async () => {
	const invite = async (body: object): Promise<number> => (await admin.post(`${panel}/invitations`, body)).json().id;
	const late = await invite({ note: 'Оркестр Ёлка', days: 30 });
	const soon = await invite({ note: '50% choir', days: 2, role: 'moderator' });
	const list = async (query: string): Promise<number[]> =>
		checked('GET', `${panel}/invitations`, await admin.ask(`${panel}/invitations?${query}`)).items.map((one: any) => one.id);
	expect(await list('')).toEqual([soon, late]);
	expect(await list('sort=created_at')).toEqual([late, soon]);
	expect(await list('sort=expires_at')).toEqual([soon, late]);
	expect(await list(`q=${encodeURIComponent('елка')}`)).toEqual([late]);
	expect(await list(`q=${encodeURIComponent('50%')}`)).toEqual([soon]);
	expect(await list('role=moderator')).toEqual([soon]);
	await admin.send('DELETE', `${panel}/invitations/${soon}`);
	expect(await list('open=true')).toEqual([late]);
	expect(await list('open=false')).toEqual([soon]);
	expect((await admin.ask(`${panel}/invitations?sort=note`)).status).toBe(422);
});

test('genres are found by name and sorted; lists in order of time go both ways', async () => {
	const genres = checked('GET', `${api}/genres`, await moderator.ask(`${api}/genres?limit=100`)).items;
	const counts = genres.map((one: any) => one.track_count);
	expect(counts).toEqual([...counts].sort((a, b) => b - a));
	const named = (await moderator.json(`${api}/genres?sort=name&limit=100`)).items;
	expect(named.map((one: any) => one.id).sort()).toEqual(genres.map((one: any) => one.id).sort());
	const [first] = named;
	const part = first.name.slice(1).toUpperCase();
	const found = (await moderator.json(`${api}/genres?q=${encodeURIComponent(part)}`)).items;
	expect(found.map((one: any) => one.id)).toContain(first.id);
	expect(found.length).toBeLessThan(genres.length);

	for (const name of ['backup', 'daily_report']) await admin.post(`${api}/schedules/${name}/run`);
	for (const path of ['jobs', 'cleanup', 'duplicates', 'tag-writes']) {
		const ids = async (sort: string): Promise<number[]> =>
			checked('GET', `${api}/${path}`, await admin.ask(`${api}/${path}?limit=100&sort=${sort}`)).items.map((one: any) => one.id);
		const newest = await ids('-id');
		expect(newest, path).toEqual([...newest].sort((a, b) => b - a));
		const oldest = await ids('id'); // work by the clock may have come in between
		expect(oldest, path).toEqual([...oldest].sort((a, b) => a - b));
		expect(oldest, path).toEqual(expect.arrayContaining(newest));
		if (path === 'jobs') expect(newest.length).toBeGreaterThan(1);
	}
});

describe('lists that are short by design', () => {
	/** All of a list, page by page. */
	async function paged(path: string, query: string, limit: number): Promise<any[]> {
		const items: any[] = [];
		let cursor: string | null = null;
		do {
			const page: any = await admin.json(`${path}?limit=${limit}&${query}${cursor === null ? '' : `&cursor=${cursor}`}`);
			expect(page.items.length).toBeLessThanOrEqual(limit);
			items.push(...page.items);
			cursor = page.next_cursor;
		} while (cursor !== null);
		return items;
	}
	const namesOf = (items: any[]): string[] => items.map((one) => one.name);

	test('settings are paged without a gap, in either order, and found by group and words', async () => {
		const first = checked('GET', `${panel}/settings`, await admin.ask(`${panel}/settings`));
		const all = await paged(`${panel}/settings`, '', 7);
		expect(first.items).toEqual(all.slice(0, 50));
		expect(first.total).toBe(all.length);
		expect(new Set(namesOf(all)).size).toBe(all.length);
		expect(first.groups).toEqual([...new Set(all.map((one) => one.group))]);
		const down = namesOf(await paged(`${panel}/settings`, 'sort=-name', 33));
		expect(down).toEqual(namesOf(all).sort().reverse());
		expect((await admin.json(`${panel}/settings?offset=50&limit=2`)).items).toEqual(all.slice(50, 52));
		const group = first.groups[1];
		const some = await admin.json(`${panel}/settings?group=${encodeURIComponent(group)}&limit=100`);
		expect(some.items).toEqual(all.filter((one) => one.group === group));
		expect(namesOf((await admin.json(`${panel}/settings?q=backup_k%C3%A9ep`)).items)).toEqual(['BACKUP_KEEP']);
		const changed = await paged(`${panel}/settings`, 'changed=true', 100);
		expect(changed).toEqual(all.filter((one) => one.origin !== 'default'));
		expect(changed.length).toBeGreaterThan(0);
	});

	test('sources are narrowed and sorted, and pages go on where a removed one was', async () => {
		const [music] = (await admin.json(`${api}/sources`)).items;
		const folder = await temporary('sources', disk);
		const ids: number[] = [];
		for (const name of ['c', 'a', 'Ёлка', 'b']) {
			await mkdir(join(folder, name));
			ids.push((await admin.post(`${api}/sources`, { path: join(folder, name), scan: false })).json().id);
		}
		const list = async (query: string): Promise<number[]> =>
			checked('GET', `${api}/sources`, await admin.ask(`${api}/sources?${query}`)).items.map((one: any) => one.id);
		const [c, a, tree, b] = ids;
		const here = `q=${encodeURIComponent(folder)}`;
		expect(await list('')).toEqual([music.id, ...ids]);
		expect(await list(`${here}&sort=path`)).toEqual([a, b, c, tree]);
		expect(await list(`q=${encodeURIComponent('елка')}`)).toEqual([tree]);
		expect(await list('sort=-file_count&limit=1')).toEqual([music.id]);
		expect(await list('kind=s3')).toEqual([]);
		await admin.send('PATCH', `${api}/sources/${a}`, { state: 'paused' });
		expect(await list('state=paused')).toEqual([a]);
		expect(await list(`${here}&state=active&sort=-id`)).toEqual([b, tree, c]);
		expect(await list('failing=true')).toEqual(music.rejected_count > 0 ? [music.id] : []);

		const page = await admin.json(`${api}/sources?${here}&sort=path&limit=2`);
		expect(page).toMatchObject({ total: 4, items: [{ id: a }, { id: b }] });
		await admin.send('DELETE', `${api}/sources/${b}`);
		await until('the end of the removed one', async () => (await list(here)).length === 3);
		expect(await list(`${here}&sort=path&limit=2&cursor=${page.next_cursor}`)).toEqual([c, tree]);
		for (const other of [`${here}&sort=-path`, 'sort=path', `${here}&sort=path&state=paused`, `${here}&sort=path&offset=1`]) {
			const refused = await admin.ask(`${api}/sources?${other}&cursor=${page.next_cursor}`);
			expect(refused.status, other).toBe(422);
		}
	});

	test('what is no order, no filter and no cursor of theirs is refused', async () => {
		for (const path of [`${api}/sources`, `${api}/schedules`, `${panel}/settings`, `${panel}/backups`]) {
			for (const bad of ['sort=colour', 'cursor=x', 'cursor=AAAA', 'limit=101', 'offset=10001', 'q='])
				checked('GET', path, await admin.ask(`${path}?${bad}`), 422);
			expect((await moderator.ask(path)).status, path).toBe(403);
		}
	});
});
