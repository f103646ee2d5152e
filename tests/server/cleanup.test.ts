// Tidying up over HTTP: what a scan brought is looked at, accepted one by one
// and many at once, undone, dismissed; and what needs nobody to be asked.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { serveUntilEnd, temporary } from './support/library.ts';
import { shortSong } from './support/music.ts';
import { run, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const room = await temporary('cleanup');
const folder = join(room, 'music');
await mkdir(folder);
const server = await serveUntilEnd({
	data: join(room, 'data'),
	env: { WATCH_FOLDERS: 'no', SCAN_AT_START: 'no', ANALYSIS: 'no', SCHEDULE_MUSIC_ETL: 'off', CLEANUP_AUTOMATIC: 'composition' },
});
const description = await Description.of(server);
let admin: Person;
let moderator: Person;

async function ended(id: number): Promise<any> {
	return until(`the end of job ${id}`, async () => {
		const job = await admin.json(`${api}/jobs/${id}`);
		return job.finished_at !== null ? job : undefined;
	}, 60_000);
}

const runNow = async (name: string): Promise<any> => ended((await admin.post(`${api}/schedules/${name}/run`)).json().id);

function checked(method: string, pattern: string, answer: Answer, status = 200): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + pattern);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return answer.json();
}

const listed = async (query = ''): Promise<any[]> =>
	checked('GET', '/cleanup', await moderator.ask(`${api}/cleanup?limit=100${query}`)).items;
const decide = async (id: number, what: string, status = 200): Promise<any> =>
	checked('POST', `/cleanup/{id}/${what}`, await moderator.post(`${api}/cleanup/${id}/${what}`), status);
const bulk = async (body: object, status = 200): Promise<any> =>
	checked('POST', '/cleanup/bulk', await moderator.post(`${api}/cleanup/bulk`, body), status);
const titleOf = async (id: number): Promise<string> => (await server.json(`${api}/tracks/${id}`)).title;

beforeAll(async () => {
	admin = await person(server, 'root', 'admin');
	moderator = await person(server, 'mod', 'moderator');
	const titles = ['01 - Morning (Official Video)', 'Noon.mp3', 'Evening.mp3', 'Beyonce\u0301', 'НОЧЬ УШЛА', 'A fine title'];
	for (const [n, title] of titles.entries()) await writeFile(join(folder, `${n}.mp3`), await shortSong(title, 'Band', 'Album', n + 1));
	await admin.post(`${api}/sources`, { path: folder, scan: false });
	expect((await runNow('music_etl')).state).toBe('done');
	const [job] = (await admin.json(`${api}/jobs?kind=cleanup&limit=1`)).items;
	expect(await ended(job.id)).toMatchObject({ state: 'done' });
});

