// From the first start to the last answer, and what comes between.
import { once } from 'node:events';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { Wire } from './support/http.ts';
import { scannedData, temporary, trackTitled, withServer } from './support/library.ts';
import { at, shortSong } from './support/music.ts';
import { type Server, lines, run, serve, sleep, until } from './support/ogma.ts';
import { Postgres, freePort } from './support/postgres.ts';

const folder = await temporary('lifecycle');

describe('start', () => {
	test('takes less than a second', async () => {
		const data = await scannedData('start');
		const took: number[] = []; // a machine that has much else to do may hold up one or another
		while (took.length < 8 && !took.some((ms) => ms < 1000))
			await withServer({ data }, async (server) => {
				console.log(`ready in ${server.tookMs} ms by its own clock, ${Math.round(server.startedMs)} ms from outside`);
				took.push(server.tookMs);
				expect((await server.ask('/health/ready')).status).toBe(200);
			});
		expect(Math.min(...took)).toBeLessThan(1000);
	});

	test('on nothing makes its data folder', async () => {
		await withServer({ data: join(folder, 'new/deep/data'), isFirst: true }, async (server) => {
			expect(await server.json('/api/v1/library')).toMatchObject({
				tracks: 0,
				albums: 0,
				artists: 0,
				genres: 0,
				last_scan_at: null,
			});
		});
	});

	test('of a second server on the same data is refused', async () => {
		const data = join(folder, 'twice');
		await withServer({ data }, async (server) => {
			const second = await run(['serve', '--port', '0', '--host', '127.0.0.1', '--data', data]);
			expect(second.code).toBe(1);
			expect(second.stderr).toContain(`another ogma serve is running on ${data}`);
			expect((await server.ask('/health/live')).status).toBe(200);
		});
		await withServer({ data }, async () => undefined); // the lock went with its owner
	});

	test('where nothing can be written fails with a sentence', async () => {
		await writeFile(join(folder, 'a-file'), '');
		const ended = await run(['serve', '--port', '0', '--data', join(folder, 'a-file/data')]);
		expect(ended.code).toBe(1);
		expect(ended.stderr).toContain('a-file');
		const asked = await run(['serve', '--port', '0', '--json', '--data', join(folder, 'a-file/data')]);
		expect(asked.code).toBe(1);
		expect(lines(asked.stdout)[0]?.['message']).toContain('a-file');
	});

	test('on a port that is taken fails and names the port', async () => {
		await withServer({ data: join(folder, 'port-1') }, async (server) => {
			const ended = await run([
				'serve',
				'--host',
				'127.0.0.1',
				'--port',
				String(server.port),
				'--data',
				join(folder, 'port-2'),
			]);
			expect(ended.code).toBe(1);
			expect(ended.stderr).toContain(String(server.port));
		});
	});

	test('prints an address for people', async () => {
		const port = await freePort();
		const ended = await run(['serve', '--host', '127.0.0.1', '--port', String(port), '--data', join(folder, 'words')], {
			started: async (child) => {
				await once(child.stdout as Readable, 'data'); // what it says, it says when it is ready
				child.kill();
			},
		});
		expect(ended.stdout).toContain(`http://127.0.0.1:${port}`);
	});
});

describe('end', () => {
	test('lets a running download finish and ends with 0', async () => {
		const data = await scannedData('drain');
		const server = await serve({ data });
		const track = await trackTitled(server, 'Wide River');
		const wire = await Wire.open(server.port);
		wire.socket.pause();
		wire.send(`GET /stream/${track.id} HTTP/1.1\r\nHost: ogma\r\n\r\n`);
		await sleep(300); // as much as the socket takes is on its way
		server.signal('SIGTERM');
		await until('the port to be closed', async () => {
			const late = await Wire.open(server.port).catch(() => undefined);
			late?.end();
			return late === undefined;
		});
		expect(server.child.exitCode).toBeNull();
		wire.socket.resume();
		const [answer] = await wire.answered(1, 15_000);
		expect(answer?.whole).toBe(true);
		expect(answer?.body.equals(await readFile(at('long/Wide River.wav')))).toBe(true);
		expect((await server.stop()).code).toBe(0);
	});

	test('waits no longer than it was told', async () => {
		const data = await scannedData('drain-short');
		const server = await serve({ data, env: { DRAIN_MS: '300' } });
		const track = await trackTitled(server, 'Wide River');
		const wire = await Wire.open(server.port);
		wire.socket.pause();
		wire.send(`GET /stream/${track.id} HTTP/1.1\r\nHost: ogma\r\n\r\n`);
		await sleep(300);
		const start = performance.now();
		expect((await server.stop()).code).toBe(0);
		expect(performance.now() - start).toBeLessThan(3000);
		wire.end();
	});

	test('comes at once when nobody is there, by either signal, and again and again', async () => {
		const data = await scannedData('restart');
		for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
			const server = await serve({ data });
			expect((await server.json('/api/v1/library')).tracks).toBeGreaterThan(0);
			const start = performance.now();
			server.signal(signal);
			expect((await server.ended()).code).toBe(0);
			expect(performance.now() - start).toBeLessThan(3000);
		}
	});
});

