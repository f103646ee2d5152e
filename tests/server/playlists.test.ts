// Playlists as a client sees them: who sees which, edits of one list by several
// people, rules, what search tells of them, and what moderators leave behind.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveMusic } from './support/library.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const server = await serveMusic('playlists');
const description = await Description.of(server);

let ada: Person;
let bob: Person;
let moderator: Person;
let tracks: any[];

beforeAll(async () => {
	ada = await person(server, 'ada', 'user');
	bob = await person(server, 'bob', 'user');
	moderator = await person(server, 'mod', 'moderator');
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

async function make(owner: Person, body: object): Promise<any> {
	return checked('POST', '/playlists', await owner.post(`${api}/playlists`, body), 201);
}

const ids = (...numbers: number[]): number[] => numbers.map((one) => tracks[one].id);

/** The list as numbers of its tracks; positions must count from 0. */
async function order(who: Person | typeof server, id: number, query = ''): Promise<number[]> {
	const answer = await who.ask(`${api}/playlists/${id}/tracks?limit=100${query}`);
	const page = checked('GET', '/playlists/{id}/tracks', answer, 200);
	expect(page.items.map((one: any) => one.position)).toEqual(page.items.map((_: any, at: number) => at));
	return page.items.map((one: any) => tracks.findIndex((track) => track.id === one.id));
}

async function items(who: Person, id: number): Promise<number[]> {
	return (await who.json(`${api}/playlists/${id}/tracks?limit=100`)).items.map((one: any) => one.item_id);
}

describe('a playlist', () => {
	test('is made, renamed, described and removed', async () => {
		const made = await make(ada, { name: 'Evening', description: 'calm', track_ids: ids(0, 1) });
		expect(made).toMatchObject({
			title: 'Evening',
			description: 'calm',
			kind: 'manual',
			visibility: 'private',
			is_public: false,
			owner: { id: ada.id, username: 'ada' },
			can_edit: true,
			track_count: 2,
			duration_ms: tracks[0].duration_ms + tracks[1].duration_ms,
			share_token: null,
		});
		const at = `${api}/playlists/${made.id}`;
		const changed = checked(
			'PATCH',
			'/playlists/{id}',
			await ada.send('PATCH', at, { title: 'Ночь <b>', description: null }),
			200,
		);
		expect(changed).toMatchObject({ title: 'Ночь <b>', description: null, track_count: 2 });
		expect(changed.version).toBeGreaterThan(made.version);
		checked('DELETE', '/playlists/{id}', await ada.send('DELETE', at), 204);
		expect((await ada.ask(at)).status).toBe(404);
		expect((await ada.send('DELETE', at)).status).toBe(404);
	});

	test('needs a title of 1 to 200 letters', async () => {
		for (const body of [{}, { title: '' }, { title: '   ' }, { title: 'x'.repeat(201) }, { title: 7 }]) {
			const answer = await ada.post(`${api}/playlists`, body);
			expect(answer.status, JSON.stringify(body)).toBe(422);
			expect(answer.json().details[0].field).toBe('title');
		}
		expect((await make(ada, { title: 'ж'.repeat(200) })).title).toHaveLength(200);
	});

	test('that is private is not there for others', async () => {
		const { id } = await make(ada, { title: 'Mine', track_ids: ids(0) });
		const at = `${api}/playlists/${id}`;
		for (const who of [server, bob]) {
			for (const path of ['', '/tracks', '/stats', '/cover', '/export?format=json']) {
				const answer = await who.ask(at + path);
				expect(answer.status, path).toBe(404);
				expect(answer.text).not.toContain('Mine');
			}
		}
		expect((await bob.send('PATCH', at, { title: 'x' })).status).toBe(404);
		expect((await bob.post(`${at}/tracks`, { track_ids: ids(1) })).status).toBe(404);
		expect((await bob.send('PUT', `${api}/me/favorites/playlist/${id}`)).status).toBe(404);
		expect((await server.ask(at, { method: 'DELETE' })).status).toBe(401);
	});

	test('that is public is seen by everybody and changed by its owner', async () => {
		const { id } = await make(ada, { title: 'For all', track_ids: ids(2, 1) });
		const at = `${api}/playlists/${id}`;
		checked('POST', '/playlists/{id}/publish', await ada.post(`${at}/publish`), 200);
		expect(await server.json(at)).toMatchObject({ title: 'For all', is_public: true, can_edit: false });
		expect(await order(server, id)).toEqual([2, 1]);
		for (const [method, path, body] of [
			['PATCH', '', { title: 'x' }],
			['DELETE', '', undefined],
			['POST', '/tracks', { track_ids: ids(0) }],
			['PUT', '/tracks', { track_ids: ids(0) }],
			['POST', '/move', { from: 0, to: 1 }],
			['POST', '/remove', { item_ids: [1] }],
			['DELETE', '/tracks/0', undefined],
			['POST', '/unpublish', undefined],
			['POST', '/link', undefined],
			['DELETE', '/cover', undefined],
		] as const)
			expect((await bob.send(method, at + path, body)).status, method + path).toBe(403);
		expect(await order(server, id)).toEqual([2, 1]);
		await ada.post(`${at}/unpublish`);
		expect((await server.ask(at)).status).toBe(404);
	});

	test('that is unlisted opens by its link alone, until there is a new one', async () => {
		const made = await make(ada, { title: 'Linked', visibility: 'unlisted', track_ids: ids(3) });
		const token = made.share_token as string;
		expect(made.share_url).toBe(`/playlists/shared/${token}`);
		const seen = await server.json(`${api}/playlists/shared/${token}`);
		expect(seen).toMatchObject({ id: made.id, title: 'Linked', share_token: null });
		expect(await order(server, made.id, `&token=${token}`)).toEqual([3]);
		expect((await server.ask(`${api}/playlists/${made.id}`)).status).toBe(404);
		expect((await server.ask(`${api}/playlists/${made.id}?token=${token.slice(1)}x`)).status).toBe(404);
		expect((await bob.json(`${api}/playlists`)).items.map((one: any) => one.id)).not.toContain(made.id);
		const renewed = (await ada.post(`${api}/playlists/${made.id}/link`)).json();
		expect(renewed.share_token).not.toBe(token);
		expect((await server.ask(`${api}/playlists/shared/${token}`)).status).toBe(404);
		expect((await server.ask(`${api}/playlists/${made.id}/tracks?token=${token}`)).status).toBe(404);
		expect((await server.ask(`${api}/playlists/shared/${renewed.share_token}`)).status).toBe(200);
	});

	test('stands in the lists that it belongs to', async () => {
		const eve = await person(server, 'eve', 'user');
		await make(eve, { title: 'B', is_public: true });
		await make(eve, { title: 'A' });
		await make(eve, { title: 'C', rules: { rules: [] } });
		const titles = async (who: Person | typeof server, query: string): Promise<string[]> =>
			checked('GET', '/playlists', await who.ask(`${api}/playlists?sort=title&${query}`), 200).items.map(
				(one: any) => one.title,
			);
		expect(await titles(eve, 'owner=me')).toEqual(['A', 'B', 'C']);
		expect(await titles(eve, 'owner=me&kind=rules')).toEqual(['C']);
		expect(await titles(eve, 'owner=me&kind=manual')).toEqual(['A', 'B']);
		expect(await titles(server, `owner=${eve.id}`)).toEqual(['B']);
		expect(await titles(bob, `owner=${eve.id}`)).toEqual(['B']);
		expect(await titles(eve, 'owner=others')).not.toContain('A');
		expect((await server.ask(`${api}/playlists?owner=me`)).status).toBe(401);
		expect((await server.ask(`${api}/playlists?owner=x`)).status).toBe(422);
	});

	test('gets a picture that is made anew, and nothing else', async () => {
		const { id } = await make(ada, { title: 'Pictured' });
		const at = `${api}/playlists/${id}`;
		const covered = tracks.find((one) => one.cover_url !== null);
		const picture = (await server.ask(covered.cover_url)).body;
		const drawn = await ada.ask(`${at}/cover?size=64`);
		expect([drawn.status, drawn.header('x-cover'), drawn.header('content-type')]).toEqual([200, 'drawn', 'image/jpeg']);
		expect(drawn.header('cache-control')).toMatch(/^private/);
		expect((await ada.ask(`${at}/cover?drawn=false`)).status).toBe(404);
		const put = await ada.ask(`${at}/cover`, { method: 'PUT', body: picture });
		const playlist = checked('PUT', '/playlists/{id}/cover', put, 200);
		const cover = await ada.ask(playlist.cover_url);
		expect(cover.status).toBe(200);
		expect([playlist.has_cover, cover.header('x-cover')]).toEqual([true, undefined]);
		expect(cover.header('content-type')).toBe('image/jpeg');
		expect(cover.header('cache-control')).toMatch(/^private/);
		expect((await server.ask(playlist.cover_url)).status).toBe(404);
		for (const body of ['', '<svg xmlns="http://www.w3.org/2000/svg"/>', picture.subarray(0, 200)]) {
			const bad = await ada.ask(`${at}/cover`, { method: 'PUT', body });
			expect(bad.status).toBe(422);
		}
		expect((await ada.json(at)).cover_url).toBe(playlist.cover_url);
		expect(checked('DELETE', '/playlists/{id}/cover', await ada.send('DELETE', `${at}/cover`), 200).cover_url).toBeNull();
	});

	test('counts who plays it, when they are signed in and may see it', async () => {
		const { id } = await make(ada, { title: 'Played', is_public: true });
		const play = (who: Person | typeof server, playlist: number): Promise<Answer> =>
			who.ask(`${api}/analytics/events/playlist`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ playlist_id: playlist, action: 'play' }),
			});
		for (const who of [bob, ada, server]) expect((await play(who, id)).status).toBe(202);
		expect((await server.json(`${api}/playlists/${id}`)).play_count).toBe(2);
		expect((await server.json(`${api}/playlists/${id}/stats`)).play_count).toBe(2);
		const mine = await make(ada, { title: 'Not for Bob' });
		expect((await play(bob, mine.id)).status).toBe(202);
		expect((await ada.json(`${api}/playlists/${mine.id}`)).play_count).toBe(0);
	});

	test('is added up', async () => {
		const { id } = await make(ada, { title: 'Sums', track_ids: ids(0, 1, 2, 3) });
		const stats = checked('GET', '/playlists/{id}/stats', await ada.ask(`${api}/playlists/${id}/stats`), 200);
		expect(stats).toMatchObject({ track_count: 4, play_count: 0, favorite_count: 0, hidden_count: 0 });
		expect(stats.duration_ms).toBe(tracks.slice(0, 4).reduce((sum, one) => sum + one.duration_ms, 0));
		expect(stats.genres.every((one: any, at: number) => at === 0 || one.count <= stats.genres[at - 1].count)).toBe(true);
	});
});