describe('what could be tidied up', () => {
	test('is suggested after a scan, with what would become of it', async () => {
		const [one] = await listed('&rule=promotion');
		expect(one).toMatchObject({
			kind: 'track', title: '01 - Morning (Official Video)', artist: 'Band', field: 'title',
			was: '01 - Morning (Official Video)', becomes: '01 - Morning', change: { title: '01 - Morning' },
			state: 'open', automatic: false, decided_at: null,
		});
		expect((await listed()).some(({ title }) => title === 'A fine title')).toBe(false);
		const rules = checked('GET', '/cleanup/rules', await moderator.ask(`${api}/cleanup/rules`, { headers: { 'accept-language': 'ru' } })).items;
		expect(rules.find(({ name }: any) => name === 'file_ending')).toMatchObject({ open: 2, suggests: true, summary: 'Название кончается расширением файла.' });
		expect(await listed('&kind=album')).toEqual([]);
	});

	test('is accepted as an edit, and undone as one', async () => {
		const [one] = await listed('&rule=promotion');
		expect(await decide(one.id, 'accept')).toMatchObject({ state: 'accepted', decided_by: 'mod' });
		expect(await titleOf(one.thing_id)).toBe('01 - Morning');
		const edits = await moderator.json(`${api}/tracks/${one.thing_id}/edits`);
		expect(edits.fields).toEqual({ title: '01 - Morning' });
		const [audit] = (await admin.json(`/admin/api/audit-logs?model_name=track&model_id=${one.thing_id}&limit=1`)).items;
		expect(audit).toMatchObject({ action: 'update', admin_username: 'mod', new_values: { title: '01 - Morning', rule: 'promotion' } });
		await decide(one.id, 'accept', 409);
		expect(await decide(one.id, 'undo')).toMatchObject({ state: 'undone' });
		expect(await titleOf(one.thing_id)).toBe('01 - Morning (Official Video)');
		expect(await listed('&rule=promotion')).toEqual([]);
	});

	test('is accepted for a whole rule, and what is refused is told', async () => {
		const open = await listed('&rule=file_ending');
		const answer = await bulk({ action: 'accept', rule: 'file_ending' });
		expect(answer).toEqual({ changed: expect.arrayContaining(open.map(({ id }) => id)), refused: [] });
		expect(await titleOf(open[0].thing_id)).not.toContain('.mp3');
		const undone = await bulk({ action: 'undo', ids: [...answer.changed, 999_999] });
		expect(undone.changed).toHaveLength(2);
		expect(undone.refused).toMatchObject([{ id: 999_999, error: 'not_found' }]);
		await bulk({ action: 'accept', rule: 'coffee' }, 422);
		await bulk({ action: 'accept' }, 422);
	});

	test('is never suggested again once it was dismissed', async () => {
		const [one] = await listed('&rule=capitals');
		expect(one.becomes).toBe('Ночь ушла');
		await decide(one.id, 'dismiss');
		expect((await runNow('cleanup')).state).toBe('done');
		expect(await listed('&rule=capitals')).toEqual([]);
		expect(await listed('&rule=capitals&state=dismissed')).toHaveLength(1);
	});

	test('is accepted without asking where the setting says so, and listed', async () => {
		const [one] = await listed('&state=accepted&automatic=true');
		expect(one).toMatchObject({ rule: 'composition', was: 'Beyonce\u0301', becomes: 'Beyonc\u00e9', automatic: true, decided_by: null });
		expect(await titleOf(one.thing_id)).toBe('Beyonc\u00e9');
		await decide(one.id, 'undo');
		expect(await titleOf(one.thing_id)).toBe('Beyonce\u0301');
	});
});

test('a setting that names no rule is told at the start', async () => {
	const ended = await run(['serve', '--data', join(room, 'other'), '--port', '0'], { env: { CLEANUP_AUTOMATIC: 'coffee' } });
	expect(ended.code).toBe(1);
	expect(ended.stderr).toContain('CLEANUP_AUTOMATIC');
});

describe('what is odd', () => {
	test('is counted, and each number names its things', async () => {
		await writeFile(join(folder, 'broken.mp3'), 'this is no music');
		const [source] = (await admin.json(`${api}/sources`)).items;
		await ended((await admin.post(`${api}/sources/${source.id}/scan`)).json().id);
		const quality = checked('GET', '/quality', await moderator.ask(`${api}/quality`));
		const count = Object.fromEntries(quality.checks.map((one: any) => [one.name, one.count]));
		expect(count).toMatchObject({ orphan_tracks: 0, tracks_without_cover: 6, tracks_without_genre: 6, rejected_files: 1, missing_files: 0 });
		expect(quality.index).toMatchObject({ library_tracks: 6, index_tracks: 6 });
		for (const { name, count: expected, kind } of quality.checks) {
			const things = checked('GET', '/quality/{name}', await moderator.ask(`${api}/quality/${name}`)).items;
			expect(things, name).toHaveLength(expected);
			for (const thing of things) expect(thing.kind).toBe(kind);
		}
		const [file] = (await moderator.json(`${api}/quality/rejected_files`)).items;
		expect(file).toMatchObject({ title: 'broken.mp3', source_id: source.id, detail: expect.stringMatching(/\w/) });
		const ordered = async (sort: string) => {
			const first = await moderator.json(`${api}/quality/tracks_without_cover?limit=4&sort=${sort}`);
			const rest = await moderator.json(`${api}/quality/tracks_without_cover?limit=4&sort=${sort}&cursor=${first.next_cursor}`);
			return [...first.items, ...rest.items].map(({ id }: any) => id);
		};
		const oldest = await ordered('id');
		expect(oldest).toHaveLength(6);
		expect(oldest).toEqual([...new Set(oldest)].sort((a, b) => a - b));
		expect(await ordered('-id')).toEqual(oldest.toReversed());
		expect(checked('GET', '/quality/{name}', await moderator.ask(`${api}/quality/coffee`), 404).error).toBe('not_found');
	});
});
