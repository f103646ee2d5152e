// Sources and jobs as an admin drives them over HTTP: a folder is added,
// scanned by the server, paused, and taken out of the library.
import { copyFile, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveUntilEnd, temporary } from './support/library.ts';
import { at, pieces } from './support/music.ts';
import { serve, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const room = await temporary('sources');
const data = join(room, 'data');
const folder = join(room, 'music');
await mkdir(folder);
const server = await serveUntilEnd({ data, env: { WATCH_FOLDERS: 'no' } });
const description = await Description.of(server);
let admin: Person;
let songs: string[];

beforeAll(async () => {
	admin = await person(server, 'root', 'admin');
	songs = pieces.map((piece) => piece.path).filter((path) => path.endsWith('.flac')).slice(0, 3);
	for (const [number, path] of songs.entries()) await copyFile(at(path), join(folder, `${number}.flac`));
	await writeFile(join(folder, 'broken.flac'), 'this is no music');
});

function checked(method: string, pattern: string, answer: Answer, status: number): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + pattern);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return status === 204 ? undefined : answer.json();
}

async function finished(id: number, who = admin): Promise<any> {
	return until(`job ${id}`, async () => {
		const job = checked('GET', '/jobs/{id}', await who.ask(`${api}/jobs/${id}`), 200);
		return ['done', 'failed', 'cancelled'].includes(job.state) ? job : undefined;
	}, 30_000);
}

let source: any;

describe('a source', () => {
	test('is added by its path and scanned by the server', async () => {
		source = checked('POST', '/sources', await admin.post(`${api}/sources`, { path: `${folder}/../music/` }), 201);
		expect(source).toMatchObject({ path: folder, state: 'active', kind: 'folder' });
		await until('the tracks', async () => (await server.json(`${api}/library`)).tracks === songs.length);
		const now = await until('the end of the scan', async () => {
			const one = checked('GET', '/sources/{id}', await admin.ask(`${api}/sources/${source.id}`), 200);
			return one.last_scan_at !== null && one.job_id === null ? one : undefined;
		});
		expect(now).toMatchObject({ file_count: songs.length + 1, rejected_count: 1, scanning: false, last_error: null });
		const rejected = checked('GET', '/sources/{id}/rejected', await admin.ask(`${api}/sources/${source.id}/rejected`), 200);
		expect(rejected.items).toMatchObject([{ path: 'broken.flac' }]);
		expect(rejected.items[0].reason).not.toBe('');
	});

	test('is refused where it cannot be one', async () => {
		await symlink(data, join(room, 'link'));
		const bad: [unknown, number][] = [
			[{ path: 'relative/folder' }, 422],
			[{ path: join(room, 'not-there') }, 422],
			[{ path: join(folder, 'broken.flac') }, 422],
			[{ path: data }, 422],
			[{ path: join(room, 'link') }, 422],
			[{ path: folder }, 409],
			[{ path: room }, 409],
			[{ path: 'x'.repeat(4001) }, 422],
			[{}, 422],
		];
		for (const [body, status] of bad) {
			const answer = checked('POST', '/sources', await admin.post(`${api}/sources`, body), status);
			if (status === 422) expect(answer.details[0].field).toBe('path');
		}
		expect((await admin.json(`${api}/sources`)).items).toHaveLength(1);
	});

	test('finds what changed when it is asked to', async () => {
		await rm(join(folder, '2.flac'));
		const asked = checked('POST', '/sources/{id}/scan', await admin.post(`${api}/sources/${source.id}/scan`, {}), 202);
		expect(asked).toMatchObject({ kind: 'scan', source_id: source.id });
		const job = await finished(asked.id);
		expect(job).toMatchObject({ state: 'done', progress: { removed: 1 }, error: null });
		expect((await server.json(`${api}/library`)).tracks).toBe(songs.length - 1);
		const again = checked('POST', '/sources/{id}/scan', await admin.post(`${api}/sources/${source.id}/scan`, { again: true }), 202);
		expect((await finished(again.id)).state).toBe('done');
		const log = checked('GET', '/jobs/{id}/log', await admin.ask(`${api}/jobs/${again.id}/log`), 200);
		expect(log.items.some((line: any) => line.path?.includes('broken.flac'))).toBe(true);
		checked('POST', '/jobs/{id}/cancel', await admin.post(`${api}/jobs/${again.id}/cancel`), 409);
		checked('POST', '/jobs/{id}/retry', await admin.post(`${api}/jobs/${again.id}/retry`), 409);
		checked('POST', '/jobs/{id}/cancel', await admin.post(`${api}/jobs/999999/cancel`), 404);
	});

	test('rests while it is paused', async () => {
		const paused = checked('PATCH', '/sources/{id}', await admin.send('PATCH', `${api}/sources/${source.id}`, { state: 'paused' }), 200);
		expect(paused.state).toBe('paused');
		checked('POST', '/sources/{id}/scan', await admin.post(`${api}/sources/${source.id}/scan`, {}), 409);
		checked('PATCH', '/sources/{id}', await admin.send('PATCH', `${api}/sources/${source.id}`, { state: 'gone' }), 422);
		checked('PATCH', '/sources/{id}', await admin.send('PATCH', `${api}/sources/${source.id}`, { state: 'active' }), 200);
	});

	test('is in the audit log with each change', async () => {
		const rows = (await admin.json(`/admin/api/audit-logs?model_name=source&sort=id`)).items;
		expect(rows.map((one: any) => one.action)).toEqual(['create', 'update', 'update', 'update', 'update']);
		expect(rows[0].new_values).toEqual({ path: folder });
	});

	test('leaves with its tracks and may return with them', async () => {
		const tracks = (await server.json(`${api}/tracks`)).items.map((one: any) => one.id);
		const job = checked('DELETE', '/sources/{id}', await admin.send('DELETE', `${api}/sources/${source.id}`), 202);
		expect(job.kind).toBe('remove');
		expect((await finished(job.id)).state).toBe('done');
		expect((await server.json(`${api}/library`)).tracks).toBe(0);
		expect((await admin.ask(`${api}/sources/${source.id}`)).status).toBe(404);
		checked('DELETE', '/sources/{id}', await admin.send('DELETE', `${api}/sources/${source.id}`), 404);
		expect(await readdir(folder)).toContain('0.flac');
		const back = checked('POST', '/sources', await admin.post(`${api}/sources`, { path: folder }), 201);
		expect(back.id).toBe(source.id);
		await until('the tracks', async () => (await server.json(`${api}/library`)).tracks === tracks.length);
		expect((await server.json(`${api}/tracks`)).items.map((one: any) => one.id)).toEqual(tracks);
	});
});

