// What operators see: metrics, logs, health.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serveMusic, trackTitled, withServer, temporary } from './support/library.ts';
import { type Server, runProgram, until } from './support/ogma.ts';

const server = await serveMusic('observability');
const folder = await temporary('observability-more');
const promtool = '/usr/bin/promtool';

async function sample(from: Server, start: string): Promise<number> {
	const line = (await from.ask('/metrics')).text.split('\n').find((one) => one.startsWith(start));
	return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ') + 1));
}

const logLines = async (from: Server): Promise<Record<string, any>[]> =>
	(await readFile(join(from.data, 'logs/ogma.log'), 'utf8'))
		.split('\n')
		.filter((one) => one !== '')
		.map((one) => JSON.parse(one));

const logged = (from: Server, id: string): Promise<Record<string, any>> =>
	until(`a line about ${id}`, async () =>
		(await logLines(from)).find((one) => one['request_id'] === id && one['message'] === 'request'),
	);

describe('metrics', () => {
	test('are what Prometheus reads', async ({ skip }) => {
		if (!existsSync(promtool)) skip('promtool is not installed');
		for (const path of ['/api/v1/tracks', '/nothing.at.all', '/api/v1/tracks/abc', '/', '/api/v1/search/tracks?q=sky'])
			await server.ask(path);
		const { text, headers } = await server.ask('/metrics');
		expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
		const ended = await runProgram(promtool, ['check', 'metrics'], { input: text });
		expect(ended.stdout + ended.stderr).toBe('');
		expect(ended.code).toBe(0);
	});

	test('are OpenMetrics for who asks for that', async () => {
		const { text, headers } = await server.ask('/metrics', {
			headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' },
		});
		expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
		expect(text.endsWith('# EOF\n')).toBe(true);
		const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map((one) => [one[1] ?? '', one[2] ?? ''] as const);
		expect(families.length).toBeGreaterThan(5);
		for (const [name, type] of families.filter((one) => one[1] === 'counter')) {
			expect(name.endsWith('_total'), `${name} is a ${type}`).toBe(false);
			const others = families.map(([other]) => other).filter((other) => other.startsWith(`${name}_`));
			for (const line of text.split('\n').filter((one) => one.startsWith(name) && !others.some((other) => one.startsWith(other))))
				expect(line, name).toMatch(new RegExp(`^${name}(_total|_created)[ {]`));
		}
	});

	test('have the families of the contract', async () => {
		const { text } = await server.ask('/metrics');
		for (const name of [
			'ogma_http_requests_total',
			'ogma_http_request_duration_seconds',
			'ogma_http_errors_total',
			'ogma_active_users',
			'ogma_active_streams',
			'ogma_stream_listeners',
			'ogma_stream_duration_seconds',
			'ogma_queue_size',
			'ogma_queue_operations_total',
			'ogma_auto_end_total',
			'ogma_websocket_connections',
			'ogma_admin_actions_total',
			'ogma_admin_sessions_active',
			'ogma_system_cpu_percent',
			'ogma_system_memory_percent',
			'ogma_system_disk_percent',
			'ogma_indexer_tracks_total',
			'ogma_indexer_rate_per_minute',
			'ogma_indexer_lag_seconds',
			'ogma_scan_total',
			'ogma_search_duration_seconds',
			'ogma_stream_answers_total',
			'ogma_transcodes_total',
			'ogma_cover_requests_total',
			'ogma_requests_waiting',
		])
			expect(text, name).toContain(`# TYPE ${name} `);
	});

	test("count each request under its route's pattern", async () => {
		const track = await trackTitled(server, 'Spring');
		const of = (method: string, path: string, status: number): string =>
			`ogma_http_requests_total{method="${method}",path="${path}",status="${status}"}`;
		const counted: [string, () => Promise<unknown>, number][] = [
			[of('GET', '/api/v1/tracks/{id}', 200), () => server.ask(`/api/v1/tracks/${track.id}`), 1],
			[of('GET', '/api/v1/tracks/{id}', 404), () => server.ask('/api/v1/tracks/abc?secret=1'), 1],
			[
				of('GET', '/stream/{track_id}', 206),
				() => server.ask(`/stream/${track.id}`, { headers: { range: 'bytes=0-1' } }),
				1,
			],
			[of('GET', 'unknown', 404), () => server.ask('/nothing.at.all'), 1],
			[of('GET', 'web', 200), () => server.ask('/'), 1],
			[of('HEAD', '/api/v1/genres', 200), () => server.ask('/api/v1/genres', { method: 'HEAD' }), 1],
			[
				'ogma_http_request_duration_seconds_count{method="GET",path="/api/v1/library"}',
				() => server.ask('/api/v1/library'),
				1,
			],
		];
		for (const [name, act, step] of counted) {
			const before = await sample(server, name);
			await act();
			await expect.poll(() => sample(server, name), { message: name }).toBe(before + step);
		}
		const { text } = await server.ask('/metrics');
		expect(text).not.toContain(`/tracks/${track.id}`);
		expect(text).not.toContain('nothing.at.all');
		expect(text).not.toContain('secret');
	});

	test('have buckets that grow and end with all', async () => {
		const rows = (await server.ask('/metrics')).text
			.split('\n')
			.filter((one) => one.startsWith('ogma_http_request_duration_seconds_bucket{method="GET",path="/metrics"'))
			.map((one) => Number(one.slice(one.lastIndexOf(' ') + 1)));
		expect(rows.length).toBeGreaterThan(5);
		expect(rows).toEqual([...rows].sort((a, b) => a - b));
	});

	test('can be off', async () => {
		await withServer({ data: join(folder, 'off'), env: { PROMETHEUS_ENABLED: 'false' } }, async (quiet) => {
			expect((await quiet.ask('/metrics')).status).toBe(404);
		});
	});
});