describe('while it runs', () => {
	test('a log that was moved away is opened anew on SIGHUP', async () => {
		await withServer({ data: join(folder, 'hup') }, async (server) => {
			const log = join(server.data, 'logs/ogma.log');
			const has = (path: string, id: string): Promise<boolean> =>
				readFile(path, 'utf8').then(
					(text) => text.includes(id),
					() => false,
				);
			await server.ask('/health/live', { headers: { 'x-request-id': 'before-1' } });
			await until('the first line', () => has(log, 'before-1'));
			await rename(log, `${log}.moved`);
			server.signal('SIGHUP');
			await until('the new file', () => has(log, 'opened anew'));
			await server.ask('/health/live', { headers: { 'x-request-id': 'after-1' } });
			await until('the second line', () => has(log, 'after-1'));
			expect(await has(`${log}.moved`, 'after-1')).toBe(false);
			expect(await has(`${log}.moved`, 'before-1')).toBe(true);
		});
	});

	test('a role serves what belongs to it and nothing else', async () => {
		const data = await scannedData('roles');
		const statuses = async (server: Server, id: number): Promise<Record<string, number>> => {
			const paths = [
				`/stream/${id}`,
				`/api/v1/tracks/${id}/cover`,
				`/api/v1/tracks/${id}`,
				'/api/v1/search/tracks?q=a',
				'/',
				'/health/ready',
				'/metrics',
			];
			return Object.fromEntries(
				await Promise.all(
					paths.map(async (path) => [path.replace(String(id), 'N'), (await server.ask(path)).status] as const),
				),
			);
		};
		const id = await withServer({ data, argv: ['--roles', 'api'] }, async (server) => {
			const track = await trackTitled(server, 'Spring');
			expect(await statuses(server, track.id)).toEqual({
				'/stream/N': 404,
				'/api/v1/tracks/N/cover': 404,
				'/api/v1/tracks/N': 200,
				'/api/v1/search/tracks?q=a': 200,
				'/': 200,
				'/health/ready': 200,
				'/metrics': 200,
			});
			return track.id as number;
		});
		await withServer({ data, env: { OGMA_ROLES: 'stream' } }, async (server) => {
			expect(await statuses(server, id)).toEqual({
				'/stream/N': 200,
				'/api/v1/tracks/N/cover': 200,
				'/api/v1/tracks/N': 404,
				'/api/v1/search/tracks?q=a': 404,
				'/': 404,
				'/health/ready': 200,
				'/metrics': 200,
			});
		});
	});

	test('metrics have a port of their own when one is set', async () => {
		const port = await freePort();
		await withServer({ data: join(folder, 'metrics'), env: { PROMETHEUS_PORT: String(port) } }, async (server) => {
			const alone = await fetch(`http://127.0.0.1:${port}/metrics`);
			expect(alone.status).toBe(200);
			expect(await alone.text()).toContain('# TYPE ogma_http_requests_total counter');
			expect((await fetch(`http://127.0.0.1:${port}/api/v1/tracks`)).status).toBe(404);
			expect((await server.ask('/metrics')).status).toBe(200);
		});
	});

	test('many ask many things at once and each gets its own answer', async () => {
		await withServer({ data: await scannedData('crowd') }, async (server) => {
			const { items } = await server.json('/api/v1/tracks?limit=100');
			await Promise.all(
				Array.from({ length: 200 }, async (_, i) => {
					const wanted = items[i % items.length];
					const got =
						i % 3 === 0
							? (await server.json(`/api/v1/search/tracks?q=${encodeURIComponent(wanted.title)}`)).items
							: [await server.json(`/api/v1/tracks/${wanted.id}`)];
					expect(got.map((one: any) => one.id)).toContain(wanted.id);
				}),
			);
		});
	});
});

