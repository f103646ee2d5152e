// Finding: what people type, and what they meant.
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scannedData, serveMusic, temporary, withServer } from './support/library.ts';
import { at, countingCount } from './support/music.ts';
import { run } from './support/ogma.ts';

const server = await serveMusic('search');
const api = '/api/v1/search';

const search = (kind: string, q: string, more = ''): Promise<any> =>
	server.json(`${api}/${kind}?q=${encodeURIComponent(q)}${more}`);
const rebuilt = (pieces: { text: string }[]): string => pieces.map((one) => one.text).join('');
const marked = (pieces: { text: string; match: boolean }[]): string[] =>
	pieces.filter((one) => one.match).map((one) => one.text);

describe('what is typed finds the track', () => {
	test.each([
		['the whole title', 'Skyline', 'Skyline'],
		['any case', 'sKYLiNE', 'Skyline'],
		['the beginning of a word', 'skyl', 'Skyline'],
		['one letter', 'ж', 'Жёлтый чай'],
		['a second word of the title', 'boulevard', 'Neon Boulevard'],
		['one wrong letter', 'skylime', 'Skyline'],
		['one missing letter', 'skylne', 'Skyline'],
		['one letter too many', 'skyyline', 'Skyline'],
		['two swapped letters', 'skylnie', 'Skyline'],
		['two wrong letters in a long word', 'boulivarb', 'Neon Boulevard'],
		['е for ё', 'елка', 'Ёлка'],
		['е for ё inside', 'желтый', 'Жёлтый чай'],
		['и for й', 'иод', 'Йод и соль'],
		['Russian typed on the English layout', 'ghbdtn', 'Привет, мир'],
		['English typed on the Russian layout', 'ылндшту', 'Skyline'],
		['Russian in Latin letters', 'privet', 'Привет, мир'],
		['English in Russian letters', 'неон', 'Neon Boulevard'],
		['title and artist together', 'вальс чайковский', 'Вальс'],
		['artist and the beginning of the title', 'vivaldi spr', 'Spring'],
		['title and album', 'сцена лебединое', 'Сцена'],
		['a word and a wrong word', 'чайковский вальк', 'Вальс'],
		['punctuation between words', 'привет,мир', 'Привет, мир'],
		['an accent that is not there', 'vivaldí winter', 'Winter'],
	])('%s: %s', async (_, q, title) => {
		const { items, total } = await search('tracks', q);
		expect(
			items[0]?.title,
			`${total} found: ${items
				.slice(0, 5)
				.map((one: any) => one.title)
				.join('; ')}`,
		).toBe(title);
	});
});

describe('what is typed finds the artist', () => {
	test.each([
		['звездная пыль', 'Звёздная пыль'],
		['zvezdnaya', 'Звёздная пыль'],
		['чайковский', 'Пётр Чайковский'],
		['chaikovsky', 'Пётр Чайковский'],
		['Tchaikovsky', 'Пётр Чайковский'],
		['tschaikowsky', 'Пётр Чайковский'],
		['xfqrjdcrbq', 'Пётр Чайковский'],
		['вивальди', 'Antonio Vivaldi'],
		['мшмфдвш', 'Antonio Vivaldi'],
		['vivladi', 'Antonio Vivaldi'],
		['night par', 'Night Parade'],
	])('%s: %s', async (q, name) => {
		expect((await search('artists', q)).items[0]?.name).toBe(name);
	});
});

describe('what is typed finds the album', () => {
	test.each([
		['ёлка и мед', 'Ёлка и мёд'],
		['four sea', 'The Four Seasons'],
		['lebedinoe ozero', 'Лебединое озеро'],
		['vivaldi', 'The Four Seasons'],
	])('%s: %s', async (q, title) => {
		expect((await search('albums', q)).items[0]?.title).toBe(title);
	});
});

