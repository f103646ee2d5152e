// Lists of the admin panel row by row: requests, searches, what people did, and
// everybody's playlists; as pages, as files, and many changed at once.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveMusic } from './support/library.ts';
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
