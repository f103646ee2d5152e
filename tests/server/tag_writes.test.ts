// Tags into files over HTTP: one track, many by a job, undone to the byte,
// confirmed; and who may, and when nobody may.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveUntilEnd, temporary, withServer } from './support/library.ts';
import { shortSong } from './support/music.ts';
import { run, runProgram, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const room = await temporary('tag-writes');
const data = join(room, 'data');
const folder = join(room, 'music');
await mkdir(folder);
for (let n = 1; n <= 3; n++) await writeFile(join(folder, `${n}.mp3`), await shortSong(`Song ${n}`, 'Band', 'Album', n));
const scan = await run(['scan', folder, '--json', '--data', data]);
if (scan.code !== 0) throw new Error(scan.stderr);
const env = { WATCH_FOLDERS: 'no', SCAN_AT_START: 'no', ANALYSIS: 'no', SCHEDULE_MUSIC_ETL: 'off' };
const server = await serveUntilEnd({ data, env: { ...env, TAG_WRITE_BACK: 'yes' } });
const description = await Description.of(server);
let admin: Person;
let tracks: any[];

function checked(method: string, pattern: string, answer: Answer, status = 200): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + pattern);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return answer.json();
}

async function ended(id: number): Promise<any> {
	return until(`the end of job ${id}`, async () => {
		const job = await admin.json(`${api}/jobs/${id}`);
		return job.finished_at !== null ? job : undefined;
	}, 60_000);
}

async function titleIn(file: string): Promise<string> {
	const told = await runProgram('/usr/bin/ffprobe', ['-v', 'error', '-show_entries', 'format_tags=title', '-of', 'csv=p=0', join(folder, file)]);
	return told.stdout.trim();
}

const originals = (): Promise<string[]> => readdir(join(data, 'originals'));
const writes = async (query = ''): Promise<any[]> =>
	checked('GET', '/tag-writes', await admin.ask(`${api}/tag-writes?limit=100${query}`)).items;

beforeAll(async () => {
	admin = await person(server, 'root', 'admin');
	tracks = (await server.json(`${api}/tracks?sort=title`)).items;
});

describe('the tags of an edited track', () => {
	test('go into its file, and the original comes back to the byte', async () => {
		const [track] = tracks;
		const before = await readFile(join(folder, '1.mp3'));
		expect(checked('POST', '/tracks/{id}/write-tags', await admin.post(`${api}/tracks/${track.id}/write-tags`))).toEqual({ write: null });
		await admin.send('PUT', `${api}/tracks/${track.id}`, { title: 'Первая песня', year: 1987 });
		const { write } = checked('POST', '/tracks/{id}/write-tags', await admin.post(`${api}/tracks/${track.id}/write-tags`));
		expect(write).toMatchObject({ state: 'written', track_id: track.id, reason: null, fields: { title: { was: 'Song 1', becomes: 'Первая песня' } } });
		expect(await titleIn('1.mp3')).toBe('Первая песня');
		expect(await originals()).toHaveLength(1);
		const [source] = (await admin.json(`${api}/sources`)).items;
		const job = await ended((await admin.post(`${api}/sources/${source.id}/scan`)).json().id);
		expect(job.progress).toMatchObject({ added: 0, updated: 0, moved: 0, unchanged: 3 });
		const [audit] = (await admin.json(`/admin/api/audit-logs?model_name=track&model_id=${track.id}&limit=1`)).items;
		expect(audit).toMatchObject({ admin_username: 'root', new_values: { file: 'written' } });

		expect(checked('POST', '/tag-writes/{id}/undo', await admin.post(`${api}/tag-writes/${write.id}/undo`))).toMatchObject({ state: 'undone' });
		expect((await readFile(join(folder, '1.mp3'))).equals(before)).toBe(true);
		expect(await originals()).toEqual([]);
		expect((await server.json(`${api}/tracks/${track.id}`)).title).toBe('Первая песня');
		checked('POST', '/tag-writes/{id}/undo', await admin.post(`${api}/tag-writes/${write.id}/undo`), 409);
	});

	test('go into many files by a job, and are confirmed one by one', async () => {
		const ids = tracks.map(({ id }) => id);
		await admin.post('/admin/api/tracks/bulk', { ids, action: 'edit', album: 'Другой альбом' });
		const job = checked('POST', '/tag-writes', await admin.post(`${api}/tag-writes`, { ids: [...ids, 999_999] }), 202);
		expect(job.kind).toBe('write_tags');
		expect(await ended(job.id)).toMatchObject({ state: 'done', progress: { done: 4, total: 4, updated: 3, rejected: 1 } });
		const written = await writes('&state=written');
		expect(written).toHaveLength(3);
		for (const { id } of written)
			expect(checked('POST', '/tag-writes/{id}/confirm', await admin.post(`${api}/tag-writes/${id}/confirm`))).toMatchObject({ state: 'confirmed' });
		expect(await originals()).toEqual([]);
		expect(await titleIn('1.mp3')).toBe('Первая песня');
	});

	test('of no track are not written', async () => {
		checked('POST', '/tracks/{id}/write-tags', await admin.post(`${api}/tracks/999999/write-tags`), 404);
	});
});

test('without the operator’s leave nothing is written', async () => {
	const other = join(room, 'other');
	expect((await run(['scan', folder, '--json', '--data', other])).code).toBe(0);
	await withServer({ data: other, env }, async (apart) => {
		const root = await person(apart, 'root', 'admin');
		const [track] = (await apart.json(`${api}/tracks`)).items;
		const answer = await root.post(`${api}/tracks/${track.id}/write-tags`);
		expect(answer.status).toBe(409);
		expect(answer.text).toContain('TAG_WRITE_BACK');
		expect((await root.post(`${api}/tag-writes`, { ids: [track.id] })).status).toBe(409);
	});
});
