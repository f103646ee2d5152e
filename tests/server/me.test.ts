// What belongs to the person who asks: favourites, ratings, the play queue that
// goes from device to device, and where to continue.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveMusic } from './support/library.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const server = await serveMusic('me');
const description = await Description.of(server);

let ada: Person;
let bob: Person;
let tracks: any[];

beforeAll(async () => {
	ada = await person(server, 'ada', 'user');
	bob = await person(server, 'bob', 'user');
	tracks = (await server.json(`${api}/tracks?limit=10`)).items;
});

function checked(method: string, pattern: string, answer: Answer, status = 200): any {
	const operation = description.operations.find((one) => one.method === method && one.path === `${api}/me${pattern}`);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return status === 204 ? undefined : answer.json();
}

test('nobody has anything without signing in', async () => {
	for (const path of ['favorites/track', 'favorites/track/1', 'favorites/ids', 'queue', 'continue'])
		expect((await server.ask(`${api}/me/${path}`)).status, path).toBe(401);
	for (const path of ['favorites/track/1', 'ratings/track/1', 'queue'])
		expect((await server.ask(`${api}/me/${path}`, { method: 'PUT' })).status, path).toBe(401);
});

describe('a favourite', () => {
	test('is set and taken back, any number of times', async () => {
		const path = `${api}/me/favorites/track/${tracks[0].id}`;
		const put = checked('PUT', '/favorites/{type}/{id}', await ada.send('PUT', path));
		expect(put).toMatchObject({ type: 'track', id: tracks[0].id, is_favorite: true, rating: null });
		expect((await ada.send('PUT', path)).json().favorited_at).toBe(put.favorited_at);
		expect((await bob.json(path)).is_favorite).toBe(false);
		checked('DELETE', '/favorites/{type}/{id}', await ada.send('DELETE', path), 204);
		expect((await ada.send('DELETE', path)).status).toBe(204);
		expect(await ada.json(path)).toMatchObject({ is_favorite: false, favorited_at: null });
	});

	test.each(['track', 'album', 'artist', 'playlist'])('may be a %s, and is listed as one', async (type) => {
		const playlist = (await bob.post(`${api}/playlists`, { title: 'Of Bob', is_public: true })).json();
		const id = { track: tracks[1].id, album: tracks[1].album_id, artist: tracks[1].artist_id, playlist: playlist.id }[type];
		expect((await ada.send('PUT', `${api}/me/favorites/${type}/${id}`)).status).toBe(200);
		const list = checked('GET', '/favorites/{type}', await ada.ask(`${api}/me/favorites/${type}`));
		expect(list).toMatchObject({ total: 1, next_cursor: null });
		const { favorited_at: at, ...thing } = list.items[0];
		expect(Date.parse(at)).toBeGreaterThan(0);
		const schema = `${type[0]?.toUpperCase()}${type.slice(1)}`;
		expect(description.mismatch(description.schemas[schema], thing)).toBeUndefined();
		expect((await ada.send('PUT', `${api}/me/favorites/${type}/999999999`)).status).toBe(404);
		expect((await bob.json(`${api}/me/favorites/${type}`)).total).toBe(0);
	});

	test('that is a playlist leaves the list when it is no longer to be seen', async () => {
		const { id } = (await bob.post(`${api}/playlists`, { title: 'Soon gone', is_public: true })).json();
		await ada.send('PUT', `${api}/me/favorites/playlist/${id}`);
		const listed = async (): Promise<number[]> =>
			(await ada.json(`${api}/me/favorites/playlist`)).items.map((one: any) => one.id);
		expect(await listed()).toContain(id);
		await bob.post(`${api}/playlists/${id}/unpublish`);
		expect(await listed()).not.toContain(id);
		await bob.send('DELETE', `${api}/playlists/${id}`);
		expect((await ada.json(`${api}/me/favorites/ids?type=playlist`)).ids).not.toContain(id);
	});

	test('comes before older ones, page by page', async () => {
		const eve = await person(server, 'eve', 'user');
		for (const one of tracks) await eve.send('PUT', `${api}/me/favorites/track/${one.id}`);
		const seen: number[] = [];
		let cursor: string | null = null;
		do {
			const page: any = await eve.json(`${api}/me/favorites/track?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`);
			seen.push(...page.items.map((one: any) => one.id));
			cursor = page.next_cursor;
		} while (cursor !== null);
		const newest = tracks.map((one) => one.id).reverse();
		expect(seen).toEqual(newest);
		expect(checked('GET', '/favorites/ids', await eve.ask(`${api}/me/favorites/ids`)).ids).toEqual(newest);
	});

	test('of a kind that there is not is refused', async () => {
		for (const type of ['tracks', 'x', 'user'])
			expect([404, 422]).toContain((await ada.send('PUT', `${api}/me/favorites/${type}/1`)).status);
	});
});