test('jobs are listed by kind, source and state', async () => {
	const scans = checked('GET', '/jobs', await admin.ask(`${api}/jobs?kind=scan&source_id=${source.id}&state=done&limit=2`), 200);
	expect(scans.items.length).toBeGreaterThan(0);
	expect(scans.items.every((one: any) => one.kind === 'scan' && one.state === 'done')).toBe(true);
	checked('GET', '/jobs', await admin.ask(`${api}/jobs?state=lazy`), 422);
});

test('a source that was being removed when the server was killed is gone after the next start', async () => {
	const own = join(room, 'killed');
	await mkdir(own);
	const music = join(room, 'more');
	await cp(folder, music, { recursive: true });
	const first = await serve({ data: own, env: { OGMA_ROLES: 'api' } });
	const boss = await person(first, 'boss', 'admin');
	const made = (await boss.post(`${api}/sources`, { path: music })).json();
	const queued = await boss.send('DELETE', `${api}/sources/${made.id}`);
	expect(queued.status).toBe(202);
	expect((await boss.json(`${api}/jobs/${queued.json().id}`)).state).toBe('queued'); // nobody runs jobs here
	await first.stop();
	const second = await serve({ data: own });
	try {
		const again = await person(second, 'boss2', 'admin');
		expect((await finished(queued.json().id, again)).state).toBe('done');
		expect((await again.json(`${api}/sources`)).items).toEqual([]);
	} finally {
		await second.stop();
	}
});
