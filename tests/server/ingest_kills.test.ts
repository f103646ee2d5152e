// A server that is killed again and again while it takes in a folder: in the end its library is the one that an
// undisturbed scan makes, on both stores. INGEST_KILLS: how often on each; INGEST_FILES: how many files;
// INGEST_FIGURES: a file that is told the figures.
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bombPng } from './support/bytes.ts';
import { temporary } from './support/library.ts';
import { shortSong } from './support/music.ts';
import { type Environment, type Server, serve, sleep, until } from './support/ogma.ts';
import { Person, person } from './support/people.ts';
import { Postgres } from './support/postgres.ts';

const api = '/api/v1';
const kills = Number(process.env['INGEST_KILLS'] ?? 4);
const files = Number(process.env['INGEST_FILES'] ?? 150);
const figures = process.env['INGEST_FIGURES'];
const albums = 20;
const settings: Environment = { LIMIT_LOGIN: '1000', LIMIT_LOGIN_ADDRESS: '1000', WATCH_FOLDERS: 'no', SCAN_AT_START: 'no', SCAN_BATCH: '10', SCHEDULE_MUSIC_ETL: 'off' };

const room = await temporary('ingest-kills');
const music = join(room, 'music');

/** Albums with covers of their own, texts beside some songs, and some files that are no music. */
async function makeFiles(): Promise<void> {
	for (let album = 0; album < albums; album++) {
		await mkdir(join(music, `${album}`), { recursive: true });
		await writeFile(join(music, `${album}`, 'cover.png'), bombPng(8 + album));
	}
	for (let n = 0; n < files; n++) {
		const path = join(music, `${n % albums}`, `${n}`);
		const [artist, album] = [`Band ${n % 7}`, `Album ${n % albums}`];
		await writeFile(`${path}.mp3`, n % 25 === 24 ? 'no music' : await shortSong(`Piece ${n}`, artist, album, n + 1));
		if (n % 10 === 0) await writeFile(`${path}.lrc`, `[00:00.50]Line ${n}\n`);
	}
}

async function everything(server: Server, path: string): Promise<any[]> {
	const items = [];
	for (let cursor = ''; ; ) {
		const page = await server.json(`${api}${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
		items.push(...page.items);
		if (!page.next_cursor) return items;
		cursor = page.next_cursor;
	}
}

/** All that a scan makes, but for ids and times. */
async function library(server: Server, boss: Person): Promise<object> {
	const [tracks, records, artists] = await Promise.all(['/tracks', '/albums', '/artists'].map((path) => everything(server, path)));
	const lyrics = await Promise.all(tracks!.slice(0, 30).map(async ({ id, title }) => [title, (await server.ask(`${api}/tracks/${id}/lyrics`)).status]));
	const [source] = (await boss.json(`${api}/sources`)).items;
	const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
	return {
		totals: { ...(await server.json(`${api}/library`)), updated_at: null, last_scan_at: null },
		tracks: sorted(tracks!.map((one) => [one.title, one.artist, one.album, one.track_number, one.duration_ms, one.has_cover])),
		albums: sorted(records!.map((one) => [one.title, one.track_count, one.duration_ms, one.has_cover])),
		artists: sorted(artists!.map((one) => [one.name, one.track_count, one.album_count])),
		lyrics: sorted(lyrics),
		rejected: sorted((await boss.json(`${api}/sources/${source.id}/rejected?limit=100`)).items.map((one: any) => [one.path, one.reason])),
		blobs: (await readdir(join(server.data, 'blobs'), { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => one.name).sort(),
	};
}

interface Ingest {
	library: object;
	kills: number;
	tookMs: number; // not counting the time that the server was down
}

/** Takes the folder in, killed at moments anywhere in the time that it takes undisturbed. */
async function ingest(data: string, env: Environment, killsMax: number, usualMs: number): Promise<Ingest> {
	let running = await serve({ data, env: { ...settings, ...env } });
	let boss = await person(running, 'boss', 'admin', env);
	const start = performance.now();
	const made = await boss.post(`${api}/sources`, { path: music });
	expect(made.status, made.text).toBe(201);
	const [job] = (await boss.json(`${api}/jobs?kind=scan`)).items;
	const over = async (): Promise<any> => {
		const row = await boss.json(`${api}/jobs/${job.id}`);
		return row.finished_at !== null ? row : undefined;
	};
	let done = 0;
	for (; done < killsMax; done++) {
		await sleep((Math.random() * usualMs) / killsMax);
		if ((await over()) !== undefined) break;
		await running.kill();
		running = await serve({ data, env: { ...settings, ...env } });
		boss = await new Person(running, boss.name, boss.password).signIn();
	}
	try {
		const last = await until('the end of the scan', over, 120_000);
		expect(last.state).toBe('done');
		expect(last.attempts, 'of a job that may have been killed before it began').toBeLessThanOrEqual(done + 1);
		const tookMs = performance.now() - start;
		expect((await boss.json(`${api}/jobs?kind=scan`)).total).toBe(1);
		const find = (): Promise<any> => running.json(`${api}/search/tracks?q=${encodeURIComponent(`Piece ${files - 2}`)}`);
		await until('the index', async () => (await find()).items[0]?.title === `Piece ${files - 2}`);
		return { library: await library(running, boss), kills: done, tookMs };
	} finally {
		await running.stop();
	}
}

async function survives(store: string, newStore: (name: string) => Promise<Environment>): Promise<void> {
	const whole = await ingest(join(room, `${store}-whole`), await newStore('whole'), 0, 0);
	expect((whole.library as { tracks: string[] }).tracks.length).toBe(files - Math.floor(files / 25));
	let [killed, rounds] = [0, 0];
	for (; killed < kills; rounds++) {
		const name = `round_${rounds}`;
		const one = await ingest(join(room, `${store}-${name}`), await newStore(name), Math.min(5, kills - killed), whole.tookMs);
		expect(one.library, `${store}, round ${rounds}, ${one.kills} kills`).toEqual(whole.library);
		killed += one.kills;
		expect(rounds, 'rounds in which a kill came in time').toBeLessThan(4 * kills);
	}
	if (figures) await appendFile(figures, `${store}_kills ${killed}\n${store}_rounds ${rounds}\n${store}_files ${files}\n`);
}

await makeFiles();

test('a folder that is taken in under kills is the same library as undisturbed, in SQLite', async () => {
	await survives('sqlite', async () => ({}));
}, 3_600_000);

test('a folder that is taken in under kills is the same library as undisturbed, in PostgreSQL', async () => {
	const postgres = await Postgres.make(await temporary('ingest-kills-postgres'));
	if (postgres === undefined) throw new Error('PostgreSQL is not installed: tools/setup test');
	try {
		await survives('postgres', async (name) => ({ PG_DSN: await postgres.database(name) }));
	} finally {
		await postgres.stop();
	}
}, 3_600_000);