describe('the tracks of a playlist', () => {
	let id: number;
	let at: string;
	beforeAll(async () => {
		id = (await make(ada, { title: 'List' })).id;
		at = `${api}/playlists/${id}`;
	});
	const fill = async (...numbers: number[]): Promise<number[]> => {
		const answer = await ada.send('PUT', `${at}/tracks`, { track_ids: ids(...numbers) });
		return checked('PUT', '/playlists/{id}/tracks', answer, 200).item_ids;
	};

	test('are added at the end or at a position', async () => {
		await fill(0, 1);
		const added = checked('POST', '/playlists/{id}/tracks', await ada.post(`${at}/tracks`, { track_ids: ids(2) }), 201);
		expect(added).toMatchObject({ added: 1, skipped: [], unknown: [], track_count: 3 });
		await ada.post(`${at}/tracks`, { track_ids: ids(3, 4), position: 1 });
		expect(await order(ada, id)).toEqual([0, 3, 4, 1, 2]);
	});

	test('are refused, left out or put in again when they are in already', async () => {
		await fill(0, 1);
		const again = { track_ids: [...ids(1, 2), 999999999] };
		const reported = await ada.post(`${at}/tracks`, { ...again, duplicates: 'report' });
		expect(reported.status).toBe(409);
		expect(reported.json().details).toEqual({ duplicates: ids(1) });
		expect(await order(ada, id)).toEqual([0, 1]);
		const skipped = (await ada.post(`${at}/tracks`, { ...again, duplicates: 'skip' })).json();
		expect(skipped).toMatchObject({ added: 1, skipped: ids(1), unknown: [999999999] });
		await ada.post(`${at}/tracks`, again);
		expect(await order(ada, id)).toEqual([0, 1, 2, 1, 2]);
	});

	test('are moved by entry or by position', async () => {
		const entries = await fill(0, 1, 2, 3, 4);
		const move = async (body: object): Promise<any> =>
			checked('POST', '/playlists/{id}/move', await ada.post(`${at}/move`, body), 200);
		expect(await move({ item_ids: [entries[4], entries[1]], to: 0 })).toMatchObject({ position: 0, track_count: 5 });
		expect(await order(ada, id)).toEqual([4, 1, 0, 2, 3]);
		await move({ from: 0, position: 3 });
		expect(await order(ada, id)).toEqual([1, 0, 2, 4, 3]);
		expect(await move({ item_id: entries[1], to: 1000 })).toMatchObject({ position: 4 });
		expect(await order(ada, id)).toEqual([0, 2, 4, 3, 1]);
		for (const body of [{ to: 1 }, { from: 0, item_id: entries[0], to: 1 }, { item_ids: [], to: 1 }, { from: 1 }])
			expect((await ada.post(`${at}/move`, body)).status, JSON.stringify(body)).toBe(422);
		expect((await ada.post(`${at}/move`, { item_id: 999999999, to: 0 })).status).toBe(404);
		expect((await ada.post(`${at}/move`, { from: 99, to: 0 })).status).toBe(404);
	});

	test('are taken out by position and by entry', async () => {
		const entries = await fill(0, 1, 2, 3, 4);
		expect((await ada.send('DELETE', `${at}/tracks/1?item_id=${entries[2]}`)).status).toBe(409);
		checked('DELETE', '/playlists/{id}/tracks/{position}', await ada.send('DELETE', `${at}/tracks/1?item_id=${entries[1]}`), 204);
		expect(await order(ada, id)).toEqual([0, 2, 3, 4]);
		const removed = await ada.post(`${at}/remove`, { item_ids: [entries[0], entries[4], 999999999] });
		expect(checked('POST', '/playlists/{id}/remove', removed, 200)).toMatchObject({ removed: 2, track_count: 2 });
		expect(await order(ada, id)).toEqual([2, 3]);
		expect((await ada.send('DELETE', `${at}/tracks/2`)).status).toBe(404);
	});

	test('come in a new order as a whole', async () => {
		const entries = await fill(0, 1, 2, 3);
		await ada.send('PUT', `${at}/tracks`, { item_ids: [entries[3], entries[0], entries[2]] });
		expect(await order(ada, id)).toEqual([3, 0, 2]);
		expect(await items(ada, id)).toEqual([entries[3], entries[0], entries[2]]);
		expect((await ada.send('PUT', `${at}/tracks`, {})).status).toBe(422);
		expect((await ada.send('PUT', `${at}/tracks`, { track_ids: [], item_ids: [] })).status).toBe(422);
	});

	test('page by cursor through the whole list', async () => {
		await fill(...Array.from({ length: 20 }, (_, one) => one));
		const seen: number[] = [];
		let cursor: string | null = null;
		do {
			const page: any = await ada.json(`${at}/tracks?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`);
			expect(page.total).toBe(20);
			expect(page.items[0].position).toBe(seen.length);
			seen.push(...page.items.map((one: any) => one.id));
			cursor = page.next_cursor;
		} while (cursor !== null);
		expect(seen).toEqual(tracks.map((one) => one.id));
		expect((await ada.json(`${at}/tracks?limit=2&offset=5`)).items[0].position).toBe(5);
	});

	test('are not changed by an editor who saw an older version', async () => {
		const entries = await fill(0, 1, 2);
		const { version } = await ada.json(at);
		expect((await ada.post(`${at}/move`, { item_id: entries[2], to: 0, expected_version: version })).status).toBe(200);
		for (const [method, path, body] of [
			['POST', '/move', { item_id: entries[0], to: 2, expected_version: version }],
			['POST', '/tracks', { track_ids: ids(5), expected_version: version }],
			['PUT', '/tracks', { track_ids: [], expected_version: version }],
			['POST', '/remove', { item_ids: entries, expected_version: version }],
			['DELETE', `/tracks/0?expected_version=${version}`, undefined],
			['PATCH', '', { title: 'x', expected_version: version }],
		] as const) {
			const answer = await ada.send(method, at + path, body);
			expect(answer.status, method + path).toBe(409);
			expect(answer.json().error).toBe('conflict');
		}
		expect(await order(ada, id)).toEqual([2, 0, 1]);
	});

	test('keep every entry when several editors move at once', async () => {
		const entries = await fill(0, 1, 2, 3, 4, 5, 6, 7);
		const before = (await ada.json(at)).version;
		const moves = Array.from({ length: 40 }, (_, one) =>
			ada.post(`${at}/move`, { item_id: entries[(one * 3) % 8], to: (one * 5) % 8 }),
		);
		for (const answer of await Promise.all(moves)) expect(answer.status).toBe(200);
		expect((await order(ada, id)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
		expect((await ada.json(at)).version).toBe(before + 40);
	});
});

describe('rules', () => {
	test('describe themselves to an editor', async () => {
		const table = checked('GET', '/playlists/rules/fields', await server.ask(`${api}/playlists/rules/fields`), 200);
		const ops = table.ops.map((one: any) => one.name);
		expect(new Set(ops).size).toBe(ops.length);
		for (const field of table.fields) {
			expect(field.label.ru).toMatch(/[а-яё]/i);
			expect(field.ops.length).toBeGreaterThan(0);
			for (const op of field.ops) expect(ops).toContain(op);
		}
	});

	test('fill a playlist with what they find, now and later', async () => {
		const { genre } = tracks.find((one) => one.genre !== null);
		const all = (await server.json(`${api}/tracks?limit=100&genre=${encodeURIComponent(genre)}`)).items;
		const rules = { rules: [{ field: 'genre', op: 'is', value: genre.toUpperCase() }], sort: 'title' };
		const made = await make(ada, { title: 'By genre', rules, visibility: 'public' });
		expect(made).toMatchObject({ kind: 'rules', rules, track_count: all.length });
		expect(await server.json(`${api}/playlists/${made.id}`)).toMatchObject({ track_count: all.length });
		const page = await server.json(`${api}/playlists/${made.id}/tracks?limit=2`);
		expect(page.total).toBe(all.length);
		expect(page.items[0]).toMatchObject({ item_id: null, position: 0 });
		if (page.next_cursor !== null) {
			const next = await server.json(`${api}/playlists/${made.id}/tracks?limit=2&cursor=${page.next_cursor}`);
			expect(next.items[0].position).toBe(2);
		}
		expect((await server.ask(`${api}/playlists/${made.id}/tracks?cursor=x`)).status).toBe(422);
		const changed = await ada.send('PATCH', `${api}/playlists/${made.id}`, { rules: { rules: [], limit: 3 } });
		expect(changed.json()).toMatchObject({ track_count: 3 });
	});

	test('follow what the owner likes', async () => {
		const rules = { rules: [{ field: 'favorite', op: 'is', value: true }, { field: 'rating', op: 'gt', value: 3 }] };
		const { id } = await make(ada, { title: 'Liked', rules });
		expect(await order(ada, id)).toEqual([]);
		for (const one of ids(1, 4)) await ada.send('PUT', `${api}/me/favorites/track/${one}`);
		await ada.send('PUT', `${api}/me/ratings/track/${tracks[4].id}`, { rating: 5 });
		expect(await order(ada, id)).toEqual([4]);
		const preview = await bob.post(`${api}/playlists/rules/preview`, { rules });
		expect(checked('POST', '/playlists/rules/preview', preview, 200)).toMatchObject({ items: [], total: 0 });
		expect((await ada.post(`${api}/playlists/rules/preview`, { rules })).json().items[0].id).toBe(tracks[4].id);
	});

	test('are refused at the part that is wrong', async () => {
		const rules = { rules: [{ field: 'year', op: 'is', value: 1999 }, { field: 'year', op: 'gt', value: 'x' }] };
		for (const [method, path, body] of [
			['POST', '/playlists', { title: 'x', rules }],
			['POST', '/playlists/rules/preview', { rules }],
		] as const) {
			const answer = await ada.send(method, api + path, body);
			expect(answer.status).toBe(422);
			expect(answer.json().details[0].field).toBe('rules.rules[1].value');
		}
	});

	test('keep the hands off, and let go of what they found', async () => {
		const { id } = await make(ada, { title: 'Free', rules: { rules: [], sort: 'title', limit: 2 } });
		const at = `${api}/playlists/${id}`;
		expect((await ada.post(`${at}/tracks`, { track_ids: ids(0) })).status).toBe(409);
		expect((await ada.send('DELETE', `${at}/tracks/0`)).status).toBe(404);
		const freed = (await ada.send('PATCH', at, { rules: null })).json();
		expect(freed).toMatchObject({ kind: 'manual', rules: null, track_count: 2 });
		expect((await ada.post(`${at}/tracks`, { track_ids: ids(7) })).status).toBe(201);
		expect(await order(ada, id)).toHaveLength(3);
		expect((await ada.send('PATCH', at, { rules: { rules: [] } })).status).toBe(409);
	});
});

describe('a playlist as a file', () => {
	const bring = (who: Person, query: string, body: string | Buffer, type = 'audio/mpegurl'): Promise<Answer> =>
		who.ask(`${api}/playlists/import?${query}`, { method: 'POST', headers: { 'content-type': type }, body });

	test.each(['m3u8', 'xspf', 'json'])('goes out as %s and comes back as it was', async (format) => {
		const numbers = [5, 3, 3, 0, 9];
		const made = await make(ada, { title: 'Ёлки & <"палки">', description: 'all', track_ids: ids(...numbers) });
		const out = await ada.ask(`${api}/playlists/${made.id}/export?format=${format}`);
		expect(out.status).toBe(200);
		expect(out.header('content-disposition')).toMatch(/^attachment; /);
		expect(out.text).not.toContain(server.data);
		const back = checked('POST', '/playlists/import', await bring(bob, '', out.body), 201);
		expect(back).toMatchObject({
			format,
			encoding: 'UTF-8',
			title: 'Ёлки & <"палки">',
			total: 5,
			matched: 5,
			unmatched: [],
			playlist: { track_count: 5, owner: { username: 'bob' }, visibility: 'private' },
		});
		expect(await order(bob, back.playlist.id)).toEqual(numbers);
	});

	test('comes in by tags, and tells what is not there', async () => {
		const [one, other] = tracks.filter((track) => track.artist !== '');
		const file =
			'#EXTM3U\n' +
			`#EXTINF:${Math.round(one.duration_ms / 1000)},${one.artist.toUpperCase()} - ${one.title}\nC:\\x\\y.mp3\n` +
			'#EXTINF:100,Nobody - Nothing\nz.mp3\n' +
			`#EXTINF:1,${other.artist} - ${other.title} (Remastered)\n/a/b/c/d.mp3\n`;
		const dry = checked('POST', '/playlists/import', await bring(ada, 'dry_run=true', file), 200);
		expect(dry).toMatchObject({ playlist: null, total: 3, matched: 2, by: { tags: 2 }, unmatched_count: 1 });
		expect(dry.unmatched).toEqual([
			{ index: 1, path: 'z.mp3', artist: 'Nobody', title: 'Nothing', duration_ms: 100000 },
		]);
		const form =
			'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.m3u"\r\n' +
			`Content-Type: audio/x-mpegurl\r\n\r\n${file}\r\n--edge--\r\n`;
		const title = encodeURIComponent('Мой');
		const answer = await bring(ada, `title=${title}&visibility=public`, form, 'multipart/form-data; boundary=edge');
		const { playlist } = checked('POST', '/playlists/import', answer, 201);
		expect(playlist).toMatchObject({ title: 'Мой', is_public: true, track_count: 2 });
		const more = await bring(ada, `playlist_id=${playlist.id}`, JSON.stringify([other.id, tracks[7].id]));
		expect(more.json()).toMatchObject({ by: { id: 2 }, skipped_duplicates: 1, playlist: { track_count: 3 } });
		expect((await bring(bob, `playlist_id=${playlist.id}`, '[1]')).status).toBe(403);
	});

	test('of rules goes on as rules', async () => {
		const rules = { rules: [{ field: 'year', op: 'gt', value: 1990 }] };
		const made = await make(ada, { title: 'New', rules });
		const out = await ada.ask(`${api}/playlists/${made.id}/export?format=json`);
		expect((await bring(bob, '', out.body)).json().playlist).toMatchObject({ kind: 'rules', rules });
		const bad = JSON.stringify({ tracks: [], rules: { rules: [{ field: 'x' }] } });
		expect((await bring(bob, '', bad)).json().details[0].field).toBe('rules.rules[0].field');
	});

	test('is refused when it is none', async () => {
		for (const [body, query] of [
			['', ''],
			['<html/>', ''],
			['{}', ''],
			['{"tracks":[true]}', ''],
			['x', 'format=json'],
			['<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]><playlist><title>&e;</title></playlist>', ''],
			['a\n'.repeat(50001), ''],
		] as const) {
			const answer = await bring(ada, query, body);
			expect(answer.status, body.slice(0, 40)).toBe(422);
			expect(answer.json().details[0].field).toBe('file');
		}
		expect((await server.ask(`${api}/playlists/import`, { method: 'POST', body: '[1]' })).status).toBe(401);
	});
});

describe('search', () => {
	const found = async (who: Person | typeof server, q: string): Promise<any> =>
		checked('GET', '/search/playlists', await who.ask(`${api}/search/playlists?q=${encodeURIComponent(q)}`), 200);

	test('finds public playlists for everybody, and tells when they no longer are', async () => {
		const { id } = await make(ada, { title: 'Кататония осенью', is_public: true });
		expect((await found(server, 'кататония')).items[0]).toMatchObject({ id, owner: { username: 'ada' } });
		expect((await found(bob, 'katatoniya')).items[0].id).toBe(id);
		await ada.send('PATCH', `${api}/playlists/${id}`, { title: 'Весна' });
		expect((await found(bob, 'кататония')).total).toBe(0);
		expect((await found(bob, 'весна')).total).toBe(1);
		await ada.post(`${api}/playlists/${id}/unpublish`);
		expect((await found(bob, 'весна')).total).toBe(0);
		expect((await found(ada, 'весна')).items[0].id).toBe(id);
		await ada.send('DELETE', `${api}/playlists/${id}`);
		expect((await found(ada, 'весна')).total).toBe(0);
	});

	test("never lets a word of another person's private playlist out", async () => {
		const secret = 'Quixotryzm';
		await make(ada, { title: `${secret} one`, visibility: 'private' });
		await make(ada, { title: `${secret} two`, visibility: 'unlisted' });
		for (const q of [secret, 'Quixotryz', 'Quixotrizm', 'quix', 'Квиксотризм']) {
			for (const path of ['playlists', 'multi', 'suggest', 'tracks']) {
				for (const who of [server, bob, moderator]) {
					const answer = await who.ask(`${api}/search/${path}?q=${encodeURIComponent(q)}`);
					expect(answer.status).toBe(200);
					expect(answer.text.toLowerCase(), `${path} ${q}`).not.toContain('quixotryzm');
				}
			}
		}
		const mine = await found(ada, 'quixotr');
		expect(mine.total).toBe(2);
		expect(mine.items[0].highlights.title[0]).toMatchObject({ text: 'Quixotr', match: true });
		const multi = await ada.json(`${api}/search/multi?q=quixotryzm`);
		expect(multi.playlists.items).toHaveLength(2);
		expect(multi.top).toMatchObject({ type: 'playlist' });
		const suggest = await ada.json(`${api}/search/suggest?q=quixotr`);
		expect(suggest.items.map((one: any) => one.type)).toContain('playlist');
	});

	test('pages through own and public ones together', async () => {
		for (let one = 0; one < 3; one++) {
			await make(bob, { title: `Zephyrine ${one}` });
			await make(ada, { title: `Zephyrine public ${one}`, is_public: true });
		}
		const seen: number[] = [];
		for (let offset = 0; offset < 6; offset += 2) {
			const page = await bob.json(`${api}/search/playlists?q=zephyrine&limit=2&offset=${offset}`);
			expect(page.total).toBe(6);
			seen.push(...page.items.map((one: any) => one.id));
		}
		expect(new Set(seen).size).toBe(6);
	});
});

describe('a moderator', () => {
	test("sees everybody's playlists in one list that nobody else may read", async () => {
		const { id } = await make(ada, { title: 'Hidden away' });
		const answer = await moderator.ask(`/admin/api/playlists?owner=${ada.id}&sort=-created_at&limit=1`);
		expect(answer.status).toBe(200);
		expect(answer.json().items[0]).toMatchObject({ id, visibility: 'private', owner: { username: 'ada' } });
		expect((await ada.ask('/admin/api/playlists')).status).toBe(403);
		expect((await server.ask('/admin/api/playlists')).status).toBe(401);
		expect((await ada.send('DELETE', `/admin/api/playlists/${id}`)).status).toBe(403);
		expect((await moderator.send('DELETE', `/admin/api/playlists/${id}`)).status).toBe(204);
	});

	test("changes other people's playlists and leaves a row in the audit log", async () => {
		const { id } = await make(ada, { title: 'Rude', is_public: true });
		const at = `${api}/playlists/${id}`;
		expect((await moderator.json(at)).can_edit).toBe(true);
		expect((await moderator.send('PATCH', at, { title: 'Polite' })).status).toBe(200);
		expect((await moderator.post(`${at}/tracks`, { track_ids: ids(0) })).status).toBe(201);
		expect((await moderator.send('DELETE', at)).status).toBe(204);
		expect((await ada.ask(at)).status).toBe(404);
		const admin = await person(server, 'boss', 'admin');
		const log = await admin.json(`/admin/api/audit-logs?model_name=playlist&model_id=${id}`);
		expect(log.items.map((row: any) => [row.action, row.admin_user_id])).toEqual([
			['delete', moderator.id],
			['update', moderator.id],
			['update', moderator.id],
		]);
		expect(log.items[2]).toMatchObject({ old_values: { title: 'Rude' }, new_values: { title: 'Polite' } });
		const mine = await make(moderator, { title: 'My own' });
		await moderator.send('DELETE', `${api}/playlists/${mine.id}`);
		expect((await admin.json(`/admin/api/audit-logs?model_name=playlist&model_id=${mine.id}`)).items).toEqual([]);
	});
});