describe('a scan that is killed', () => {
	const count = 600;

	test('and run again leaves the library that one whole scan makes', async () => {
		const root = join(folder, 'killed-music');
		for (let n = 0; n < count; n++) {
			const album = Math.floor(n / 12);
			await mkdir(join(root, `album ${album}`), { recursive: true });
			await writeFile(
				join(root, `album ${album}/${n}.mp3`),
				await shortSong(`Song ${n}`, `Artist ${album % 7}`, `Album ${album}`, (n % 12) + 1),
			);
		}
		const data = join(folder, 'killed');
		const env = { SCAN_BATCH: '20', SCAN_AT_START: 'false' };
		let kills = 0;
		for (const delayMs of [60, 150, 250, 400]) {
			const ended = await run(['scan', root, '--data', data], { env, timeoutMs: delayMs });
			if (ended.signal === 'SIGKILL') kills++;
		}
		expect(kills).toBeGreaterThan(0);
		const last = await run(['scan', root, '--json', '--data', data], { env });
		expect(last.code, last.stdout + last.stderr).toBe(0);
		const whole = await run(['scan', root, '--json', '--data', join(folder, 'whole')], { env });
		expect(whole.code).toBe(0);

		const picture = (from: string): Promise<unknown> =>
			withServer({ data: from, env }, async (server) => {
				const all: any[] = [];
				for (let cursor: string | null = ''; cursor !== null;) {
					const page: any = await server.json(
						`/api/v1/tracks?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
					);
					all.push(...page.items);
					cursor = page.next_cursor;
				}
				const { last_scan_at, ...library } = await server.json('/api/v1/library');
				expect(last_scan_at).not.toBeNull();
				return {
					library,
					tracks: all.map(({ title, artist, album, track_no, duration_ms, size_bytes }) => ({
						title,
						artist,
						album,
						track_no,
						duration_ms,
						size_bytes,
					})),
					albums: (await server.json('/api/v1/albums?limit=100')).items.map((one: any) => [
						one.title,
						one.track_count,
						one.duration_ms,
					]),
					artists: (await server.json('/api/v1/artists?limit=100')).items.map((one: any) => [
						one.name,
						one.track_count,
						one.album_count,
					]),
					found: (await server.json('/api/v1/search/tracks?q=song')).total,
				};
			});
		const [killed, fresh] = [await picture(data), await picture(join(folder, 'whole'))];
		expect(killed).toEqual(fresh);
		expect(killed).toMatchObject({ library: { tracks: count }, found: count });
	});

	test('of a server that is killed starts again with all that was there', async () => {
		const data = await scannedData('crash');
		const server = await serve({ data });
		const before = await server.json('/api/v1/library');
		await server.kill();
		await withServer({ data }, async (again) => {
			expect(await again.json('/api/v1/library')).toMatchObject({ tracks: before.tracks, albums: before.albums });
			expect((await again.json('/api/v1/search/tracks?q=skyline')).total).toBe(1);
		});
	});
});

describe('on PostgreSQL', async () => {
	const place = await temporary('postgres');
	const postgres = await Postgres.make(place);
	afterAll(() => postgres?.stop().catch(() => undefined));

	test.skipIf(postgres === undefined)('the library is what it is on SQLite', async () => {
		const env = { PG_DSN: postgres?.dsn ?? '' };
		const root = join(folder, 'pg-music'),
			data = join(folder, 'pg'),
			embedded = join(folder, 'pg-embedded');
		for (const name of ['classical', 'rock', 'electronic', 'various', 'odd'])
			await cp(at(name), join(root, name), { recursive: true });
		const scans = [
			await run(['scan', root, '--json', '--data', data], { env }),
			await run(['scan', root, '--json', '--data', embedded]),
		];
		for (const scan of scans) expect(scan.code, scan.stdout + scan.stderr).toBe(0);
		const counts = scans.map((scan) => {
			const { added, rejected, unchanged, total } = lines(scan.stdout).at(-1) ?? {};
			return { added, rejected, unchanged, total };
		});
		expect(counts[0]).toEqual(counts[1]);
		expect(lines((await run(['scan', root, '--json', '--data', data], { env })).stdout).at(-1)).toMatchObject({
			added: 0,
			updated: 0,
		});

		const paths = [
			'tracks?sort=title',
			'tracks?sort=-year',
			'tracks?sort=artist',
			'tracks?sort=album',
			'tracks?sort=duration',
			'albums?sort=title',
			'albums?sort=artist',
			'artists?sort=name',
			'genres',
			'tracks?genre=%D1%80%D0%BE%D0%BA',
			'tracks?year_min=1990',
			'search/tracks?q=vivaldi',
			'search/artists?q=chaikovsky',
		];
		// Ids are given out anew by each scan, and equals (genres with as many tracks, hits of one rank) stand in their order.
		const byName = (one: any, two: any): number => ((one.name ?? one.title) < (two.name ?? two.title) ? -1 : 1);
		const comparable = (value: any, path: string): any => {
			const plain = JSON.parse(
				JSON.stringify(value, (key, one) =>
					/^(id|.*_id|.*_at|took_ms|next_cursor|stream_url|cover_url|genre|facets)$/.test(key)
						? undefined
						: key === 'genres'
							? [...one].sort(byName)
							: one,
				),
			);
			if (/year|duration|search|genres$/.test(path)) plain.items.sort(byName);
			return plain;
		};
		await withServer({ data, env }, (server) =>
			withServer({ data: embedded }, async (other) => {
				expect((await server.json('/health/ready')).services[0]).toMatchObject({
					name: 'store',
					driver: 'postgres',
					state: 'up',
				});
				for (const path of paths) {
					const [one, two] = [
						comparable(await server.json(`/api/v1/${path}`), path),
						comparable(await other.json(`/api/v1/${path}`), path),
					];
					expect(one, path).toEqual(two);
				}

				const walked: number[] = [];
				for (let cursor: string | null = ''; cursor !== null;) {
					const page: any = await server.json(
						`/api/v1/tracks?limit=3&sort=artist${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
					);
					walked.push(...page.items.map((one: any) => one.id));
					cursor = page.next_cursor;
				}
				expect(new Set(walked).size).toBe((await server.json('/api/v1/library')).tracks);

				const waltz = await trackTitled(server, 'Вальс');
				expect((await server.ask(waltz.stream_url, { headers: { range: 'bytes=0-3' } })).body.toString()).toBe('fLaC');
				expect((await server.ask(`${waltz.cover_url}&size=64`)).status).toBe(200);
				expect(
					(await server.json(`/api/v1/tracks/${(await trackTitled(server, 'Привет, мир')).id}/lyrics`)).synced,
				).toBe(true);
				expect((await server.ask('/api/v1/tracks/999999999')).status).toBe(404);
			}),
		);
	});

	test.skipIf(postgres === undefined)('people and jobs are kept there too', async () => {
		const env = { PG_DSN: postgres?.dsn ?? '' };
		const data = join(folder, 'pg');
		expect((await run(['user', 'add', 'olga', '--password', 'long enough words', '--data', data], { env })).code).toBe(
			0,
		);
		expect((await run(['user', 'add', 'Olga', '--password', 'long enough words', '--data', data], { env })).code).toBe(
			1,
		);
		expect(lines((await run(['user', 'list', '--json', '--data', data], { env })).stdout)).toMatchObject([
			{ username: 'olga' },
		]);
		expect(lines((await run(['jobs', '--json', '--data', data], { env })).stdout)[0]).toMatchObject({
			kind: 'scan',
			state: 'done',
		});
		expect((await run(['doctor', '--data', data], { env })).stdout).toMatch(/^ok +store +postgres/m);
	});

	test.skipIf(postgres === undefined)('an outage is said plainly and passes by itself', async () => {
		const env = { PG_DSN: postgres?.dsn ?? '', PG_CONNECT_TIMEOUT: '2', SCAN_AT_START: 'false' };
		await withServer({ data: join(folder, 'pg'), env }, async (server) => {
			expect((await server.ask('/api/v1/tracks')).status).toBe(200);
			await postgres?.stop();
			const answer = await server.ask('/api/v1/tracks');
			expect(answer.status).toBe(503);
			expect(answer.json()).toMatchObject({ error: 'unavailable', details: { service: 'store' } });
			expect(Number(answer.header('retry-after'))).toBeGreaterThan(0);
			const ready = await server.ask('/health/ready');
			expect(ready.status).toBe(503);
			expect(ready.json()).toMatchObject({
				status: 'down',
				services: [{ name: 'store', state: 'down' }, { name: 'search' }, { name: 'storage', state: 'up' }],
			});
			expect(ready.json().services[0].reason).toMatch(/\S/);
			expect((await server.ask('/health/live')).status).toBe(200);
			expect((await server.ask('/')).status).toBe(200);

			await postgres?.start();
			await until('the store to be back', async () => (await server.ask('/api/v1/tracks')).status === 200);
			await until('readiness', async () => (await server.ask('/health/ready')).status === 200);
		});
	});

	test.skipIf(postgres === undefined)(
		'a server that is not there is tried as often as was set, then named',
		async () => {
			const port = await freePort();
			const env = {
				PG_DSN: `host=127.0.0.1 port=${port} user=postgres dbname=postgres password=hunter22`,
				PG_POOL_INIT_RETRIES: '1',
				PG_POOL_INIT_DELAY: '1',
			};
			const ended = await run(['serve', '--port', '0', '--data', join(folder, 'pg-away')], { env });
			expect(ended.code).toBe(1);
			expect(ended.stderr).toContain(String(port));
			expect(ended.stderr + ended.stdout).not.toContain('hunter22');
		},
	);
});
