// One recording in two formats: found by what is heard, merged, taken apart.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveUntilEnd, temporary } from './support/library.ts';
import { run, type Server, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const place = await temporary('duplicates');
const music = join(place, 'music');
const data = join(place, 'data');

/** A melody that does not come again, with a beat, as an encoded file. */
function render(file: string, melody: string, tags: Record<string, string>, options: string[] = []): void {
	const meta = Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
	const sound = `aevalsrc='0.3*sin(2*PI*t*(220+${melody}\\,7))))+0.3*random(0)*exp(-20*mod(t\\,0.5))':d=40:s=44100`;
	execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', sound, ...options, ...meta, join(music, file)]);
}

mkdirSync(music);
render('song.flac', '110*floor(mod(t*t', { title: 'Twice Told', artist: 'Echo', album: 'Answers' });
render('copy.mp3', '110*floor(mod(t*t', { title: 'Twice Told', artist: 'Echo' }, ['-ss', '5', '-b:a', '96k']);
render('other.mp3', '70*floor(mod(1.7*t*t', { title: 'Told Once', artist: 'Echo' });
const scan = await run(['scan', music, '--json', '--data', data]);
if (scan.code !== 0) throw new Error(scan.stderr);
const server: Server = await serveUntilEnd({ data, env: { ANALYSIS: 'yes', ANALYSIS_LOOK_SECONDS: '1' } });
const description = await Description.of(server);

let admin: Person;
let moderator: Person;
let listener: Person;
let group: any;
let song: number;
let copy: number;

/** The answer fits what the description says of its route; gives its JSON. */
function checked(method: string, path: string, answer: Answer, status = 200): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + path);
	expect(operation, `${method} ${path}`).toBeDefined();
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation!, answer)).toBeUndefined();
	return answer.json();
}

async function decide(what: string, body?: unknown, status = 200): Promise<any> {
	return checked('POST', `/duplicates/{id}/${what}`, await moderator.post(`${api}/duplicates/${group.id}/${what}`, body), status);
}

async function listed(query = ''): Promise<any[]> {
	return checked('GET', '/duplicates', await moderator.ask(`${api}/duplicates?${query}`)).items;
}

beforeAll(async () => {
	admin = await person(server, 'root', 'admin');
	moderator = await person(server, 'mod', 'moderator');
	listener = await person(server, 'lis', 'user');
	group = await until('the two are found', async () => (await listed())[0], 30_000);
	song = group.best_id;
	copy = group.tracks[1].track.id;
});

describe('two files of one recording', () => {
	test('are a group that says which one is best and why', async () => {
		expect(await listed()).toHaveLength(1);
		expect(group).toMatchObject({ state: 'open', kind: 'same_recording', sure: true, best_reason: 'lossless' });
		expect(group.tracks.map((one: any) => one.path)).toEqual(['song.flac', 'copy.mp3']);
		expect(group.confidence).toBeGreaterThan(0.8);
		const one = checked('GET', '/duplicates/{id}', await moderator.ask(`${api}/duplicates/${group.id}`));
		expect(one).toEqual(group);
		expect(await listed('sure=true')).toHaveLength(1);
		expect(await listed('state=merged')).toEqual([]);
	});

	test('are none of a listener\'s business', async () => {
		expect((await listener.ask(`${api}/duplicates`)).status).toBe(403);
		expect((await listener.post(`${api}/duplicates/${group.id}/merge`, { keep: song })).status).toBe(403);
	});
});

/** What the statistics tell of a track to an admin, of the first tracks, and of a listener's own. */
async function heard(id: number, period: string): Promise<any> {
	const { totals } = checked('GET', '/analytics/track/{id}', await admin.ask(`${api}/analytics/track/${id}?period=${period}`));
	const top = checked('GET', '/analytics/popular-tracks', await server.ask(`${api}/analytics/popular-tracks?period=${period}`));
	const own = checked('GET', '/me/recap', await listener.ask(`${api}/me/recap`));
	return {
		plays: totals.plays, listeners: totals.listeners,
		top: top.items.map((one: any) => [one.track.id, one.plays]), total: top.total,
		own: own.top_tracks.map((one: any) => [one.track.id, one.plays]),
	};
}

async function hear(who: Person, id: number, minutesAgo: number): Promise<void> {
	const played_at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
	const answer = await who.post(`${api}/analytics/listen`, { track_id: id, duration_played_ms: 34_000, played_at, session_id: 'tab' });
	expect(checked('POST', '/analytics/listen', answer, 202).plays).toBe(1);
}