describe('a rating', () => {
	test('is 1 to 5 and each person has another', async () => {
		const path = `${api}/me/ratings/track/${tracks[2].id}`;
		const put = checked('PUT', '/ratings/{type}/{id}', await ada.send('PUT', path, { rating: 4 }));
		expect(put).toMatchObject({ rating: 4, is_favorite: false });
		await ada.send('PUT', path, { rating: 2 });
		expect((await ada.json(`${api}/me/favorites/ids`)).ratings).toEqual({ [tracks[2].id]: 2 });
		expect((await bob.json(`${api}/me/favorites/track/${tracks[2].id}`)).rating).toBeNull();
		for (const rating of [0, 6, 2.5, '3', null, undefined])
			expect((await ada.send('PUT', path, { rating })).status, String(rating)).toBe(422);
		checked('DELETE', '/ratings/{type}/{id}', await ada.send('DELETE', path), 204);
		expect((await ada.json(`${api}/me/favorites/track/${tracks[2].id}`)).rating).toBeNull();
	});

	test('stands beside the track in a playlist', async () => {
		const { id } = (await ada.post(`${api}/playlists`, { title: 'Rated', track_ids: [tracks[3].id, tracks[4].id] })).json();
		await ada.send('PUT', `${api}/me/ratings/track/${tracks[4].id}`, { rating: 5 });
		await ada.send('PUT', `${api}/me/favorites/track/${tracks[3].id}`);
		const { items } = await ada.json(`${api}/playlists/${id}/tracks`);
		expect(items.map((one: any) => [one.is_favorite, one.rating])).toEqual([
			[true, null],
			[false, 5],
		]);
	});
});

describe('the play queue', () => {
	test('begins empty', async () => {
		const queue = checked('GET', '/queue', await bob.ask(`${api}/me/queue`));
		expect(queue).toMatchObject({ version: 0, track_ids: [], current: null, repeat: 'off', updated_at: null });
	});

	test('goes from one device to another', async () => {
		const ids = tracks.slice(0, 5).map((one) => one.id);
		const saved = checked(
			'PUT',
			'/queue',
			await ada.send('PUT', `${api}/me/queue`, {
				track_ids: ids,
				current_index: 2,
				position_ms: 61000,
				device: 'Desk',
				shuffle: true,
				repeat: 'all',
				context: { type: 'album', id: tracks[2].album_id },
			}),
		);
		expect(saved.version).toBe(1);
		const queue = await ada.json(`${api}/me/queue?tracks=true`);
		expect(queue).toMatchObject({
			version: 1,
			track_ids: ids,
			current_index: 2,
			position_ms: 61000,
			device: 'Desk',
			shuffle: true,
			repeat: 'all',
			context: { type: 'album', id: tracks[2].album_id },
		});
		expect(queue.current.id).toBe(ids[2]);
		expect(queue.items.map((one: any) => one.id)).toEqual(ids);
	});

	test('keeps its list when only the place is saved', async () => {
		const before = await ada.json(`${api}/me/queue`);
		await ada.send('PUT', `${api}/me/queue`, { current_index: 3, position_ms: 5, device: 'Phone' });
		expect(await ada.json(`${api}/me/queue`)).toMatchObject({
			version: before.version + 1,
			track_ids: before.track_ids,
			current_index: 3,
			device: 'Phone',
			repeat: 'all',
		});
	});

	test('tells a device that another one was faster', async () => {
		const { version } = await ada.json(`${api}/me/queue`);
		const first = { current_index: 0, position_ms: 1, expected_version: version };
		expect((await ada.send('PUT', `${api}/me/queue`, first)).status).toBe(200);
		expect((await ada.send('PUT', `${api}/me/queue`, first)).status).toBe(409);
	});

	test('refuses a place that is not in it', async () => {
		for (const body of [
			{ track_ids: [tracks[0].id], current_index: 1 },
			{ current_index: 4999 },
			{ context: { type: 'x', id: 1 } },
			{ context: { type: 'album' } },
			{ repeat: 'twice' },
			{ track_ids: ['a'] },
		])
			expect((await ada.send('PUT', `${api}/me/queue`, body)).status, JSON.stringify(body)).toBe(422);
	});

	test('is emptied', async () => {
		await ada.send('PUT', `${api}/me/queue`, { track_ids: [] });
		expect(await ada.json(`${api}/me/queue`)).toMatchObject({ track_ids: [], current_index: 0, current: null });
	});
});

test('one continues where one stopped, the last first', async () => {
	const zoe = await person(server, 'zoe', 'user');
	const { id } = (await zoe.post(`${api}/playlists`, { title: 'Half heard', track_ids: [tracks[0].id] })).json();
	const save = (context: object, position: number): Promise<Answer> =>
		zoe.send('PUT', `${api}/me/queue`, { track_ids: [tracks[0].id, tracks[1].id], current_index: 1, position_ms: position, context });
	await save({ type: 'album', id: tracks[1].album_id }, 1000);
	await save({ type: 'playlist', id }, 2000);
	await save({ type: 'album', id: tracks[1].album_id }, 3000);
	const list = checked('GET', '/continue', await zoe.ask(`${api}/me/continue`));
	expect(list.items.map((one: any) => [one.type, one.position_ms, one.index])).toEqual([
		['album', 3000, 1],
		['playlist', 2000, 1],
	]);
	expect(list.items[1]).toMatchObject({ title: 'Half heard', subtitle: 'zoe' });
	expect(list.items[0].track.id).toBe(tracks[1].id);
	await zoe.send('DELETE', `${api}/playlists/${id}`);
	expect((await zoe.json(`${api}/me/continue`)).items).toHaveLength(1);
	expect((await bob.json(`${api}/me/continue`)).items).toEqual([]);
});