describe('the log', () => {
	test('has one JSON line for a request, with its id and without its query', async () => {
		const answer = await server.ask('/api/v1/search/tracks?q=secretword&limit=3', {
			headers: { 'user-agent': 'test "agent"\t1', 'x-request-id': 'log-me-1' },
		});
		const line = await logged(server, 'log-me-1');
		expect(line).toMatchObject({
			level: 'INFO',
			component: 'http',
			method: 'GET',
			path: '/api/v1/search/tracks',
			status: 200,
			address: '127.0.0.1',
			sent_bytes: answer.body.length,
			user_agent: 'test "agent"\t1',
		});
		expect(line['took_us']).toBeGreaterThan(0);
		expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		expect(await readFile(join(server.data, 'logs/ogma.log'), 'utf8')).not.toContain('secretword');
	});

	test('is of JSON lines only, each with time, level, component and message', async () => {
		await server.ask('/%0a%0d%22%00?x=%0a', { headers: { 'user-agent': '\u00e9\u00ff' } });
		for (const line of await logLines(server))
			for (const name of ['time', 'level', 'component', 'message'])
				expect(line[name], JSON.stringify(line)).toMatch(/\S/);
	});

	test('tells of the start, and keeps the link for the first superadmin to who started it', async () => {
		const ready = (await logLines(server)).find((one) => one['message'] === 'ready');
		expect(ready).toMatchObject({ level: 'INFO', port: server.port });
		const [link] = await until('the link', async () => server.stdout.match(/\/link\/[\w-]{20,}/) ?? undefined);
		expect(await readFile(join(server.data, 'logs/ogma.log'), 'utf8')).not.toContain(link);
	});

	test("names the client that a trusted proxy names, and nobody else's", async () => {
		await server.ask('/health/live', { headers: { 'x-forwarded-for': '203.0.113.7', 'x-request-id': 'proxy-0' } });
		expect((await logged(server, 'proxy-0'))['address']).toBe('127.0.0.1');
		await withServer({ data: join(folder, 'proxy'), env: { HTTP_TRUSTED_PROXIES: '127.0.0.0/8' } }, async (behind) => {
			await behind.ask('/health/live', {
				headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.7', 'x-request-id': 'proxy-1' },
			});
			expect((await logged(behind, 'proxy-1'))['address']).toBe('203.0.113.7');
		});
	});

	test('of requests can be off, and can go to standard error', async () => {
		const options = {
			data: join(folder, 'no-log'),
			env: { ACCESS_LOG: 'false', LOG_LEVEL: 'DEBUG' },
			argv: ['--log-stderr'],
		};
		await withServer(options, async (quiet) => {
			await quiet.ask('/health/live', { headers: { 'x-request-id': 'quiet-1' } });
			const end = await quiet.stop();
			expect(end.stderr).toContain('"message":"ready"');
			expect(end.stderr).not.toContain('quiet-1');
			for (const line of end.stderr.split('\n').filter((one) => one !== '')) JSON.parse(line);
		});
	});
});

describe('health', () => {
	test('tells of each backing service', async () => {
		const ready = await server.json('/health/ready');
		expect(ready.status).toBe('ok');
		expect(ready.services).toMatchObject([
			{ name: 'store', driver: 'sqlite', required: true, state: 'up', reason: null },
			{ name: 'search', driver: 'fts5', required: false, state: 'up', reason: null },
			{ name: 'storage', driver: 'folder', required: false, state: 'up', reason: null },
		]);
		for (const service of ready.services) expect(service.latency_ms).toBeGreaterThanOrEqual(0);
		expect((await server.ask('/health/ready')).header('cache-control')).toBe('no-store');
	});

	test('counts the time it runs', async () => {
		const { uptime_seconds, status, version } = await server.json('/health');
		expect(status).toBe('ok');
		expect(version).toMatch(/^\d+\.\d+\.\d+$/);
		expect(uptime_seconds).toBeGreaterThanOrEqual(0);
		expect(uptime_seconds).toBeLessThan(600);
	});
});
