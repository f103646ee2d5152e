// Data folders: an empty one, or one with the whole music scanned already.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { at, music } from './music.ts';
import { type Environment, run, type ServeOptions, type Server, serve } from './ogma.ts';
import { Postgres } from './postgres.ts';
import { prepare, scanned } from './template.ts';

// What a test file leaves behind is undone at its end, the last first. This
// module is loaded anew for every file, so this is one list for each.
const undone: (() => Promise<unknown>)[] = [];

afterAll(async () => {
	for (const undo of undone.reverse()) await undo();
});

/** Something else to do at the end of the file. */
export function undoAtEnd(undo: () => Promise<unknown>): void {
	undone.push(undo);
}

/** Where a disk is that has something on it: other folders of tests may be in memory. */
export const disk = '/tmp';

/** A folder that is removed when the test file is over. */
export async function temporary(name: string, place = tmpdir()): Promise<string> {
	const folder = await mkdtemp(join(place, `ogma-${name}-`));
	undone.push(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

/** A data folder with the whole music. */
export async function scannedData(name: string, place = tmpdir()): Promise<string> {
	const data = join(await temporary(name, place), 'data');
	await cp(scanned(), data, { recursive: true });
	return data;
}

/** A server that is stopped, and seen to stop well, when the file is over. */
export async function serveUntilEnd(options: ServeOptions): Promise<Server> {
	const server = await serve(options);
	undone.push(() => server.stop());
	return server;
}

/** A server on a copy of the scanned library. */
export async function serveMusic(name: string, options: Omit<ServeOptions, 'data'> = {}): Promise<Server> {
	return serveUntilEnd({ data: await scannedData(name), ...options });
}

/** The same with the library in a PostgreSQL of its own. */
export async function serveMusicOnPostgres(name: string): Promise<{ server: Server; env: Environment }> {
	const place = await temporary(`${name}-postgres`);
	const postgres = await Postgres.make(place);
	if (postgres === undefined) throw new Error('PostgreSQL is not installed: tools/setup test');
	undone.push(() => postgres.stop());
	const options = { data: join(await temporary(name), 'data'), env: { PG_DSN: postgres.dsn } };
	const scan = await run(['scan', music, '--json', '--data', options.data], { env: options.env });
	if (scan.code !== 0) throw new Error(`the scan went wrong: ${scan.stdout}${scan.stderr}`);
	return { server: await serveUntilEnd(options), env: options.env };
}

/** A server on a library of one folder of the music only. */
export async function servePartOfMusic(part: string, options: Omit<ServeOptions, 'data'> = {}): Promise<Server> {
	const data = join(await temporary(part), 'data');
	await prepare(data);
	const scan = await run(['scan', at(part), '--json', '--data', data]);
	if (scan.code !== 0) throw new Error(`the scan went wrong: ${scan.stdout}${scan.stderr}`);
	return serveUntilEnd({ data, ...options });
}

/** The one item of a list whose field has that value. */
export async function find(server: Server, path: string, field: string, value: unknown): Promise<any> {
	let cursor: string | null = null;
	do {
		const page: any = await server.json(
			`${path}?limit=100${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
		);
		const item = page.items.find((one: any) => one[field] === value);
		if (item !== undefined) return item;
		cursor = page.next_cursor;
	} while (cursor !== null);
	throw new Error(`${path} has nothing whose ${field} is ${String(value)}`);
}

export const trackTitled = (server: Server, title: string): Promise<any> =>
	find(server, '/api/v1/tracks', 'title', title);

/** A server for the time of one scenario. */
export async function withServer<T>(options: ServeOptions, work: (server: Server) => Promise<T>): Promise<T> {
	const server = await serve(options);
	try {
		return await work(server);
	} finally {
		await server.stop(); // also tells when it ended by itself, and how
	}
}