describe('a merge', () => {
	test('keeps one track, whose place all others give up', async () => {
		await hear(listener, song, 10);
		for (const minutes of [20, 30]) await hear(listener, copy, minutes);
		await hear(moderator, copy, 10);
		await listener.send('PUT', `${api}/me/favorites/track/${copy}`);
		const playlist = (await listener.post(`${api}/playlists`, { title: 'Mine' })).json();
		await listener.post(`${api}/playlists/${playlist.id}/tracks`, { track_ids: [copy] });
		await decide('merge', { keep: 999999 }, 422);
		const merged = await decide('merge', { keep: song });
		expect(merged).toMatchObject({ state: 'merged', kept_id: song, decided_by: moderator.id });

		const favorites = (await listener.json(`${api}/me/favorites/track`)).items;
		expect(favorites.map((one: any) => one.track?.id ?? one.id)).toEqual([song]);
		const entries = (await listener.json(`${api}/playlists/${playlist.id}/tracks`)).items;
		expect(entries.map((one: any) => one.id)).toEqual([song]);
		expect((await server.json(`${api}/tracks?artist_id=${group.tracks[0].track.artist_id}`)).items).toHaveLength(2);
		const hits = await until('the index follows', async () => {
			const found = (await server.json(`${api}/search/tracks?q=twice`)).items;
			return found.length === 1 ? found : undefined;
		});
		expect(hits[0].id).toBe(song);
	});

	test('counts in the statistics what was heard of both for the one that was kept', async () => {
		const sum = { plays: 4, listeners: 2, top: [[song, 4]], total: 1, own: [[song, 3]] };
		expect(await heard(song, 'month')).toEqual(sum);
		expect((await heard(copy, 'month')).plays).toBe(4);
		const history = (await listener.json(`${api}/me/history`)).items;
		expect(history.map((one: any) => one.track.id)).toEqual([song, song, song]);
	});

	test('leaves old ids with their meaning', async () => {
		expect((await server.json(`${api}/tracks/${copy}`)).id).toBe(song);
		const [old, now] = [await server.ask(`/stream/${copy}`), await server.ask(`/stream/${song}`)];
		expect(old.status).toBe(200);
		expect(old.body.equals(now.body)).toBe(true);
		expect((await server.ask(`${api}/tracks/${copy}/waveform`)).status).toBe(200);
		await listener.send('PUT', `${api}/me/favorites/track/${copy}`);
		expect((await listener.json(`${api}/me/favorites/track`)).items).toHaveLength(1);
		expect((await moderator.post(`${api}/tracks/${copy}/restore`)).status).toBe(409);
	});

	test('is not undone by a scan', async () => {
		const again = await run(['scan', music, '--json', '--data', data]);
		expect(again.code).toBe(0);
		expect((await server.json(`${api}/tracks/${copy}`)).id).toBe(song);
		expect((await moderator.json(`${api}/tracks?hidden=true`)).items).toEqual([]);
	});

	test('is written down, and taken back whole', async () => {
		await decide('merge', { keep: song }, 409);
		const open = await decide('undo');
		expect(open).toMatchObject({ state: 'open', kept_id: null, decided_by: null });
		expect((await server.json(`${api}/tracks/${copy}`)).id).toBe(copy);
		const favorites = (await listener.json(`${api}/me/favorites/track`)).items;
		expect(favorites.map((one: any) => one.track?.id ?? one.id)).toEqual([copy]);
		const audit = (await admin.json(`/admin/api/audit-logs?model_name=duplicates&model_id=${group.id}`)).items;
		expect(audit.map((one: any) => one.new_values.decision)).toEqual(['undo', 'merge']);
		await decide('undo', undefined, 409);
		expect(await heard(copy, 'year')).toEqual({
			plays: 3, listeners: 2, top: [[copy, 3], [song, 1]], total: 2, own: [[copy, 2], [song, 1]],
		});
		expect((await heard(song, 'year')).plays).toBe(1);
	});
});

test('a playlist finds its tracks by their fingerprints, whatever names they have elsewhere', async () => {
	const mine = (await listener.post(`${api}/playlists`, { title: 'Abroad', track_ids: [song] })).json();
	const file = (await listener.ask(`${api}/playlists/${mine.id}/export?format=json`)).json();
	expect(file.tracks[0].fingerprint).toMatch(/^AQ/);
	const { fingerprint, duration_ms } = file.tracks[0];
	const abroad = { title: 'From Abroad', tracks: [{ title: 'Zweimal gesagt', artist: 'Hall', path: 'x/y.ogg', duration_ms, fingerprint }] };
	const answer = await listener.post(`${api}/playlists/import?format=json`, abroad);
	const report = checked('POST', '/playlists/import', answer, 201);
	expect(report.by).toMatchObject({ path: 0, tags: 0, fingerprint: 1 });
	const entries = (await listener.json(`${api}/playlists/${report.playlist.id}/tracks`)).items;
	expect(entries.map((one: any) => one.id)).toEqual([song]);
});

test('what is no duplicate is not shown again', async () => {
	await decide('dismiss', { track_id: 999999 }, 422);
	await decide('dismiss', {});
	expect(await listed()).toEqual([]);
	expect((await listed('state=dismissed')).map((one) => one.id)).toEqual([group.id]);
	await decide('undo');
	expect(await listed()).toHaveLength(1);
});