describe('results', () => {
	test('stand with better matches first', async () => {
		const { items } = await search('tracks', 'summer');
		expect(items[0].title).toBe('Summer'); // the title itself, before an album called Summer Mix
		expect(items.map((one: any) => one.title)).toEqual(expect.arrayContaining(['Beach', 'Волна']));
	});

	test('are paged without gaps or repeats', async () => {
		const ids: number[] = [];
		for (let offset = 0; offset < countingCount; offset += 50) {
			const page = await search('tracks', 'number', `&limit=50&offset=${offset}`);
			expect(page.total).toBe(countingCount);
			ids.push(...page.items.map((one: any) => one.id));
		}
		expect(ids.length).toBe(countingCount);
		expect(new Set(ids).size).toBe(countingCount);
	});

	test('are narrowed by genre, year and artist', async () => {
		const fifth = await search('tracks', 'number', '&year=1905');
		expect(fifth.items.map((one: any) => one.title)).toEqual(['Number 5']);
		expect((await search('tracks', 'number', '&genre=Baroque')).total).toBe(0);
		const artist = (await search('artists', 'counting ensemble')).items[0].id;
		expect((await search('tracks', 'number', `&artist_id=${artist}`)).total).toBe(countingCount);
	});

	test('count by facets what the filters then find', async () => {
		for (const q of ['summer', 'noise', 's', 'п', 'number']) {
			const { facets, total } = await search('tracks', q);
			for (const { value, count } of facets.genre)
				expect((await search('tracks', q, `&genre=${encodeURIComponent(value)}`)).total, `${q}: ${value}`).toBe(count);
			for (const { value, count } of facets.year.slice(0, 5))
				expect((await search('tracks', q, `&year=${value}`)).total, `${q}: ${value}`).toBe(count);
			for (const { id, count } of facets.artist)
				expect((await search('tracks', q, `&artist_id=${id}`)).total, `${q}: artist ${id}`).toBe(count);
			const counts = facets.genre.map((one: any) => one.count);
			expect(counts, q).toEqual([...counts].sort((a, b) => b - a));
			expect(Math.max(0, ...counts), q).toBeLessThanOrEqual(total);
		}
		const { facets } = await search('tracks', 'number', '&facets=false');
		expect(facets).toEqual({ genre: [], year: [], artist: [] });
	});

	test('show which letters matched, and the pieces are the whole text', async () => {
		const { items } = await search('tracks', 'чайковский вал');
		const [first] = items;
		expect(rebuilt(first.highlights.title)).toBe('Вальс');
		expect(marked(first.highlights.title)).toEqual(['Вал']);
		expect(rebuilt(first.highlights.artist)).toBe('Пётр Чайковский');
		expect(marked(first.highlights.artist)).toEqual(['Чайковский']);
		for (const q of ['ghbdtn', 'tchaikovsky', 'skylime', 'елка', 'number 1']) {
			for (const item of (await search('tracks', q)).items) {
				expect(rebuilt(item.highlights.title), q).toBe(item.title);
				expect(rebuilt(item.highlights.artist), q).toBe(item.artist);
				if (item.album !== null) expect(rebuilt(item.highlights.album), q).toBe(item.album);
				const all = [...item.highlights.title, ...item.highlights.artist, ...(item.highlights.album ?? [])];
				expect(marked(all).length, `${q}: ${item.title}`).toBeGreaterThan(0);
			}
		}
	});

	test('tell the engine and how long it took', async () => {
		const { engine, took_ms } = await search('tracks', 'skyline');
		expect(engine).toBe('fts5');
		expect(took_ms).toBeGreaterThan(0);
		expect(took_ms).toBeLessThan(2000);
	});

	test('come with a better idea when the words were misspelt, and only then', async () => {
		const { did_you_mean } = await search('tracks', 'skylime');
		expect(did_you_mean?.toLowerCase()).toBe('skyline');
		expect((await search('tracks', 'skyline')).did_you_mean).toBeNull();
		expect((await search('tracks', 'qqqqzzzzxxxx')).did_you_mean).toBeNull();
	});

	test('under the older addresses are the same', async () => {
		for (const kind of ['tracks', 'artists', 'albums']) {
			const old = await server.json(`/api/v1/${kind}/search/?q=vivaldi`);
			expect(old.items).toEqual((await search(kind, 'vivaldi')).items);
		}
	});

	test('are none for playlists while nobody made one', async () => {
		expect(await search('playlists', 'skyline')).toMatchObject({ items: [], total: 0 });
	});
});

describe('everything at once', () => {
	test.each([
		['Antonio Vivaldi', 'artist', 'Antonio Vivaldi'],
		['Ёлка и мёд', 'album', 'Ёлка и мёд'],
		['Skyline', 'track', 'Skyline'],
		['tchaikovsky', 'artist', 'Пётр Чайковский'],
	])('%s: the %s is on top', async (q, type, name) => {
		const answer = await search('multi/', q);
		expect(answer.top.type).toBe(type);
		expect(answer.top.item.name ?? answer.top.item.title).toBe(name);
	});

	test('has groups with totals of their own', async () => {
		const answer = await search('multi/', 'vivaldi', '&limit=2');
		expect(answer.tracks).toMatchObject({ total: 4 });
		expect(answer.tracks.items.length).toBe(2);
		expect(answer.albums.total).toBe(1);
		expect(answer.artists.total).toBe(1);
		expect(answer.playlists).toEqual({ items: [], total: 0 });
	});

	test('has nothing on top of nothing', async () => {
		expect((await search('multi/', 'qqqqzzzzxxxx')).top).toBeNull();
	});
});

describe('suggestions', () => {
	test('are of all kinds, with their text marked', async () => {
		const { items } = await search('suggest', 'с');
		expect(items.length).toBeGreaterThan(0);
		for (const item of items) expect(rebuilt(item.highlights)).toBe(item.text);
		const { items: stars } = await search('suggest', 'звезд');
		expect(stars[0]).toMatchObject({ type: 'artist', text: 'Звёздная пыль' });
		expect(stars[0].cover_url).toMatch(/^\/api\/v1\/artists\/\d+\/cover\?v=/);
	});

	test('name the artist below a track or an album', async () => {
		const { items } = await search('suggest', 'skyline');
		expect(items[0]).toMatchObject({ type: 'track', text: 'Skyline', subtitle: 'Night Parade' });
	});

	test('are as many as asked for at most', async () => {
		expect((await search('suggest', 'n', '&limit=3')).items.length).toBeLessThanOrEqual(3);
		expect((await search('suggest', 'qqqqzzzzxxxx')).items).toEqual([]);
	});
});

