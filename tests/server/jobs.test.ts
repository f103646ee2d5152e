// Long work and work by the clock over HTTP: steps, reports and alerts, schedules.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { disk, serveUntilEnd, temporary } from './support/library.ts';
import { shortSong } from './support/music.ts';
import { until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { Description } from './support/schema.ts';

const api = '/api/v1';
const room = await temporary('jobs', disk);
const data = join(room, 'data');
const folder = join(room, 'music');
await mkdir(folder);
const server = await serveUntilEnd({
	data,
	env: { WATCH_FOLDERS: 'no', SCAN_AT_START: 'no', ALERT_DISK_PERCENT: '1', TZ: 'Europe/Berlin', SCHEDULE_MUSIC_ETL: 'off' },
});
const description = await Description.of(server);
let admin: Person;

beforeAll(async () => {
	admin = await person(server, 'root', 'admin');
	for (let n = 1; n <= 3; n++) await writeFile(join(folder, `${n}.mp3`), await shortSong(`Song ${n}`, 'Band', 'Album', n));
	checked('POST', '/sources', await admin.post(`${api}/sources`, { path: folder, scan: false }), 201);
});

function checked(method: string, pattern: string, answer: Answer, status: number): any {
	const operation = description.operations.find((one) => one.method === method && one.path === api + pattern);
	if (operation === undefined) throw new Error(`no ${method} ${pattern}`);
	expect(answer.status, answer.text.slice(0, 400)).toBe(status);
	expect(description.complaint(operation, answer)).toBeUndefined();
	return answer.json();
}

async function ended(id: number, who = admin): Promise<any> {
	return until(`the end of job ${id}`, async () => {
		const job = await who.json(`${api}/jobs/${id}`);
		return job.finished_at !== null ? job : undefined;
	}, 60_000);
}

const runNow = async (name: string): Promise<any> =>
	ended(checked('POST', '/schedules/{name}/run', await admin.post(`${api}/schedules/${name}/run`), 202).id);

describe('what comes by the clock', () => {
	test('is listed with its times, changed and switched off', async () => {
		const list = checked('GET', '/schedules', await admin.ask(`${api}/schedules`), 200);
		const times = list.items.map((one: any) => one.next_run_at).filter(Boolean);
		expect(times).toEqual([...times].sort()); // what comes next is the first
		expect(list.items.slice(times.length).every((one: any) => one.next_run_at === null)).toBe(true);
		expect(new Date(times[0]).getTime()).toBeGreaterThan(Date.now());
		const named = checked('GET', '/schedules', await admin.ask(`${api}/schedules?sort=-name`), 200);
		expect(named.items.map((one: any) => one.name)).toEqual(['music_etl', 'monitoring', 'log_cleanup', 'daily_report', 'cleanup', 'backup']);
		expect(named.items[0]).toMatchObject({ cron: 'off', enabled: true, next_run_at: null, changed: false });

		const change = (body: object): Promise<Answer> => admin.send('PATCH', `${api}/schedules/log_cleanup`, body);
		const changed = checked('PATCH', '/schedules/{name}', await change({ cron: '30 12 * * *' }), 200);
		expect(changed).toMatchObject({ cron: '30 12 * * *', preset: '40 3 * * *', changed: true });
		expect((await admin.json(`${api}/schedules?changed=true`)).items).toEqual([changed]);
		const hour = new Intl.DateTimeFormat('en', { hour: 'numeric', hour12: false, timeZone: 'Europe/Berlin' });
		expect(hour.format(new Date(changed.next_run_at))).toBe('12');
		expect(checked('PATCH', '/schedules/{name}', await change({ enabled: false }), 200)).toMatchObject({ enabled: false, next_run_at: null });
		expect((await admin.json(`${api}/schedules?enabled=false&q=LOG`)).items.map((one: any) => one.name)).toEqual(['log_cleanup']);
		expect(checked('PATCH', '/schedules/{name}', await change({ enabled: true, cron: null }), 200)).toMatchObject({ cron: '40 3 * * *', changed: false });
		const bad = checked('PATCH', '/schedules/{name}', await change({ cron: '0 25 * * *' }), 422);
		expect(bad.details[0]).toMatchObject({ field: 'cron', message: expect.stringContaining('"25" is no hour') });
		checked('PATCH', '/schedules/{name}', await admin.send('PATCH', `${api}/schedules/coffee`, { enabled: true }), 404);
		checked('GET', '/schedules/{name}/runs', await admin.ask(`${api}/schedules/coffee/runs`), 404);
	});

	test('scans all sources, step by step, as parts of one job', async () => {
		const job = await runNow('music_etl');
		expect(job).toMatchObject({ state: 'done', kind: 'music_etl', step: 'cleanup', progress: { done: 3, total: 3, added: 3 } });
		expect(job.requested_by).toBe(admin.id);
		const parts = checked('GET', '/jobs', await admin.ask(`${api}/jobs?parent_id=${job.id}`), 200);
		expect(parts.items).toMatchObject([{ kind: 'scan', state: 'done', parent_id: job.id, attempts: 1 }]);
		expect((await server.json(`${api}/search/tracks?q=song`)).total).toBe(3);
		const runs = checked('GET', '/schedules/{name}/runs', await admin.ask(`${api}/schedules/music_etl/runs`), 200);
		expect(runs.items).toMatchObject([{ job_id: job.id, reason: 'person', state: 'done', error: null }]);
	});

	test('looks at services, data and answer times, and raises an alert at the second look', async () => {
		expect((await runNow('monitoring')).state).toBe('done');
		const first = checked('GET', '/monitoring/report', await admin.ask(`${api}/monitoring/report`), 200);
		expect(first.latest.report.services).toMatchObject([{ name: 'store', up: true }, { name: 'search', up: true }, { name: 'events', up: true }, { name: 'storage', up: true }]);
		expect(first.latest.report.data).toMatchObject({ tracks: 3, orphan_tracks: 0, duplicate_albums: 0, rejected_files: 0 });
		expect(first.latest.report.index).toMatchObject({ tracks: 3, current: true });
		expect(first.latest.report.routes.find((one: any) => one.route === `${api}/schedules`)).toMatchObject({ method: 'GET', errors: 0 });
		expect(first.alerts).toEqual([]);
		expect((await runNow('monitoring')).state).toBe('done');
		const second = checked('GET', '/monitoring/report', await admin.ask(`${api}/monitoring/report`), 200);
		expect(second.alerts).toMatchObject([{ name: 'disk_full', level: 'warning', active: true, ended_at: null }]);
		expect(checked('GET', '/reports', await admin.ask(`${api}/reports?kind=monitoring`), 200).total).toBe(2);
	});

	test('sums up the day before and tidies up', async () => {
		expect((await runNow('daily_report')).state).toBe('done');
		const [report] = checked('GET', '/reports', await admin.ask(`${api}/reports`), 200).items;
		const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
		expect(report.report).toMatchObject({ day: yesterday, listening: { plays: 0 }, library: { tracks: 3 }, top_tracks: [] });
		expect((await runNow('log_cleanup')).state).toBe('done');
	});

	test('fails for good when it cannot be cured by waiting', async () => {
		const job = await runNow('backup');
		expect(job).toMatchObject({ state: 'failed', attempts: 1, error: 'BACKUP_DIR is not set' });
		expect(checked('POST', '/jobs/retry', await admin.post(`${api}/jobs/retry`, { kind: 'backup' }), 202)).toEqual({ queued: 0 });
	});

	test('is written into the audit log', async () => {
		const rows = (await admin.json('/admin/api/audit-logs?model_name=schedule')).items;
		expect(rows.length).toBeGreaterThanOrEqual(8);
		expect(rows[0].new_values).toMatchObject({ schedule: 'backup', asked: 'run' });
	});

	test('is counted', async () => {
		const text = (await admin.ask('/metrics')).text;
		expect(text).toMatch(/ogma_jobs_ended_total\{kind="music_etl",state="done"\} 1/);
		expect(text).toMatch(/ogma_job_duration_seconds_count\{kind="scan"\} 1/);
	});
});
