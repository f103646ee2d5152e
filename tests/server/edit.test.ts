// Changing the catalogue as a client does: edits that outlive scans and are
// taken back, hidden tracks, pictures, owners, genres, many tracks at once.
import { beforeAll, describe, expect, test } from 'vitest';
import { bombPng } from './support/bytes.ts';
import type { Answer } from './support/http.ts';
import { scannedData, serveMusic, serveMusicOnPostgres } from './support/library.ts';
import { run, serve, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
// edit_postgres.test.ts runs all of this a second time.
const onPostgres = process.env['EDIT_ON'] === 'postgres';
const { server, env } = onPostgres
	? await serveMusicOnPostgres('edit')
	: { server: await serveMusic('edit'), env: {} };
const description = await Description.of(server);

let admin: Person;
let moderator: Person;
let artist: Person;
let listener: Person;
let tracks: any[];

beforeAll(async () => {
	admin = await person(server, 'root', 'admin', env);
	moderator = await person(server, 'mod', 'moderator', env);
	artist = await person(server, 'anna', 'artist', env);
	listener = await person(server, 'lis', 'user', env);
	tracks = (await server.json(`${api}/tracks?limit=100`)).items.filter((one: any) => one.album_id && one.artist_id);
});

/** The answer fits what the description says of its route; gives its JSON. */
function checked(method: string, pattern: string, answer: Answer, status: number): any {
	const path = pattern.startsWith('/admin') ? pattern : api + pattern;
	const operation = description.operations.find((one) => one.method === method && one.path === path);
	if (operation === undefined) throw new Error(`no ${method} ${path}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return status === 204 ? undefined : answer.json();
}

async function put(who: Person, area: string, id: number, body: unknown, status = 200): Promise<any> {
	return checked('PUT', `/${area}/{id}`, await who.send('PUT', `${api}/${area}/${id}`, body), status);
}

/** Reads every file anew, as after a change of the scanner. */
async function scanAgain(): Promise<void> {
	const sources = (await admin.json(`${api}/sources`)).items;
	for (const source of sources) {
		const job = checked('POST', '/sources/{id}/scan', await admin.post(`${api}/sources/${source.id}/scan`, { again: true }), 202);
		await until('the scan', async () => {
			const now = await admin.json(`${api}/jobs/${job.id}`);
			return ['done', 'failed', 'cancelled'].includes(now.state) ? now : undefined;
		}, 60_000);
	}
}

async function lastAudit(model: string, id: number): Promise<any> {
	return (await admin.json(`/admin/api/audit-logs?model_name=${model}&model_id=${id}&limit=1`)).items[0];
}

describe('a track', () => {
	test('keeps what a moderator wrote over a scan, and gives it back', async () => {
		const before = tracks[0];
		const edited = await put(moderator, 'tracks', before.id, {
			title: '  Written by hand ',
			artists: ['Somebody New', { name: 'A Guest', role: 'featured' }],
			year: 1971,
			genre: 'Handmade',
			composer: 'One; Two',
			track_no: null,
		});
		expect(edited).toMatchObject({
			id: before.id, title: 'Written by hand', artist: 'Somebody New feat. A Guest', year: 1971,
			genre: 'Handmade', composer: 'One, Two', track_no: null, album_id: before.album_id,
		});
		await scanAgain();
		expect(await server.json(`${api}/tracks/${before.id}`)).toMatchObject({ title: 'Written by hand', genre: 'Handmade' });
		const found = await until('the search', async () => {
			const hits = (await server.json(`${api}/search/tracks?q=written+by+hand`)).items;
			return hits.some((one: any) => one.id === before.id);
		});
		expect(found).toBe(true);

		const edits = checked('GET', '/tracks/{id}/edits', await moderator.ask(`${api}/tracks/${before.id}/edits`), 200);
		expect(edits.fields).toMatchObject({ title: 'Written by hand', year: 1971 });
		expect(edits.fields.artists[1]).toMatchObject({ name: 'A Guest', role: 'featured' });
		expect(edits.tags.title).toBe(before.title);
		expect(edits.updated_by.username).toBe('mod');
		const row = await lastAudit('track', before.id);
		expect(row).toMatchObject({ action: 'update', admin_username: 'mod' });
		expect(row.old_values.title).toBe(before.title);
		expect(row.new_values.title).toBe('Written by hand');

		const undone = checked('DELETE', '/tracks/{id}/edits', await moderator.send('DELETE', `${api}/tracks/${before.id}/edits?fields=title,year`), 200);
		expect(undone).toMatchObject({ title: before.title, year: before.year, genre: 'Handmade' });
		const whole = checked('DELETE', '/tracks/{id}/edits', await moderator.send('DELETE', `${api}/tracks/${before.id}/edits`), 200);
		expect({ ...whole, updated_at: '' }).toEqual({ ...before, updated_at: '' });
	});

	test('is hidden from everybody and brought back, whatever scans do', async () => {
		const track = tracks[1];
		checked('DELETE', '/tracks/{id}', await moderator.send('DELETE', `${api}/tracks/${track.id}`), 204);
		await scanAgain();
		expect((await server.ask(`${api}/tracks/${track.id}`)).status).toBe(404);
		expect((await server.ask(`${api}/tracks/${track.id}/stream`)).status).toBe(404);
		const hidden = checked('GET', '/tracks', await moderator.ask(`${api}/tracks?hidden=true`), 200);
		expect(hidden.items.map((one: any) => one.id)).toEqual([track.id]);
		expect((await server.ask(`${api}/tracks?hidden=true`)).status).toBe(401);
		expect((await listener.ask(`${api}/tracks?hidden=true`)).status).toBe(403);
		const row = await lastAudit('track', track.id);
		expect(row).toMatchObject({ action: 'delete' });
		expect(row.old_values.title).toBe(track.title);
		const back = checked('POST', '/tracks/{id}/restore', await moderator.post(`${api}/tracks/${track.id}/restore`), 200);
		expect(back.title).toBe(track.title);
		expect((await server.ask(`${api}/tracks/${track.id}`)).status).toBe(200);
	});

	test('refuses what cannot be, and changes nothing', async () => {
		const track = tracks[2];
		const before = await server.json(`${api}/tracks/${track.id}`);
		const bad: [unknown, string][] = [
			[{ title: '   ' }, 'title'],
			[{ artists: [] }, 'artists'],
			[{ artists: [{ role: 'main' }] }, 'artists'],
			[{ artists: [{ name: 'X', role: 'king' }] }, 'artists'],
			[{ artists: [{ name: 'X', role: 'composer' }] }, 'artists'],
			[{ artists: [{ id: 999999 }] }, 'artists'],
			[{ artists: ['a\u0007b'] }, 'artists'],
			[{ genres: [{}] }, 'genres'],
			[{ genres: ['x'.repeat(101)] }, 'genres'],
			[{ album_id: 999999 }, 'album_id'],
			[{ year: 0 }, 'year'],
			[{ reset: ['id'] }, 'reset'],
			[{ reset: [1] }, 'reset'],
		];
		for (const [body, field] of bad) {
			const answer = await put(moderator, 'tracks', track.id, body, 422);
			expect(answer.details[0].field, JSON.stringify(body)).toBe(field);
		}
		expect(await server.json(`${api}/tracks/${track.id}`)).toEqual(before);
		await put(moderator, 'tracks', 999999, { title: 'X' }, 404);
		expect((await moderator.post(`${api}/tracks`, { title: 'X' })).status).toBe(405);
	});

	test('keeps markup, quotes and every script as they were written', async () => {
		const title = `<b>"Ünïcode" 'привет' 日本; drop table tracks;--`;
		const edited = await put(moderator, 'tracks', tracks[2].id, { title });
		expect(edited.title).toBe(title);
		await put(moderator, 'tracks', tracks[2].id, { reset: ['title'] });
	});
});

describe('an album', () => {
	test('takes title, artists, year, genres and picture', async () => {
		const album = await server.json(`${api}/albums/${tracks[3].album_id}`);
		const edited = await put(moderator, 'albums', album.id, { title: 'Renamed', artists: ['New Band'], year: 1966, genres: ['Polka'] });
		expect(edited).toMatchObject({ id: album.id, title: 'Renamed', artist: 'New Band', year: 1966, genre: 'Polka', track_count: album.track_count });
		expect((await server.json(`${api}/tracks/${tracks[3].id}`))).toMatchObject({ album: 'Renamed', album_artist: 'New Band', genre: 'Polka' });
		await scanAgain();
		expect(await server.json(`${api}/albums/${album.id}`)).toMatchObject({ title: 'Renamed', artist: 'New Band', year: 1966 });

		const picture = bombPng(200);
		const pictured = checked('PUT', '/albums/{id}/cover', await moderator.ask(`${api}/albums/${album.id}/cover`, {
			method: 'PUT', body: picture, headers: { 'content-type': 'image/png' },
		}), 200);
		expect(pictured.cover_url).not.toBe(album.cover_url);
		const original = await server.ask(pictured.cover_url);
		expect(original.body.equals(picture)).toBe(true);
		expect((await server.ask(`${pictured.cover_url}&size=64`)).status).toBe(200);

		const undone = checked('DELETE', '/albums/{id}/edits', await moderator.send('DELETE', `${api}/albums/${album.id}/edits`), 200);
		expect({ ...undone, updated_at: '' }).toEqual({ ...album, updated_at: '' });
	});

	test('takes no picture that cannot be shown', async () => {
		const album = tracks[3].album_id;
		for (const body of [Buffer.from('no picture'), bombPng(20).subarray(0, 40), bombPng(29000), Buffer.alloc(0)]) {
			const answer = await moderator.ask(`${api}/albums/${album}/cover`, { method: 'PUT', body, headers: { 'content-type': 'image/png' } });
			expect(answer.status, answer.text.slice(0, 200)).toBe(422);
		}
	});

	test('is hidden with all its tracks and brought back', async () => {
		const album = await server.json(`${api}/albums/${tracks[3].album_id}`);
		checked('DELETE', '/albums/{id}', await moderator.send('DELETE', `${api}/albums/${album.id}`), 204);
		expect((await server.ask(`${api}/albums/${album.id}`)).status).toBe(404);
		expect((await server.ask(`${api}/tracks/${tracks[3].id}`)).status).toBe(404);
		const back = checked('POST', '/albums/{id}/restore', await moderator.post(`${api}/albums/${album.id}/restore`), 200);
		expect(back.track_count).toBe(album.track_count);
	});

	test('is made before its tracks, which are moved there', async () => {
		const made = checked('POST', '/albums', await moderator.post(`${api}/albums`, { title: 'Best of', artists: ['New Band'], year: 2020 }), 201);
		expect(made).toMatchObject({ title: 'Best of', artist: 'New Band', track_count: 0 });
		expect((await server.ask(`${api}/albums/${made.id}`)).status).toBe(404);
		await put(moderator, 'tracks', tracks[4].id, { album_id: made.id });
		expect(await server.json(`${api}/albums/${made.id}`)).toMatchObject({ track_count: 1, year: 2020 });
		checked('POST', '/albums', await moderator.post(`${api}/albums`, { title: 'Best of', artists: ['New Band'] }), 409);
		await put(moderator, 'tracks', tracks[4].id, { reset: ['album'] });
	});
});

describe('an artist', () => {
	test('is renamed everywhere, with a text of their own', async () => {
		const id = tracks[0].artist_id;
		const before = await server.json(`${api}/artists/${id}`);
		expect(before.bio).toBeNull();
		await put(moderator, 'artists', id, { name: 'Another Name', bio: 'Born in\nsong.' });
		const now = checked('GET', '/artists/{id}', await server.ask(`${api}/artists/${id}`), 200);
		expect(now).toMatchObject({ name: 'Another Name', bio: 'Born in\nsong.' });
		expect(now.owners).toBeNull();
		expect((await server.json(`${api}/tracks/${tracks[0].id}`)).artist).toContain('Another Name');
		await scanAgain();
		expect((await server.json(`${api}/tracks/${tracks[0].id}`)).artist).toContain('Another Name');
		const other = tracks.find((one) => one.artist_id !== id);
		await put(moderator, 'artists', id, { name: other.artists[0].name }, 409);
		const undone = checked('DELETE', '/artists/{id}/edits', await moderator.send('DELETE', `${api}/artists/${id}/edits`), 200);
		expect(undone.name).toBe(before.name);
		expect((await server.json(`${api}/tracks/${tracks[0].id}`)).artist).toBe(tracks[0].artist);
	});

	test('has owners, who edit what is theirs and nothing else', async () => {
		const id = tracks[0].artist_id;
		const mine = tracks[0];
		const other = tracks.find((one) => one.artists.every((credit: any) => credit.id !== id));
		await put(artist, 'tracks', mine.id, { title: 'Mine' }, 403);
		const owners = checked('PUT', '/artists/{id}/owners/{user_id}', await moderator.send('PUT', `${api}/artists/${id}/owners/${artist.id}`), 200);
		expect(owners.items).toMatchObject([{ id: artist.id, username: 'anna' }]);
		expect((await lastAudit('artist', id)).new_values).toEqual({ owner_user_id: artist.id });

		expect((await put(artist, 'tracks', mine.id, { title: 'Mine' })).title).toBe('Mine');
		await put(artist, 'tracks', mine.id, { reset: ['title'] });
		await put(artist, 'artists', id, { bio: 'It is me.' });
		await put(artist, 'tracks', other.id, { title: 'Mine' }, 403);
		await put(artist, 'albums', other.album_id, { title: 'Mine' }, 403);
		await put(artist, 'artists', other.artist_id, { bio: 'no' }, 403);
		await put(listener, 'tracks', mine.id, { title: 'Mine' }, 403);
		expect((await artist.send('DELETE', `${api}/tracks/${other.id}`)).status).toBe(403);
		expect((await artist.ask(`${api}/tracks/${other.id}/edits`)).status).toBe(403);
		expect((await artist.post(`${api}/genres`, { name: 'X' })).status).toBe(403);
		expect((await artist.send('PUT', `${api}/artists/${id}/owners/${listener.id}`)).status).toBe(403);

		const profile = checked('GET', '/artists/{id}', await artist.ask(`${api}/artists/${id}`), 200);
		expect(profile.owners).toMatchObject([{ id: artist.id }]);
		const owned = checked('GET', '/artists/by-user/{id}', await artist.ask(`${api}/artists/by-user/${artist.id}`), 200);
		expect(owned.items.map((one: any) => one.id)).toEqual([id]);
		expect((await listener.ask(`${api}/artists/by-user/${artist.id}`)).status).toBe(403);

		checked('DELETE', '/artists/{id}/owners/{user_id}', await moderator.send('DELETE', `${api}/artists/${id}/owners/${artist.id}`), 204);
		await put(artist, 'tracks', mine.id, { title: 'Mine' }, 403);
		await put(moderator, 'artists', id, { reset: ['bio'] });
	});

	test('is made by themselves, before there is a track', async () => {
		const made = checked('POST', '/artists', await artist.post(`${api}/artists`, { name: 'Anna Herself', bio: 'Soon.' }), 201);
		expect((await server.ask(`${api}/artists/${made.id}`)).status).toBe(404);
		expect((await artist.json(`${api}/artists/${made.id}`)).bio).toBe('Soon.');
		const album = checked('POST', '/albums', await artist.post(`${api}/albums`, { title: 'First', artists: [{ id: made.id }] }), 201);
		expect(album.artists[0].id).toBe(made.id);
		checked('POST', '/albums', await artist.post(`${api}/albums`, { title: 'Second', artists: [{ id: tracks[0].artist_id }] }), 403);
		checked('POST', '/albums', await artist.post(`${api}/albums`, { title: 'Second' }), 422);
		checked('POST', '/artists', await artist.post(`${api}/artists`, { name: 'ANNA herself' }), 409);
	});
});

describe('genres', () => {
	async function genreNamed(name: string): Promise<any> {
		return (await server.json(`${api}/genres?limit=100`)).items.find((one: any) => one.name === name);
	}

	test('are renamed, merged, removed and brought back', async () => {
		const many = [tracks[5].id, tracks[6].id];
		const bulk = checked('POST', '/admin/api/tracks/bulk', await moderator.post('/admin/api/tracks/bulk', { ids: many, action: 'edit', genre: 'Wrong' }), 200);
		expect(bulk.changed).toEqual(many);
		const wrong = await genreNamed('Wrong');
		expect(wrong.track_count).toBe(2);
		expect((await put(moderator, 'genres', wrong.id, { name: 'Right' })).name).toBe('Right');
		await put(moderator, 'genres', wrong.id, { reset: ['name'] });

		const right = checked('POST', '/genres', await moderator.post(`${api}/genres`, { name: 'Right one' }), 201);
		const target = await put(moderator, 'genres', wrong.id, { merge_into: right.id });
		expect(target.id).toBe(right.id);
		await until('the tracks', async () => ((await genreNamed('Right one'))?.track_count === 2 ? true : undefined));
		expect(await genreNamed('Wrong')).toBeUndefined();
		expect((await server.json(`${api}/genres/name/wrong`)).id).toBe(right.id);
		const merged = checked('GET', '/genres', await moderator.ask(`${api}/genres?merged=true`), 200);
		expect(merged.items).toMatchObject([{ id: wrong.id, merged_into: { id: right.id } }]);
		const found = async (query: string): Promise<number[]> => (await moderator.json(`${api}/genres?${query}`)).items.map((one: any) => one.id);
		expect(await found('q=GHT%20one')).toEqual([right.id]);
		expect(await found('merged=true&q=WR%C3%B6ng&sort=name')).toEqual([wrong.id]);
		expect(await found('merged=true&q=right')).toEqual([]);
		await put(moderator, 'genres', wrong.id, { merge_into: right.id }, 409);
		await put(moderator, 'genres', right.id, { merge_into: right.id }, 422);

		checked('POST', '/genres/{id}/restore', await moderator.post(`${api}/genres/${wrong.id}/restore`), 200);
		await until('the tracks', async () => ((await genreNamed('Wrong'))?.track_count === 2 ? true : undefined));
		checked('DELETE', '/genres/{id}', await moderator.send('DELETE', `${api}/genres/${wrong.id}`), 204);
		await until('the tracks', async () => ((await genreNamed('Wrong')) === undefined ? true : undefined));
		const reset = checked('POST', '/admin/api/tracks/bulk', await moderator.post('/admin/api/tracks/bulk', { ids: many, action: 'reset', reset: ['genres'] }), 200);
		expect(reset.changed).toEqual(many);
		expect((await server.json(`${api}/tracks/${many[0]}`)).genre).toBe(tracks[5].genre);
		expect((await lastAudit('genre', wrong.id)).action).toBe('delete');
	});
});

describe('many tracks', () => {
	test('are changed in one go; those it does not fit are told', async () => {
		const ids = [tracks[7].id, 999999, tracks[8].id];
		const hidden = checked('POST', '/admin/api/tracks/bulk', await moderator.post('/admin/api/tracks/bulk', { ids, action: 'hide' }), 200);
		expect(hidden.changed).toEqual([tracks[7].id, tracks[8].id]);
		expect(hidden.refused).toMatchObject([{ id: 999999 }]);
		expect((await server.ask(`${api}/tracks/${tracks[7].id}`)).status).toBe(404);
		const row = (await admin.json('/admin/api/audit-logs?action=bulk_delete&limit=1')).items[0];
		expect(row.new_values.ids).toEqual([tracks[7].id, tracks[8].id]);
		checked('POST', '/admin/api/tracks/bulk', await moderator.post('/admin/api/tracks/bulk', { ids, action: 'restore' }), 200);
		expect((await server.ask(`${api}/tracks/${tracks[7].id}`)).status).toBe(200);
		checked('POST', '/admin/api/tracks/bulk', await moderator.post('/admin/api/tracks/bulk', { ids, action: 'edit' }), 422);
		expect((await artist.post('/admin/api/tracks/bulk', { ids, action: 'hide' })).status).toBe(403);
	});
});

test.skipIf(onPostgres)('edits that were answered outlive a server that is killed; the others are whole or not there', async () => {
	const data = await scannedData('edit-killed');
	const first = await serve({ data });
	const boss = await person(first, 'boss', 'moderator');
	const ids: number[] = (await first.json(`${api}/tracks?limit=30`)).items.map((one: any) => one.id);
	const answered = new Map<number, string>();
	let killed = false;
	const editing = ids.map(async (id) => {
		for (let n = 0; !killed; n++) {
			const title = `Round ${n} of ${id}`;
			const answer = await boss.send('PUT', `${api}/tracks/${id}`, { title, artists: [`Artist ${n}`], genre: `Genre ${n}` }).catch(() => undefined);
			if (answer?.status === 200) answered.set(id, title);
		}
	});
	await until('some edits', () => answered.size > 10);
	killed = true;
	await first.kill();
	await Promise.all(editing);
	const check = await run(['doctor', '--data', data]);
	expect(check.code, check.stdout).toBe(0);
	const second = await serve({ data });
	try {
		for (const [id, title] of answered) {
			const track = await second.json(`${api}/tracks/${id}`);
			const round = Number(/Round (\d+) of/.exec(track.title)?.[1]);
			expect(round).toBeGreaterThanOrEqual(Number(/Round (\d+) of/.exec(title)?.[1]));
			expect(track).toMatchObject({ artist: `Artist ${round}`, genre: `Genre ${round}` });
		}
	} finally {
		await second.stop();
	}
});

test('after all of it every kept number is right', async () => {
	const checkedUp = await run(['doctor', '--data', server.data], { env });
	expect(checkedUp.stdout + checkedUp.stderr).not.toMatch(/wrong:/);
	expect(checkedUp.code).toBe(0);
});
