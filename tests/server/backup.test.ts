// Backups: made beside a serving program, complete or not there at all, and a
// data folder made of one that is what was saved.
import { chmod, cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scannedData, serveUntilEnd, temporary } from './support/library.ts';
import { lines, run, serve, until } from './support/ogma.ts';
import { Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const room = await temporary('backup');
const data = await scannedData('backup');
const backups = join(room, 'backups');
await writeFile(join(data, 'ogma.conf'), 'ACCESS_LOG=no\nSECRET_KEY=very-secret-key-that-nobody-reads-0123456789\n');
const server = await serveUntilEnd({ data, env: { BACKUP_DIR: backups } });
const description = await Description.of(server);
let admin: Person;
let bossWord = '';
/** Names of backups end in their second. */
const stamp = (): string => new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);

beforeAll(async () => {
	admin = await person(server, 'root', 'admin');
});

const ogma = (...argv: string[]): ReturnType<typeof run> => run(argv);

async function library(port: { json(path: string): Promise<any> }): Promise<unknown> {
	const tracks = (await port.json(`${api}/tracks?limit=100`)).items;
	const { last_scan_at: _, ...sums } = await port.json(`${api}/library`);
	return { tracks, sums, artists: (await port.json(`${api}/artists?limit=100`)).items };
}

const to = join(room, 'saved');

describe('a backup', () => {
	test('is made while the server serves and writes, and restored as it was', async () => {
		const track = (await server.json(`${api}/tracks?limit=1`)).items[0];
		expect((await admin.send('PATCH', `${api}/tracks/${track.id}`, { title: 'Edited before' })).status).toBe(200);
		const before = await library(server);

		// Writes go on all the time; each is in the copy wholly or not at all.
		await writeFile(join(data, 'blobs/new/half-written'), 'grows');
		let going = true;
		const writing = (async () => {
			for (let n = 0; going; n++) await admin.send('PATCH', `${api}/tracks/${track.id}`, { year: 1900 + (n % 100) });
		})();
		const made = await ogma('backup', '--to', to, '--data', data, '--json');
		going = false;
		await writing;
		expect(made.code, made.stderr + made.stdout).toBe(0);
		expect(lines(made.stdout)[0]).toMatchObject({ event: 'saved', store: 'sqlite' });
		expect((await stat(to)).mode & 0o77).toBe(0);
		const conf = await readFile(join(to, 'ogma.conf'), 'utf8');
		expect(conf).toContain('ACCESS_LOG=no');
		expect(conf).not.toContain('very-secret');
		expect((await readdir(to)).sort()).not.toContain('search.db');
		expect(await readFile(join(to, 'manifest.json'), 'utf8')).not.toContain('half-written');

		const restored = join(room, 'restored');
		const back = await ogma('restore', '--from', to, '--data', restored, '--json');
		expect(back.code, back.stderr + back.stdout).toBe(0);
		const second = await serve({ data: restored, env: { SCAN_AT_START: 'no' } });
		try {
			const now: any = await library(second);
			const year = (item: any): unknown => ({ ...item, year: 0, updated_at: '' });
			expect(now.tracks.map(year)).toEqual((before as any).tracks.map(year));
			expect(now.sums).toEqual((before as any).sums);
			const cover = now.tracks.find((one: any) => one.cover_url !== null);
			expect((await second.ask(cover.cover_url)).body.equals((await server.ask(cover.cover_url)).body)).toBe(true);
			// the index is not in a backup: a start makes it anew beside its work
			await until('the track is found', async () => {
				const hits = (await second.json(`${api}/search/tracks?q=edited+before`)).items;
				return hits.some((one: any) => one.id === track.id);
			});
			expect((await person(second, 'new', 'user')).id).toBeGreaterThan(admin.id); // people came along
		} finally {
			await second.stop();
		}
		const check = await ogma('doctor', '--data', restored);
		expect(check.code, check.stdout).toBe(0);
	});

	test('goes into a new or empty folder only, and so does what is restored', async () => {
		const again = await ogma('backup', '--to', to, '--data', data);
		expect(again.code).toBe(1);
		expect(again.stderr).toContain('not empty');
		expect((await ogma('restore', '--from', to, '--data', data)).stderr).toContain('not empty');
		expect((await ogma('backup', '--data', data)).code).toBe(2);
		expect((await ogma('restore', '--data', data)).code).toBe(2);
		const empty = join(room, 'empty');
		await mkdir(empty);
		expect((await ogma('restore', '--from', to, '--data', empty)).code).toBe(0);
		await rm(empty, { recursive: true });
	});

	test('that is damaged or incomplete is refused, and leaves nothing behind', async () => {
		const damage: [string, (folder: string) => Promise<unknown>][] = [
			['no manifest', (folder) => rm(join(folder, 'manifest.json'))],
			['half a manifest', (folder) => truncate(join(folder, 'manifest.json'), 100)],
			['a file that is gone', (folder) => rm(join(folder, 'ogma.db'))],
			['a file cut short', (folder) => truncate(join(folder, 'ogma.db'), 8192)],
			['another file', (folder) => writeFile(join(folder, 'ogma.conf'), 'PORT=1\n')],
			['a path that leads out', async (folder) => {
				const text = await readFile(join(folder, 'manifest.json'), 'utf8');
				await writeFile(join(folder, 'manifest.json'), text.replace('"ogma.conf"', '"../ogma.conf"'));
			}],
		];
		const target = join(room, 'never');
		for (const [what, hurt] of damage) {
			const folder = join(room, 'hurt');
			await cp(to, folder, { recursive: true });
			await chmod(folder, 0o700);
			await hurt(folder);
			const tried = await ogma('restore', '--from', folder, '--data', target);
			expect(tried.code, `${what}: ${tried.stdout}${tried.stderr}`).toBe(1);
			expect((await readdir(room)).filter((one) => one.startsWith('never')), what).toEqual([]);
			await rm(folder, { recursive: true });
		}
	});

	test('that cannot be written is removed', async () => {
		const closed = join(room, 'closed');
		await writeFile(closed, 'a file, no folder');
		const tried = await ogma('backup', '--to', join(closed, 'here'), '--data', data);
		expect(tried.code).toBe(1);
		expect(await readFile(closed, 'utf8')).toBe('a file, no folder');
	});
});