describe('queries that mean harm', () => {
	const long = 'слово '.repeat(800);
	const queries = [
		'"',
		'""',
		'"skyline',
		"'",
		'*',
		'sky*',
		'^sky',
		'sky AND line',
		'NOT sky',
		'sky OR',
		'NEAR(sky line, 2)',
		'title:sky',
		'{title artist}: sky',
		'-sky',
		'+sky',
		'sky)',
		'(sky',
		'\\',
		'%',
		'_',
		';',
		'--',
		'/*',
		'$1',
		'?1',
		':q',
		'@q',
		'\t\n\r',
		' ',
		'<script>alert(1)</script>',
		"'; DROP TABLE tracks; --",
		'\u202Eevil',
		'\uFEFF',
		'\u0301\u0301\u0301',
		'ﷺ'.repeat(300),
		'🎵🎶',
		'a'.repeat(3000),
		'a '.repeat(1500),
		long.slice(0, 1100),
		'𝕾𝖐𝖞𝖑𝖎𝖓𝖊',
		'ｓｋｙｌｉｎｅ',
		'ß',
		'İ',
		'ſ',
	];

	test.each(queries.map((q) => [JSON.stringify(q.slice(0, 30)), q] as const))('%s is only words', async (_, q) => {
		for (const kind of ['tracks', 'multi/', 'suggest']) {
			const start = performance.now();
			const answer = await server.ask(`${api}/${kind}?q=${encodeURIComponent(q)}`);
			expect(answer.status, `${kind}: ${answer.text.slice(0, 200)}`).toBe(200);
			expect(performance.now() - start, kind).toBeLessThan(3000);
		}
	});

	test('letters in fancy forms are letters', async () => {
		for (const q of ['𝕾𝖐𝖞𝖑𝖎𝖓𝖊', 'ｓｋｙｌｉｎｅ', 'ＳＫＹＬＩＮＥ'])
			expect((await search('tracks', q)).items[0]?.title, q).toBe('Skyline');
	});

	test('the library is as it was', async () => {
		expect((await server.json('/api/v1/library')).tracks).toBeGreaterThan(countingCount);
		expect((await search('tracks', 'skyline')).total).toBe(1);
	});
});

describe('changes', async () => {
	const folder = await temporary('search-changes');

	test('are found by the next request after a scan in another process', async () => {
		const music = join(folder, 'music');
		await mkdir(music, { recursive: true });
		await cp(at('electronic/City Lights/02 Skyline.m4a'), join(music, 'sky.m4a'));
		const data = join(folder, 'data');
		expect((await run(['scan', music, '--data', data])).code).toBe(0);
		const env = { SCAN_AT_START: 'false', WATCH_FOLDERS: 'false' };
		await withServer({ data, env }, async (fresh) => {
			const total = async (q: string): Promise<number> =>
				(await fresh.json(`${api}/tracks?q=${encodeURIComponent(q)}`)).total;
			expect(await total('skyline')).toBe(1);
			expect(await total('вальс')).toBe(0);

			await cp(at('classical/Лебединое озеро/CD1/02 Вальс.flac'), join(music, 'waltz.flac'));
			expect((await run(['scan', music, '--data', data])).code).toBe(0);
			expect(await total('вальс')).toBe(1);

			await rm(join(music, 'sky.m4a'));
			expect((await run(['scan', music, '--data', data])).code).toBe(0);
			expect(await total('skyline')).toBe(0);
			expect((await fresh.json('/api/v1/library')).tracks).toBe(1);
		});
	});

	test('in a watched folder are found within seconds, without a scan by hand', async () => {
		const music = join(folder, 'watched');
		await mkdir(music, { recursive: true });
		await cp(at('electronic/City Lights/02 Skyline.m4a'), join(music, 'sky.m4a'));
		const data = join(folder, 'watched-data');
		expect((await run(['scan', music, '--data', data])).code).toBe(0);
		await withServer({ data, env: { WATCH_QUIET_MS: '100' } }, async (fresh) => {
			const total = async (q: string): Promise<number> =>
				(await fresh.json(`${api}/tracks?q=${encodeURIComponent(q)}`)).total;
			await cp(at('classical/Лебединое озеро/CD1/02 Вальс.flac'), join(folder, 'waltz.flac'));
			await rename(join(folder, 'waltz.flac'), join(music, 'waltz.flac'));
			await expect.poll(() => total('вальс'), { timeout: 10_000, interval: 100 }).toBe(1);
		});
	});

	test('a lost index is made again from the library', async () => {
		const data = await scannedData('search-lost');
		for (const name of ['search.db', 'search.db-wal', 'search.db-shm']) await rm(join(data, name), { force: true });
		await withServer({ data }, async (fresh) => {
			await expect.poll(async () => (await fresh.json(`${api}/tracks?q=skyline`)).total, { timeout: 10_000 }).toBe(1);
		});
	});
});
