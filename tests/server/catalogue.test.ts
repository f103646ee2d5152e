// What the library shows of the music: lists, filters, orders, one by one.
import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { find, serveMusic, trackTitled } from './support/library.ts';
import { at, countingAlbum, countingArtist, countingCount, expected, oldRussian, pieces } from './support/music.ts';
import { Description } from './support/schema.ts';

const server = await serveMusic('catalogue');
const api = '/api/v1';

/** All pages of a list, one after the other by cursor. */
async function walk(path: string, limit = 100): Promise<any[]> {
	const items: any[] = [];
	let cursor: string | null = null;
	let pages = 0;
	do {
		const query: string = `limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
		const page: any = await server.json(path + (path.includes('?') ? '&' : '?') + query);
		expect(page.items.length).toBeLessThanOrEqual(limit);
		items.push(...page.items);
		cursor = page.next_cursor;
		if (++pages > 500) throw new Error(`${path} does not end`);
	} while (cursor !== null);
	return items;
}

const titles = (items: any[]): string[] => items.map((one) => one.title);
const idsOf = (items: any[]): number[] => items.map((one) => one.id);
const artistNamed = (name: string): Promise<any> => find(server, `${api}/artists`, 'name', name);
const albumTitled = (title: string): Promise<any> => find(server, `${api}/albums`, 'title', title);

describe('long lists', async () => {
	const description = await Description.of(server);
	const sorts = (path: string): string[] =>
		description.operations.find((one) => one.path === path)?.parameters.find((one) => one.name === 'sort')?.schema
			.enum ?? [];
	const lists = ['tracks', 'albums', 'artists'].flatMap((area) =>
		sorts(`${api}/${area}`).map((sort): [string] => [`${api}/${area}?sort=${sort}`]),
	);
	lists.push(
		[`${api}/genres`],
		[`${api}/tracks/popular`],
		[`${api}/albums/recent`],
		[`${api}/albums/popular`],
		[`${api}/artists/popular`],
		[`${api}/tracks?genre=Minimal&sort=-year`],
		[`${api}/tracks?year_min=1950&sort=duration`],
	);

	test.each(lists)('%s shows every item once, by cursors and by offsets alike', async (path) => {
		const whole = await walk(path, 100);
		const bySevens = await walk(path, 7);
		expect(new Set(idsOf(whole)).size).toBe(whole.length);
		expect(idsOf(bySevens)).toEqual(idsOf(whole));

		const join = path.includes('?') ? '&' : '?';
		const byOffset: number[] = [];
		for (let offset = 0; offset <= whole.length; offset += 50) {
			const page = await server.json(`${path}${join}limit=50&offset=${offset}`);
			expect(page.total).toBe(whole.length);
			byOffset.push(...idsOf(page.items));
		}
		expect(byOffset).toEqual(idsOf(whole));
	});

	test('an offset past the end is an empty page', async () => {
		const page = await server.json(`${api}/tracks?offset=9999`);
		expect(page).toMatchObject({ items: [], total: expected.tracks, next_cursor: null });
	});

	test('a cursor belongs to its list, order and filters', async () => {
		const { next_cursor: cursor } = await server.json(`${api}/tracks?limit=5&sort=year`);
		for (const other of ['tracks?sort=title', 'tracks?sort=year&genre=Minimal', 'albums?sort=year']) {
			const answer = await server.ask(`${api}/${other}&limit=5&cursor=${encodeURIComponent(cursor)}`);
			expect(answer.status, other).toBe(422);
			expect(answer.json().details[0].field, other).toBe('cursor');
		}
	});
});

describe('orders', () => {
	test('titles go by the alphabet: digits by value, Latin before Cyrillic, ё beside е', async () => {
		const all = titles(await walk(`${api}/tracks?sort=title`));
		expect(all.filter((one) => /^[А-яЁё]/.test(one))).toEqual([
			'Вальс',
			'Волна',
			'Елена',
			'Ёлка',
			'Жёлтый чай',
			'Йод и соль',
			'Подмосковные вечера',
			'Привет, мир',
			'Сцена',
			'Танец маленьких лебедей',
			'Финал',
		]);
		expect(all.filter((one) => one.startsWith('Number '))).toEqual(
			Array.from({ length: countingCount }, (_, i) => `Number ${i + 1}`),
		);
		const firstCyrillic = all.findIndex((one) => /^[А-яЁё]/.test(one));
		expect(all.findLastIndex((one) => /^[A-Za-z]/.test(one))).toBeLessThan(firstCyrillic);
	});

	test('years go up and down, and unknown ones stand last', async () => {
		const up = (await walk(`${api}/tracks?sort=year`)).map((one) => one.year);
		const down = (await walk(`${api}/tracks?sort=-year`)).map((one) => one.year);
		const known = up.filter((one) => one !== null);
		expect(known).toEqual([...known].sort((a, b) => a - b));
		expect(down.filter((one) => one !== null)).toEqual([...known].reverse());
		expect(up.at(-1)).toBeNull();
		expect(down.at(-1)).toBeNull();
	});

	test('durations go from short to long', async () => {
		const all = (await walk(`${api}/tracks?sort=duration`)).map((one) => one.duration_ms);
		expect(all).toEqual([...all].sort((a, b) => a - b));
	});

	test('by album the tracks stand as on the disc', async () => {
		const all = await walk(`${api}/tracks?sort=album`);
		const counting = all.filter((one) => one.album === countingAlbum).map((one) => one.track_no);
		expect(counting).toEqual(Array.from({ length: countingCount }, (_, i) => i + 1));
		expect(titles(all.filter((one) => one.album === 'Лебединое озеро'))).toEqual([
			'Сцена',
			'Вальс',
			'Танец маленьких лебедей',
			'Финал',
		]);
	});

	test('the last added albums come first', async () => {
		const times = (await walk(`${api}/albums/recent`)).map((one) => one.created_at);
		expect(times).toEqual([...times].sort().reverse());
	});
});

describe('filters', () => {
	const count = async (query: string): Promise<number> => {
		const page = await server.json(`${api}/tracks?limit=1&${query}`);
		return page.total;
	};

	test('by genre, whatever the case, and by its id', async () => {
		const genre = await find(server, `${api}/genres`, 'name', 'Рок');
		const wanted = pieces.filter((one) => one.genre === 'Рок').length;
		expect(await count(`genre=${encodeURIComponent('рок')}`)).toBe(wanted);
		expect(await count(`genre_id=${genre.id}`)).toBe(wanted);
	});

	test('by year, from a year and to a year', async () => {
		const inYears = (min: number, max: number): number =>
			pieces.filter((one) => one.year !== undefined && one.year >= min && one.year <= max).length +
			Math.max(0, Math.min(max, 1900 + countingCount) - Math.max(min, 1901) + 1);
		expect(await count('year=1999')).toBe(inYears(1999, 1999));
		expect(await count('year_min=1990&year_max=2010')).toBe(inYears(1990, 2010));
		expect(await count('year_max=1900')).toBe(inYears(1, 1900));
	});

	test('by codec', async () => {
		for (const codec of ['flac', 'vorbis', 'opus', 'aac']) {
			const items = await walk(`${api}/tracks?codec=${codec}`);
			expect(items.length, codec).toBeGreaterThan(0);
			expect(new Set(items.map((one) => one.codec)), codec).toEqual(new Set([codec]));
		}
	});

	test('by artist in any role, and by album', async () => {
		const salt = await artistNamed('Anya Salt');
		expect(titles(await walk(`${api}/tracks?artist_id=${salt.id}`)).sort()).toEqual(['Beach', 'Neon Boulevard']);
		const album = await albumTitled('City Lights');
		expect(await count(`album_id=${album.id}`)).toBe(2);
	});

	test('several must hold together, and nothing found is an empty list', async () => {
		expect(await count(`genre=${encodeURIComponent('Рок')}&year=1999`)).toBe(5);
		expect(await count(`genre=${encodeURIComponent('Рок')}&year=1725`)).toBe(0);
		expect(await count('artist_id=99999999')).toBe(0);
		expect(await count('genre=NoSuchGenre')).toBe(0);
	});

	test('artists by their first letter', async () => {
		const byLetter = async (letter: string): Promise<string[]> =>
			(await walk(`${api}/artists?letter=${encodeURIComponent(letter)}`)).map((one) => one.name);
		expect(await byLetter('з')).toEqual(['Звёздная пыль']);
		expect(await byLetter('П')).toEqual(['Пётр Чайковский']);
		expect(await byLetter('C')).toEqual([countingArtist]); // "The" is passed over
		expect(await byLetter('#')).toEqual([]);
	});
});

describe('tracks', () => {
	test.each(pieces.map((piece) => [piece.path, piece] as const))('%s tells what its file says', async (_, piece) => {
		const track = await trackTitled(server, piece.title);
		expect(track).toMatchObject({
			title: piece.title,
			artist: piece.artist,
			album: piece.album,
			genre: piece.genre,
			year: piece.year,
			size_bytes: statSync(at(piece.path)).size,
			channels: 2,
			source: 'folder',
			play_count: 0,
			stream_url: `${api}/tracks/${track.id}/stream`,
		});
		expect(Math.abs(track.duration_ms - piece.seconds * 1000), `${track.duration_ms} ms`).toBeLessThan(60);
		expect(track.bitrate).toBeGreaterThan(8000);
		expect(await server.json(`${api}/tracks/${track.id}`)).toEqual(track);
	});

	test('containers and codecs have their names', async () => {
		const facts: [string, string, string, number, number | null][] = [
			['Вальс', 'flac', 'flac', 44100, 16],
			['Spring', 'mp3', 'mp3', 44100, null],
			['Skyline', 'mp4', 'aac', 44100, null],
			['Ёлка', 'ogg', 'vorbis', 44100, null],
			['Йод и соль', 'ogg', 'opus', 48000, null],
			['Wave Tone', 'wav', 'pcm', 44100, 16],
			['Interchange Tone', 'aiff', 'pcm', 44100, 16],
			['Wide River', 'wav', 'pcm', 96000, 32],
		];
		for (const [title, container, codec, sample_rate, bit_depth] of facts)
			expect(await trackTitled(server, title), title).toMatchObject({ container, codec, sample_rate, bit_depth });
	});

	test('disc, number, composer and ReplayGain are there', async () => {
		expect(await trackTitled(server, 'Финал')).toMatchObject({ disc_no: 2, track_no: 2, composer: 'Пётр Чайковский' });
		const { replaygain } = await trackTitled(server, 'Spring');
		expect(replaygain.track_gain_db).toBeCloseTo(-6.5, 2);
		expect(replaygain.track_peak).toBeCloseTo(0.912345, 4);
		expect(replaygain.album_gain_db).toBeNull();
		expect((await trackTitled(server, 'Summer')).replaygain).toBeNull();
	});

	test('an mp3 tells how many samples its encoder put around the sound', async () => {
		const { gapless } = await trackTitled(server, 'Autumn');
		expect(gapless.start_samples).toBeGreaterThan(500);
		expect(gapless.end_samples).toBeGreaterThanOrEqual(0);
	});

	test('a featured guest is an artist of the track with that role', async () => {
		const track = await trackTitled(server, 'Neon Boulevard');
		expect(track.artist).toBe('Night Parade feat. Anya Salt');
		expect(track.artists.map((one: any) => [one.name, one.role])).toEqual(
			expect.arrayContaining([
				['Night Parade', 'main'],
				['Anya Salt', 'featured'],
			]),
		);
		expect(track.artist_id).toBe((await artistNamed('Night Parade')).id);
	});

	test('Windows-1251 text in an old tag is repaired', async () => {
		expect(await trackTitled(server, oldRussian.title)).toMatchObject({
			artist: oldRussian.artist,
			album: oldRussian.album,
		});
	});

	test('times are RFC 3339 in UTC with milliseconds', async () => {
		const track = await trackTitled(server, 'Spring');
		for (const time of [track.created_at, track.updated_at])
			expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	});

	test('similar ones share something, and the track itself is not among them', async () => {
		const track = await trackTitled(server, 'Spring');
		const { items, total } = await server.json(`${api}/tracks/${track.id}/similar?limit=3`);
		expect(items.length).toBe(3);
		expect(total).toBeGreaterThanOrEqual(3);
		expect(titles(items).sort()).toEqual(['Autumn', 'Summer', 'Winter']);
	});
});

describe('lyrics', () => {
	test('from an .lrc beside the file come with their times', async () => {
		const track = await trackTitled(server, 'Привет, мир');
		expect(track.has_lyrics).toBe(true);
		const lyrics = await server.json(`${api}/tracks/${track.id}/lyrics`);
		expect(lyrics.synced).toBe(true);
		expect(lyrics.lines).toEqual([
			{ time_ms: 500, text: 'Привет, мир!' },
			{ time_ms: 1200, text: '' },
			{ time_ms: 1800, text: 'Как дела?' },
		]);
		expect(lyrics.text.trim()).toBe('Привет, мир!\n\nКак дела?');
	});

	test("from the file's tags come line by line, without times", async () => {
		const lyrics = await server.json(`${api}/tracks/${(await trackTitled(server, 'Skyline')).id}/lyrics`);
		expect(lyrics.synced).toBe(false);
		expect(lyrics.lines.map((one: any) => [one.time_ms, one.text])).toEqual([
			[null, 'Above the roofs'],
			[null, 'the morning glows'],
			[null, ''],
			[null, 'and nobody knows'],
		]);
	});

	test('a track without words answers 404', async () => {
		const track = await trackTitled(server, 'Spring');
		expect(track.has_lyrics).toBe(false);
		expect((await server.ask(`${api}/tracks/${track.id}/lyrics`)).status).toBe(404);
	});
});

describe('albums', () => {
	test('with two discs play in the order of discs and numbers', async () => {
		const album = await albumTitled('Лебединое озеро');
		expect(album).toMatchObject({
			track_count: 4,
			disc_count: 2,
			year: 1876,
			artist: 'Пётр Чайковский',
			is_compilation: false,
		});
		const tracks = await server.json(`${api}/albums/${album.id}/tracks`);
		expect(titles(tracks.items)).toEqual(['Сцена', 'Вальс', 'Танец маленьких лебедей', 'Финал']);
		expect(album.duration_ms).toBe(tracks.items.reduce((sum: number, one: any) => sum + one.duration_ms, 0));
	});

	test('longer than one answer go on by cursor', async () => {
		const album = await albumTitled(countingAlbum);
		const first = await server.json(`${api}/albums/${album.id}/tracks?limit=100`);
		expect(first).toMatchObject({ total: countingCount });
		expect(first.items.length).toBe(100);
		const all = await walk(`${api}/albums/${album.id}/tracks`);
		expect(all.map((one) => one.track_no)).toEqual(Array.from({ length: countingCount }, (_, i) => i + 1));
	});

	test('a compilation is one album of several artists', async () => {
		const album = await albumTitled('Summer Mix');
		expect(album).toMatchObject({ is_compilation: true, track_count: 2 });
	});

	test('are found by genre, year and artist', async () => {
		const rock = await server.json(`${api}/albums?genre=${encodeURIComponent('рок')}&year=1999`);
		expect(titles(rock.items)).toEqual(['Ёлка и мёд']);
		const dust = await artistNamed('Звёздная пыль');
		for (const path of [
			`${api}/albums?artist_id=${dust.id}`,
			`${api}/artists/${dust.id}/albums?role=main`,
			`${api}/albums/artist/${dust.id}?role=main`,
		])
			expect(titles((await server.json(path)).items), path).toEqual(['Ёлка и мёд']);
	});
});

describe('artists', () => {
	test('count what is theirs', async () => {
		const vivaldi = await artistNamed('Antonio Vivaldi');
		expect(vivaldi).toMatchObject({ album_count: 1, track_count: 4 });
		const tracks = await server.json(`${api}/artists/${vivaldi.id}/tracks`);
		expect(titles(tracks.items).sort()).toEqual(['Autumn', 'Spring', 'Summer', 'Winter']);
	});

	test('who are guests have the albums they are on, by role', async () => {
		const salt = await artistNamed('Anya Salt');
		const albums = async (role: string): Promise<string[]> =>
			titles((await server.json(`${api}/artists/${salt.id}/albums${role}`)).items).sort();
		expect(await albums('?role=featured')).toEqual(['City Lights']);
		expect(await albums('?role=main')).toEqual([]);
		expect(await albums('')).toEqual(['City Lights', 'Summer Mix']);
	});

	test('are sorted without their article', async () => {
		const ensemble = await artistNamed(countingArtist);
		expect(ensemble.sort_name).toBe('Counting Ensemble, The');
		const names = (await walk(`${api}/artists?sort=name`)).map((one) => one.name);
		expect(names.slice(0, 3)).toEqual(['Antonio Vivaldi', 'Anya Salt', countingArtist]);
	});
});

describe('genres and the whole', () => {
	test('genres count their tracks, albums and artists', async () => {
		const genre = await server.json(`${api}/genres/name/${encodeURIComponent('РОК')}`);
		expect(genre).toMatchObject({ name: 'Рок', track_count: 6, artist_count: 1 });
		const stats = await server.json(`${api}/genres/${genre.id}/stats`);
		expect(stats).toMatchObject({ track_count: 6, album_count: genre.album_count });
		expect(stats.top_artists.map((one: any) => one.name)).toEqual(['Звёздная пыль']);
		const tracks = await walk(`${api}/tracks?genre_id=${genre.id}`);
		expect(stats.duration_ms).toBe(tracks.reduce((sum, one) => sum + one.duration_ms, 0));
	});

	test("the library's numbers are the lists' numbers", async () => {
		const library = await server.json(`${api}/library`);
		const tracks = await walk(`${api}/tracks`);
		expect(library).toMatchObject({
			tracks: expected.tracks,
			albums: (await walk(`${api}/albums`)).length,
			artists: (await walk(`${api}/artists`)).length,
			genres: (await walk(`${api}/genres`)).length,
			duration_ms: tracks.reduce((sum, one) => sum + one.duration_ms, 0),
			size_bytes: tracks.reduce((sum, one) => sum + one.size_bytes, 0),
		});
		expect(Date.parse(library.last_scan_at)).toBeLessThanOrEqual(Date.now());
	});
});