describe('on the admin page', () => {
	const operation = (method: string): any =>
		description.operations.find((one) => one.method === method && one.path === '/admin/api/backups');

	test('backups are made, listed and audited', async () => {
		const before = await admin.json('/admin/api/backups');
		expect(before).toMatchObject({ items: [], total: 0, folder: backups });
		const made = await admin.post('/admin/api/backups');
		expect(made.status, made.text).toBe(201);
		expect(description.complaint(operation('POST'), made)).toBeUndefined();
		await mkdir(join(backups, 'ogma-20200101-000000')); // one that was cut short
		const list = await admin.ask('/admin/api/backups');
		expect(description.complaint(operation('GET'), list)).toBeUndefined();
		expect(list.json().items.map((one: any) => one.complete)).toEqual([true, false]);
		const names = async (query: string): Promise<string[]> =>
			(await admin.json(`/admin/api/backups?${query}`)).items.map((one: any) => one.name);
		expect(await names('sort=name')).toEqual(['ogma-20200101-000000', made.json().name]);
		expect(await names('sort=-size_bytes&limit=1')).toEqual([made.json().name]);
		expect(await names('complete=false')).toEqual(['ogma-20200101-000000']);
		expect(await names('q=OGMA-2020')).toEqual(['ogma-20200101-000000']);
		expect(list.json().items[0]).toMatchObject({ name: made.json().name, files: made.json().files });
		const row = (await admin.json('/admin/api/audit-logs?model_name=backup&limit=1')).items[0];
		expect(row).toMatchObject({ action: 'create', new_values: { name: made.json().name } });
		const target = join(room, 'from-page');
		expect((await ogma('restore', '--from', join(backups, made.json().name), '--data', target)).code).toBe(0);
	});

	test('as many are kept as BACKUP_KEEP says, and only whole ones count', async () => {
		const folder = join(room, 'few');
		const few = await serve({ data: await scannedData('backup-few'), env: { BACKUP_DIR: folder, BACKUP_KEEP: '2' } });
		try {
			const boss = await person(few, 'boss', 'admin');
			await mkdir(join(folder, 'ogma-20990101-000000'), { recursive: true }); // somebody's, and not whole
			const names: string[] = [];
			for (let n = 0; n < 3; n++) {
				await until('the next second', () => !names.some((name) => name.endsWith(stamp())));
				const made = await boss.post('/admin/api/backups');
				expect(made.status, made.text).toBe(201);
				names.unshift(made.json().name);
			}
			const left = (await boss.json('/admin/api/backups')).items.filter((one: any) => one.complete);
			expect(left.map((one: any) => one.name)).toEqual(names.slice(0, 2));
			expect(await readdir(folder)).toHaveLength(3);
			const row = (await boss.json('/admin/api/audit-logs?model_name=backup&action=delete')).items;
			expect(row.map((one: any) => one.old_values.name)).toEqual([names[2]]);
		} finally {
			await few.stop();
		}
	});

	test('what a killed process left is not taken for whole, and is gone after the next start', async () => {
		const folder = join(room, 'killed');
		const options = { data: await scannedData('backup-killed'), env: { BACKUP_DIR: folder } };
		let cut = 0;
		for (let round = 0; round < 4; round++) {
			const doomed = await serve(options);
			const boss = round === 0 ? await person(doomed, 'boss', 'admin') : await new Person(doomed, 'boss', bossWord).signIn();
			bossWord = boss.password;
			await new Promise((done) => setTimeout(done, 1000 - (Date.now() % 1000))); // they are named by the second
			const before = await readdir(folder).catch((): string[] => []);
			const answer = boss.post('/admin/api/backups').catch(() => undefined);
			await until('a backup that begins', async () => (await readdir(folder).catch((): string[] => [])).some((name) => !before.includes(name)));
			await new Promise((done) => setTimeout(done, round * 4));
			await doomed.kill();
			await answer;
			for (const name of await readdir(folder)) {
				const whole = (await readdir(join(folder, name))).includes('manifest.json');
				const tried = await ogma('restore', '--from', join(folder, name), '--data', join(room, `killed-${round}-${name}`));
				expect(tried.code, tried.stderr).toBe(whole ? 0 : 1);
				if (!whole) cut++;
			}
		}
		await mkdir(join(folder, 'ogma-20200101-000000')); // the same, killed for sure
		await writeFile(join(folder, 'ogma-20200101-000000', '.making'), '');
		await mkdir(join(folder, '.removed-ogma-20200101-000001'));
		cut++;
		const next = await serve(options);
		try {
			const boss = await new Person(next, 'boss', bossWord).signIn();
			const { items } = await boss.json('/admin/api/backups');
			expect(items.every((one: any) => one.complete)).toBe(true);
			expect((await readdir(folder)).sort()).toEqual(items.map((one: any) => one.name).sort());
			expect(cut).toBeGreaterThan(0);
		} finally {
			await next.stop();
		}
	});

	test('one that is being made is left alone by everybody else', async () => {
		const busy = join(room, 'busy');
		await mkdir(busy);
		await writeFile(join(busy, '.making'), '');
		await writeFile(join(busy, 'ogma.db'), 'half');
		const holder = spawn('flock', [join(busy, '.making'), 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
		holder.stdin.write('held\n');
		await once(holder.stdout, 'data');
		const refused = await ogma('backup', '--to', busy, '--data', data);
		expect(refused.code).toBe(1);
		expect(await readFile(join(busy, 'ogma.db'), 'utf8')).toBe('half');
		holder.stdin.end();
		await once(holder, 'exit');
		const made = await ogma('backup', '--to', busy, '--data', data); // nobody makes that one any more
		expect(made.code, made.stderr).toBe(0);
		expect(await readdir(busy)).not.toContain('.making');
		expect((await ogma('restore', '--from', busy, '--data', join(room, 'from-busy'))).code).toBe(0);
	});

	test('they need a folder that is set', async () => {
		const plain = await serve({ data: join(room, 'plain') });
		try {
			const boss = await person(plain, 'boss', 'admin');
			expect(await boss.json('/admin/api/backups')).toMatchObject({ items: [], folder: null });
			const refused = await boss.post('/admin/api/backups');
			expect(refused.status).toBe(422);
			expect(refused.json().details[0].field).toBe('BACKUP_DIR');
			const moderator = await person(plain, 'mod', 'moderator');
			expect((await moderator.post('/admin/api/backups')).status).toBe(403);
		} finally {
			await plain.stop();
		}
	});
});
