// Channels asked about by one process and played by another, both on one PostgreSQL.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporary } from './support/library.ts';
import { at } from './support/music.ts';
import { run, type Server, serve, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Postgres } from './support/postgres.ts';

const api = '/api/v1';
const folder = await temporary('apart');
const postgres = await Postgres.make(folder);

let asked: Server;
let plays: Server;
let mod: Person;
let tracks: any[];

beforeAll(async () => {
	if (postgres === undefined) return;
	const env = { PG_DSN: postgres.dsn };
	const music = join(folder, 'music');
	await cp(at('classical'), join(music, 'classical'), { recursive: true });
	const scan = await run(['scan', music, '--json', '--data', join(folder, 'api')], { env });
	expect(scan.code, scan.stdout + scan.stderr).toBe(0);
	asked = await serve({ data: join(folder, 'api'), env, argv: ['--roles', 'api'] });
	plays = await serve({ data: join(folder, 'live'), env, argv: ['--roles', 'live,stream'] });
	mod = await person(asked, 'mod', 'moderator', env);
	tracks = (await asked.json(`${api}/tracks?limit=100`)).items.sort((a: any, b: any) => b.duration_ms - a.duration_ms);
}, 60_000);

afterAll(async () => {
	await asked?.stop();
	await plays?.stop();
	await postgres?.stop();
});

const playing = async (id: number): Promise<any> => (await asked.json(`${api}/channels/${id}`)).current_item?.track_id ?? null;

// A second is what is promised here.
test.skipIf(postgres === undefined)('what one process is told the other does within a second', async () => {
	const { id } = (await mod.post(`${api}/channels`, { title: 'Apart', auto_end_enabled: false })).json();
	for (const { id: track_id } of tracks.slice(0, 3)) await mod.post(`${api}/queue/${id}/items`, { track_id });
	await mod.post(`${api}/channels/${id}/start`);
	await until('the first track', async () => (await playing(id)) === tracks[0].id);

	let since = performance.now();
	expect((await mod.post(`${api}/queue/${id}/skip`)).status).toBe(200);
	await until('the second track', async () => (await playing(id)) === tracks[1].id);
	expect(performance.now() - since).toBeLessThan(1500);
	await new Promise((later) => setTimeout(later, 1500));
	expect(await playing(id)).toBe(tracks[1].id);
	const { items } = await asked.json(`${api}/channels/${id}/history`);
	expect(items.map((one: any) => [one.track_id, one.reason])).toEqual([
		[tracks[1].id, null],
		[tracks[0].id, 'skip'],
	]);

	const leave = new AbortController();
	const answer = await fetch(`http://127.0.0.1:${plays.port}/live/${id}.mp3`, { signal: leave.signal });
	expect(answer.status).toBe(200);
	since = performance.now();
	expect((await mod.post(`${api}/channels/${id}/stop`)).status).toBe(200);
	const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
	while (!(await reader.read()).done);
	expect(performance.now() - since).toBeLessThan(1500);
	leave.abort();
}, 60_000);
