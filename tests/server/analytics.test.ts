// Listening: what players report, what it counts for, and the pages made of it.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { find, scannedData, serveMusic, serveUntilEnd, temporary } from './support/library.ts';
import { serve, until } from './support/ogma.ts';
import { type Person, person, post } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const server = await serveMusic('analytics');
const description = await Description.of(server);

let ada: Person;
let bob: Person;
let artist: Person;
let admin: Person;
let long: any; // 40 seconds: long enough to be played
let short: any;

beforeAll(async () => {
	ada = await person(server, 'ada', 'user');
	bob = await person(server, 'bob', 'user');
	artist = await person(server, 'nick', 'artist');
	admin = await person(server, 'root', 'admin');
	const tracks = (await server.json(`${api}/tracks?limit=100`)).items;
	long = tracks.find((one: any) => one.duration_ms > 30_000);
	short = tracks.find((one: any) => one.duration_ms < 10_000 && one.genres.length > 0);
});

function checked(method: string, pattern: string, answer: Answer, status = 200): any {
	const operation = description.operations.find((one) => one.method === method && one.path === `${api}${pattern}`);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return answer.json();
}

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const listen = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
	track_id: long.id, duration_played_ms: 38_000, played_at: ago(120_000), session_id: 'tab', platform: 'web',
	device_type: 'desktop', client: 'test 1', source: 'album', source_id: long.album_id, ...more,
});
const report = async (who: Person, more: Record<string, unknown> = {}): Promise<any> =>
	checked('POST', '/analytics/listen', await who.post(`${api}/analytics/listen`, listen(more)), 202);

describe('a report of a player', () => {
	test('that half of a track was heard is a play, and reaches the play count', async () => {
		const before = (await server.json(`${api}/tracks/${long.id}`)).play_count;
		const began = ago(100_000);
		expect(await report(bob, { duration_played_ms: 10_000, played_at: began, action: 'progress' })).toMatchObject({ accepted: 1, plays: 0 });
		expect(await report(bob, { duration_played_ms: 39_000, played_at: began })).toMatchObject({ accepted: 1, plays: 1 });
		expect(await report(bob, { duration_played_ms: 39_500, played_at: began })).toMatchObject({ accepted: 1, plays: 0 });
		const fresh = { played_at: ago(200_000), event_id: 'one' };
		expect(await report(bob, fresh)).toMatchObject({ accepted: 1, duplicates: 0, plays: 1, rejected: [] });
		expect(await report(bob, fresh)).toMatchObject({ accepted: 0, duplicates: 1, plays: 0 });
		await until('the play count', async () => (await server.json(`${api}/tracks/${long.id}`)).play_count === before + 2);
		expect((await server.json(`${api}/artists/${long.artist_id}`)).popularity).toBeGreaterThan(0);
	});

	test('of a track of thirty seconds or less is kept and is no play', async () => {
		expect(await report(bob, { track_id: short.id, duration_played_ms: short.duration_ms })).toMatchObject({ accepted: 1, plays: 0 });
	});

	test('may come under the address of the track', async () => {
		const { track_id: _, ...body } = listen({ played_at: ago(300_000) });
		const answer = await bob.post(`${api}/tracks/${long.id}/listen`, body);
		expect(checked('POST', '/tracks/{id}/listen', answer, 202).plays).toBe(1);
		expect((await bob.post(`${api}/tracks/999999999/listen`, body)).status).toBe(404);
	});

	test('of somebody who is not signed in needs a session', async () => {
		const anonymous = await post(server, `${api}/analytics/listen`, listen({ session_id: 'kiosk', played_at: ago(400_000) }));
		expect(checked('POST', '/analytics/listen', anonymous, 202).plays).toBe(1);
		const nobody = await post(server, `${api}/analytics/listen`, listen({ session_id: undefined }));
		expect(nobody.status).toBe(422);
		expect(nobody.json().details[0].field).toBe('session_id');
	});

	test.each([
		[{ track_id: undefined }, 'track_id'],
		[{ duration_played_ms: undefined }, 'duration_played_ms'],
		[{ played_at: ago(-3_600_000) }, 'played_at'],
		[{ played_at: ago(30 * 86_400_000) }, 'played_at'],
		[{ duration_played_ms: -1 }, 'duration_played_ms'],
		[{ action: 'dance' }, 'action'],
		[{ source: 'nowhere' }, 'source'],
		[{ session_id: 'x'.repeat(65) }, 'session_id'],
	])('with %j is refused', async (more, field) => {
		const answer = await ada.post(`${api}/analytics/listen`, listen(more));
		expect(answer.status, answer.text).toBe(422);
		expect(answer.json().details.map((one: any) => one.field)).toContain(field);
	});

	test('of a track that is not there is 404', async () => {
		expect((await ada.post(`${api}/analytics/listen`, listen({ track_id: 999999999 }))).status).toBe(404);
	});

	test('may be one of many, each judged by itself, in the language of the caller', async () => {
		const events = [
			listen({ played_at: ago(900_000) }),
			listen({ track_id: 999999999 }),
			{ track_id: 'x' },
			'nothing',
			listen({ played_at: ago(800_000), platform: 5 }),
			listen({ played_at: ago(700_000), action: 'skip', duration_played_ms: 3_000 }),
		];
		const answer = await ada.ask(`${api}/analytics/listen`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'accept-language': 'ru' },
			body: JSON.stringify({ events }),
		});
		const receipt = checked('POST', '/analytics/listen', answer, 202);
		expect(receipt).toMatchObject({ accepted: 2, plays: 1, duplicates: 0 });
		expect(receipt.rejected.map((one: any) => one.index).sort()).toEqual([1, 2, 3, 4]);
		expect(receipt.rejected.find((one: any) => one.index === 1)).toMatchObject({ field: 'track_id', message: 'такой записи нет' });
		expect((await ada.post(`${api}/analytics/listen`, { events: [] })).status).toBe(422);
		expect((await ada.post(`${api}/analytics/listen`, { events: Array.from({ length: 201 }, () => listen()) })).status).toBe(422);
	});
});

describe('history', () => {
	let eve: Person;
	beforeAll(async () => {
		eve = await person(server, 'eve', 'user');
		for (let i = 0; i < 5; i++)
			await report(eve, { played_at: ago((i + 2) * 600_000), ...(i === 3 ? { action: 'skip', duration_played_ms: 1_000 } : {}) });
	});

	test('is one item for each listening, the newest first, page by page', async () => {
		const seen: string[] = [];
		for (let cursor: string | null = ''; cursor !== null;) {
			const path: string = `${api}/me/history?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
			const page = checked('GET', '/me/history', await eve.ask(path));
			expect(page.items.length).toBeLessThanOrEqual(2);
			seen.push(...page.items.map((one: any) => one.played_at));
			cursor = page.next_cursor;
		}
		expect(seen).toHaveLength(5);
		expect([...seen].sort().reverse()).toEqual(seen);
	});

	test('tells what was played, how long, and where it was found', async () => {
		const { items } = await eve.json(`${api}/me/history`);
		expect(items[0]).toMatchObject({
			track_id: long.id, counted: true, action: 'complete', heard_ms: 38_000, source: 'album', source_id: long.album_id,
			platform: 'web', device_type: 'desktop', client: 'test 1',
		});
		expect(items[0].track.title).toBe(long.title);
		expect(items.find((one: any) => one.action === 'skip').counted).toBe(false);
		expect((await eve.json(`${api}/me/history?plays=true`)).items).toHaveLength(4);
		expect((await eve.ask(`${api}/me/history?cursor=nonsense`)).status).toBe(422);
	});

	test('is for oneself and for admins', async () => {
		const path = `${api}/users/${eve.id}/listening-history`;
		expect(checked('GET', '/users/{id}/listening-history', await eve.ask(path)).items).toHaveLength(5);
		expect((await admin.json(path)).items).toHaveLength(5);
		expect((await bob.ask(path)).status).toBe(403);
		expect((await server.ask(`${api}/me/history`)).status).toBe(401);
	});
});

describe('the page of one person', () => {
	let mia: Person;
	beforeAll(async () => {
		mia = await person(server, 'mia', 'user');
		await report(mia, { played_at: ago(600_000) });
		await report(mia, { played_at: ago(1_200_000), source: 'radio', platform: 'ios' });
		await report(mia, { track_id: short.id, played_at: ago(1_800_000), duration_played_ms: 1_000, action: 'skip' });
	});

	test('adds up what was heard', async () => {
		const page = checked('GET', '/analytics/user/{id}', await mia.ask(`${api}/analytics/user/${mia.id}`));
		expect(page.totals).toMatchObject({ plays: 2, completes: 2, skips: 1, heard_ms: 77_000, tracks: 2 });
		expect(page.totals.completion_rate).toBeCloseTo(2 / 3);
		expect(page.period).toMatchObject({ interval: 'day', days: 30 });
		expect(page.series).toHaveLength(30);
		expect(page.series.reduce((sum: number, one: any) => sum + one.plays, 0)).toBe(2);
		expect(page.weekday_hours.map((day: number[]) => day.length)).toEqual([24, 24, 24, 24, 24, 24, 24]);
		expect(page.weekday_hours.flat().reduce((sum: number, one: number) => sum + one, 0)).toBe(77_000);
		expect(page.streaks.current_days).toBeGreaterThanOrEqual(1);
		expect(page.top_tracks[0]).toMatchObject({ plays: 2, heard_ms: 76_000, track: { id: long.id } });
		expect(page.top_artists[0].artist).toMatchObject({ id: long.artist_id });
		expect(page.top_albums[0].album).toMatchObject({ id: long.album_id });
		expect(page.top_genres[0].genre.name).toBe(long.genre);
		expect(page.sources.map((one: any) => one.name).sort()).toEqual(['album', 'radio']);
		expect(page.platforms.map((one: any) => one.name).sort()).toEqual(['ios', 'web']);
		expect(page.rediscover).toEqual([]);
	});

	test('is the same under the name of the person, for admins too, and for nobody else', async () => {
		expect((await mia.json(`${api}/users/${mia.id}/stats`)).totals.plays).toBe(2);
		expect((await admin.json(`${api}/analytics/user/${mia.id}`)).totals.plays).toBe(2);
		expect((await bob.ask(`${api}/analytics/user/${mia.id}`)).status).toBe(403);
		expect((await admin.ask(`${api}/analytics/user/999999999`)).status).toBe(404);
	});

	test.each([['week', 10], ['month', 3]])('comes by the %s', async (interval, atLeast) => {
		const page = await mia.json(`${api}/analytics/user/${mia.id}?from=${ago(80 * 86_400_000)}&interval=${interval}`);
		expect(page.series.length).toBeGreaterThanOrEqual(atLeast);
		expect(page.series.at(-1).plays + page.series.at(-2).plays).toBe(2);
	});

	test.each([['from=2026-02-31'], ['from=yesterday'], ['from=2026-01-02&to=2026-01-01'], ['from=1990-01-01'], ['interval=hour'], ['tz_minutes=5000']])('refuses %s', async (query) => {
		expect((await mia.ask(`${api}/analytics/user/${mia.id}?${query}`)).status).toBe(422);
	});

	test('may be saved as a table', async () => {
		const file = await mia.ask(`${api}/analytics/user/${mia.id}?format=csv`);
		expect(file.header('content-type')).toContain('text/csv');
		const rows = file.text.trim().split(/\r?\n/);
		expect(rows[0]).toContain('at,plays,heard_ms');
		expect(rows).toHaveLength(31);
	});

	test('has a recap of the year', async () => {
		const year = new Date(Date.now() - 1_800_000).getUTCFullYear();
		const recap = checked('GET', '/me/recap', await mia.ask(`${api}/me/recap?year=${year}`));
		expect(recap).toMatchObject({ year, plays: 2, heard_ms: 77_000, user: { username: 'mia' }, new_artists: recap.artists });
		expect(recap.months).toHaveLength(12);
		expect(recap.months.reduce((sum: number, one: any) => sum + one.heard_ms, 0)).toBe(77_000);
		expect(recap.top_tracks[0].track.id).toBe(long.id);
		expect(recap.first_play.track.id).toBe(long.id);
		expect(recap.top_day.plays).toBeGreaterThan(0);
		const before = checked('GET', '/me/recap', await mia.ask(`${api}/me/recap?year=${year - 1}`));
		expect(before).toMatchObject({ plays: 0, peak: null, top_day: null, first_play: null });
	});
});

describe('tracks and artists', () => {
	test('tell how they are heard to admins, and not to artists whose they are not', async () => {
		await report(ada, { played_at: ago(3_000_000) });
		const track = checked('GET', '/analytics/track/{id}', await admin.ask(`${api}/analytics/track/${long.id}`));
		expect(track.totals.plays).toBeGreaterThan(0);
		expect(track.totals.listeners).toBeGreaterThan(1);
		expect(track.sources[0].name).toBe('album');
		const page = checked('GET', '/analytics/artist/{id}', await admin.ask(`${api}/analytics/artist/${long.artist_id}`));
		expect(page.totals.plays).toBeGreaterThanOrEqual(track.totals.plays);
		expect(page.totals.listeners_28d).toBe(page.totals.listeners);
		expect(page.series.at(-1).listeners_28d).toBe(page.totals.listeners_28d);
		expect(page.tracks[0].track.artist_id).toBe(long.artist_id);
		for (const path of [`track/${long.id}`, `artist/${long.artist_id}`]) {
			expect((await artist.ask(`${api}/analytics/${path}`)).status, path).toBe(403);
			expect((await ada.ask(`${api}/analytics/${path}`)).status, path).toBe(403);
		}
		expect((await admin.ask(`${api}/analytics/artist/999999999`)).status).toBe(404);
	});

	test('tell anybody how much an artist is heard', async () => {
		const stats = checked('GET', '/artists/{id}/stats', await server.ask(`${api}/artists/${long.artist_id}/stats`));
		expect(stats.totals.plays).toBeGreaterThan(0);
		expect(stats.totals.listeners_28d).toBeUndefined();
	});

	test('that are played most come first', async () => {
		const tracks = checked('GET', '/analytics/popular-tracks', await server.ask(`${api}/analytics/popular-tracks`));
		expect(tracks.items[0]).toMatchObject({ rank: 1, previous_rank: null, track: { id: long.id } });
		expect(tracks.total).toBeGreaterThanOrEqual(1);
		const artists = checked('GET', '/analytics/popular-artists', await server.ask(`${api}/analytics/popular-artists`));
		expect(artists.items[0].artist.id).toBe(long.artist_id);
		const genres = checked('GET', '/analytics/genres/stats', await server.ask(`${api}/analytics/genres/stats`));
		expect(genres.items[0].genre.name).toBe(long.genre);
		const csv = await server.ask(`${api}/analytics/popular-tracks?format=csv`);
		expect(csv.text).toContain(long.title);
		const none = await server.json(`${api}/analytics/popular-tracks?from=2020-01-01&to=2020-01-31`);
		expect(none).toMatchObject({ items: [], total: 0 });
	});

	test('that are played more than before are told', async () => {
		const trends = checked('GET', '/analytics/trends', await server.ask(`${api}/analytics/trends?from=${ago(7 * 86_400_000)}`));
		expect(trends.rising_tracks[0]).toMatchObject({ previous_plays: 0, change: null, track: { id: long.id } });
		expect(trends.totals.plays).toBeGreaterThan(0);
		expect(trends.totals.previous_plays).toBe(0);
		expect(trends.rising_artists[0].artist.id).toBe(long.artist_id);
	});

	test('are recommended with the reason, in the language of the caller', async () => {
		const path = `${api}/tracks/recommendations/${ada.id}`;
		await until('a recommendation', async () => (await ada.json(path)).items.some((one: any) => one.reason_kind !== 'popular'));
		const list = checked('GET', '/tracks/recommendations/{user_id}', await ada.ask(path));
		const first = list.items.find((one: any) => one.reason_kind === 'artist');
		expect(first.reason).toBe(`Because you listen to ${long.artist}`);
		expect(list.items.map((one: any) => one.track.id)).not.toContain(long.id);
		const russian = (await ada.ask(path, { headers: { 'accept-language': 'ru' } })).json();
		expect(russian.items.find((one: any) => one.reason_kind === 'artist').reason).toBe(`Потому что вы слушаете ${long.artist}`);
		expect((await bob.ask(path)).status).toBe(403);
	});
});

test('every page of figures is saved as a table of the members its points have', async () => {
	const pages: [Person, string][] = [
		[bob, `/analytics/user/${bob.id}`],
		[admin, `/analytics/track/${long.id}`],
		[admin, `/analytics/artist/${long.artist_id}`],
		[admin, `/artists/${long.artist_id}/stats`],
		[admin, '/analytics/trends'],
		[admin, '/analytics/platform'],
	];
	for (const [who, path] of pages) {
		const { series } = await who.json(`${api}${path}`);
		const file = await who.ask(`${api}${path}?format=csv`);
		const rows = file.text.replace('\uFEFF', '').trim().split('\r\n');
		expect(rows[0], path).toBe(Object.keys(series[0]).join(','));
		expect(rows[1], path).toBe(Object.values(series[0]).join(','));
		expect(rows, path).toHaveLength(1 + series.length);
	}
});

describe('the page of the platform', () => {
	test('counts people, listens, searches, requests and errors', async () => {
		await server.ask(`${api}/search/multi?q=noise`);
		await server.ask(`${api}/search/multi?q=zzzzqqqq`);
		const click = { query: 'noise', clicked_type: 'track', clicked_id: long.id };
		checked('POST', '/analytics/events/search', await post(server, `${api}/analytics/events/search`, click), 202);
		const open = { playlist_id: 1, action: 'open' };
		checked('POST', '/analytics/events/playlist', await ada.post(`${api}/analytics/events/playlist`, open), 202);
		const page = await until('the events', async () => {
			const now = checked('GET', '/analytics/platform', await admin.ask(`${api}/analytics/platform`));
			return now.totals.searches_without_results > 0 && now.actions.length > 1 ? now : null;
		});
		expect(page.totals.plays).toBeGreaterThan(0);
		expect(page.totals.users).toBeGreaterThanOrEqual(4);
		expect(page.totals.new_users).toBe(page.totals.users);
		expect(page.totals.active_users).toBeGreaterThanOrEqual(2);
		expect(page.totals.listeners).toBeGreaterThanOrEqual(2);
		expect(page.totals.requests).toBeGreaterThan(20);
		expect(page.totals.refused).toBeGreaterThan(0);
		expect(page.totals.errors).toBe(0);
		expect(page.series.at(-1).requests).toBeGreaterThan(0);
		expect(page.hours.reduce((sum: number, one: number) => sum + one, 0)).toBe(page.totals.plays);
		expect(page.actions).toContainEqual({ name: 'playlist_open', count: 1 });
		expect(page.actions.find((one: any) => one.name === 'login').count).toBeGreaterThanOrEqual(4);
		expect(page.top_queries.map((one: any) => one.query)).toContain('noise');
		expect(page.top_queries.find((one: any) => one.query === 'zzzzqqqq')).toMatchObject({ count: 1, without_results: 1 });
	});

	test('comes by the hour too, for a month at most, and is for admins alone', async () => {
		const day = ago(86_400_000).slice(0, 10);
		const page = checked('GET', '/analytics/platform', await admin.ask(`${api}/analytics/platform?from=${day}&interval=hour`));
		expect(page.series).toHaveLength(48);
		expect((await admin.ask(`${api}/analytics/platform?from=${ago(40 * 86_400_000)}&interval=hour`)).status).toBe(422);
		expect((await artist.ask(`${api}/analytics/platform`)).status).toBe(403);
	});

	test('knows who is here now and what they listen to', async () => {
		await report(ada, { action: 'start', duration_played_ms: 0, played_at: ago(0) });
		const now = checked('GET', '/analytics/realtime/active-users', await admin.ask(`${api}/analytics/realtime/active-users`));
		expect(now.active_users).toBeGreaterThanOrEqual(2);
		expect(now.now_playing).toContainEqual(expect.objectContaining({ user: { id: ada.id, username: 'ada' }, platform: 'web' }));
		expect((await ada.ask(`${api}/analytics/realtime/active-users`)).status).toBe(403);
	});

	test('is told to Prometheus', async () => {
		const metrics = (await server.ask('/metrics')).text;
		expect(metrics).toMatch(/ogma_events_written_total\{type="listen"\} [1-9]/);
		expect(metrics).toMatch(/ogma_active_users [1-9]/);
		expect(metrics).toContain('ogma_events_dropped_total 0');
	});
});

test.each(['commit', 'second'])('what was acknowledged (%s) is there after a kill', async (durability) => {
	const data = await scannedData(`killed-${durability}`);
	const env = { EVENTS_DURABILITY: durability };
	const first = await serve({ data, env });
	const kim = await person(first, 'kim', 'user');
	const track = await find(first, `${api}/tracks`, 'title', long.title);
	const events = Array.from({ length: 50 }, (_, i) => listen({ track_id: track.id, played_at: ago((i + 2) * 60_000), event_id: `e${i}` }));
	const receipt = (await kim.post(`${api}/analytics/listen`, { events })).json();
	expect(receipt).toMatchObject({ accepted: 50 });
	await first.kill();
	const second = await serveUntilEnd({ data, env });
	const again = new (kim.constructor as any)(second, kim.name, kim.password) as Person;
	await again.signIn();
	expect((await again.json(`${api}/me/history?limit=100`)).items).toHaveLength(50);
	expect((await again.post(`${api}/analytics/listen`, { events })).json()).toMatchObject({ accepted: 0, duplicates: 50 });
	await until('the play count', async () => (await second.json(`${api}/tracks/${track.id}`)).play_count === receipt.plays);
});

test('the country of a listener comes from a file of the operator', async () => {
	const folder = await temporary('geoip');
	const file = join(folder, 'country.mmdb');
	await writeFile(join(folder, 'make.pl'), `
		use MaxMind::DB::Writer::Tree;
		my $tree = MaxMind::DB::Writer::Tree->new(ip_version => 6, record_size => 24, database_type => 'Test-Country',
			languages => ['en'], description => { en => 'test' }, remove_reserved_networks => 0,
			map_key_type_callback => sub { $_[0] eq 'country' ? 'map' : 'utf8_string' });
		$tree->insert_network('127.0.0.0/8', { country => { iso_code => 'DE' } });
		open my $fh, '>:raw', $ARGV[0]; $tree->write_tree($fh);`);
	await promisify(execFile)('perl', [join(folder, 'make.pl'), file]);
	const abroad = await serveMusic('geoip', { env: { GEOIP_DB: file } });
	const root = await person(abroad, 'root', 'admin');
	const track = await find(abroad, `${api}/tracks`, 'title', long.title);
	expect((await root.post(`${api}/analytics/listen`, listen({ track_id: track.id }))).status).toBe(202);
	const page = await root.json(`${api}/analytics/platform`);
	expect(page.countries).toEqual([expect.objectContaining({ name: 'DE', plays: 1 })]);
});
