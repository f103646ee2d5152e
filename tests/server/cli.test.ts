// The command line: what it prints, what it refuses, how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scannedData, temporary, trackTitled, withServer } from './support/library.ts';
import { at, expected, music, shortSong } from './support/music.ts';
import { type Ended, type RunOptions, lines, program, run, runProgram, until } from './support/ogma.ts';
import { prepare } from './support/template.ts';

const folder = await temporary('cli');
const commandNames = ['serve', 'scan', 'user', 'jobs', 'index', 'settings', 'drivers', 'doctor', 'version', 'help'];

async function runWell(argv: string[], options: RunOptions = {}): Promise<Ended> {
	const ended = await run(argv, options);
	expect(ended.code, ended.stdout + ended.stderr).toBe(0);
	return ended;
}

describe('help', () => {
	test('lists every command', async () => {
		for (const argv of [['help'], ['--help'], ['-h']]) {
			const { stdout } = await runWell(argv);
			for (const name of commandNames) expect(stdout, argv[0]).toMatch(new RegExp(`^ +${name} +\\S`, 'm'));
		}
	});

	test('tells of each command, by two ways', async () => {
		for (const name of commandNames) {
			const { stdout } = await runWell(['help', name]);
			expect(stdout).toMatch(new RegExp(`^usage: ogma ${name}`));
			expect(stdout).not.toMatch(/ $/m);
			expect((await runWell([name, '--help'])).stdout).toBe(stdout);
		}
	});

	test('the version is a number', async () => {
		for (const argv of [['version'], ['--version']])
			expect((await runWell(argv)).stdout).toMatch(/^ogma \d+\.\d+\.\d+\n$/);
		expect(lines((await runWell(['version', '--json'])).stdout)[0]?.['version']).toMatch(/^\d+\.\d+\.\d+$/);
	});
});

describe('wrong usage ends with 2 and says why on standard error', () => {
	test.each([
		[[]],
		[['nothing']],
		[['help', 'nothing']],
		[['scan']],
		[['scan', '--nothing', 'x']],
		[['serve', 'extra']],
		[['serve', '--nothing']],
		[['index']],
		[['index', '--rebuild', 'extra']],
		[['settings', 'extra']],
		[['drivers', 'extra']],
		[['doctor', 'extra']],
		[['user']],
		[['user', 'add']],
		[['user', 'list', 'extra']],
		[['user', 'remove', 'x']],
		[['jobs', 'x']],
		[['jobs', '1', '2']],
		[['serve', '--port']],
		[['serve', '--port', 'x']],
		[['serve', '--port', '70000']],
		[['serve', '--roles', 'nothing']],
		[['serve', '--config', '/nonexistent/ogma.conf']],
		[['version', 'extra']],
	] as [string[]][])('ogma %j', async (argv) => {
		const ended = await run([...argv, ...(argv.length > 0 ? ['--data', join(folder, 'usage')] : [])]);
		expect(ended.code, ended.stdout + ended.stderr).toBe(2);
		expect(ended.stdout).toBe('');
		expect(ended.stderr).not.toBe('');
	});
});

describe('settings', () => {
	const settings = async (
		argv: string[] = [],
		options: RunOptions = {},
	): Promise<Record<string, Record<string, any>>> => {
		const env = { ANALYSIS: undefined, PASSWORD_MEMORY_KIB: undefined, ...options.env }; // which the other tests set
		const { stdout } = await runWell(['settings', '--json', '--data', join(folder, 'no-data'), ...argv], { ...options, env });
		return Object.fromEntries(lines(stdout).map((line) => [line['name'] as string, line]));
	};

	test('are printed with type, default and sentence', async () => {
		const all = await settings();
		for (const name of [
			'PORT',
			'HOST',
			'OGMA_DATA_DIR',
			'OGMA_ROLES',
			'PG_DSN',
			'DATABASE_URL',
			'PG_POOL_INIT_RETRIES',
			'PG_POOL_INIT_DELAY',
			'PROMETHEUS_ENABLED',
			'PROMETHEUS_PORT',
			'CORS_ORIGINS',
			'LOG_LEVEL',
			'MEDIA_WORKERS',
			'TRANSCODE_WORKERS',
		])
			expect(all[name], name).toBeDefined();
		for (const row of Object.values(all)) {
			expect(row['summary'], row['name'] as string).toMatch(/\.$/);
			expect(row['type'], row['name'] as string).not.toBe('');
		}
		const { stdout } = await runWell(['settings']);
		for (const name of Object.keys(all)) expect(stdout).toMatch(new RegExp(`^${name}\\b`, 'm'));
	});

	test('the example, with every line switched on, is a file that changes nothing', async () => {
		const { stdout } = await runWell(['settings', '--example']);
		const example = stdout.replace(/^#([A-Z][A-Z0-9_]*=)/gm, '$1');
		expect(example).not.toBe(stdout);
		const path = join(folder, 'example.conf');
		await writeFile(path, example);
		for (const row of Object.values(await settings(['--config', path]))) {
			if (row['name'] === 'OGMA_DATA_DIR') continue; // set by the flag
			expect(row['value'], row['name'] as string).toBe(row['default']);
			expect(row['from'], row['name'] as string).toBe('file');
		}
		await writeFile(path, stdout);
		for (const row of Object.values(await settings(['--config', path])))
			if (row['name'] !== 'OGMA_DATA_DIR') expect(row['from'], row['name'] as string).toBe('default');
	});

	test('from a flag go before the environment, and these before the file', async () => {
		const path = join(folder, 'order.conf');
		await writeFile(path, '# a comment\n\nPORT=20001\nHOST=\'127.0.0.3\'\n  DRAIN_MS = "1234"\n');
		const env = { PORT: '20002', HOST: '127.0.0.2' };
		const all = await settings(['--config', path, '--port', '20003'], { env });
		expect(all['PORT']).toMatchObject({ value: '20003', from: 'flag' });
		expect(all['HOST']).toMatchObject({ value: '127.0.0.2', from: 'environment' });
		expect(all['DRAIN_MS']).toMatchObject({ value: '1234', from: 'file' });
		expect(all['LOG_LEVEL']).toMatchObject({ value: 'INFO', from: 'default' });
		expect((await settings(['--port=20004']))['PORT']).toMatchObject({ value: '20004' });
	});

	test('are read from ogma.conf in the data folder without being asked', async () => {
		const data = join(folder, 'with-conf');
		await mkdir(data);
		await writeFile(join(data, 'ogma.conf'), 'PORT=20005\n');
		expect((await settings(['--data', data]))['PORT']).toMatchObject({ value: '20005', from: 'file' });
	});

	test.each([
		['an unknown name', 'PORT=20001\nPROT=1\n', 2, 'PROT'],
		['a bad number', '\n\nPORT=many\n', 3, 'PORT'],
		['a number out of bounds', 'PORT=70000\n', 1, 'PORT'],
		['a bad truth', 'ACCESS_LOG=perhaps\n', 1, 'ACCESS_LOG'],
		['a line that is no setting', 'PORT=20001\nnothing at all\n', 2, 'NAME=value'],
	])('with %s are refused with file, line and name', async (_, text, line, name) => {
		const path = join(folder, 'bad.conf');
		await writeFile(path, text);
		const ended = await run(['settings', '--config', path]);
		expect(ended.code).toBe(2);
		expect(ended.stderr).toContain(`${path}:${line}`);
		expect(ended.stderr).toContain(name);
	});

	test('never print a secret', async () => {
		const secret = 'postgresql://ogma:hunter22@127.0.0.1/ogma';
		for (const argv of [['settings'], ['settings', '--json'], ['settings', '--example']]) {
			const ended = await runWell(argv, { env: { PG_DSN: secret } });
			expect(ended.stdout + ended.stderr).not.toContain('hunter22');
		}
	});
});

describe('scan', () => {
	const scan = async (data: string, ...argv: string[]): Promise<Record<string, any>[]> =>
		prepare(data).then(async () => lines((await runWell(['scan', '--json', '--data', data, ...argv])).stdout));
	const last = (all: Record<string, any>[]): Record<string, any> => all.at(-1) ?? {};

	test('tells counts, and each file it could not take with its reason', async () => {
		const data = join(folder, 'scan');
		const all = await scan(data, music);
		expect(all.every((line) => ['progress', 'rejected', 'done'].includes(line['event'] as string))).toBe(true);
		expect(last(all)).toMatchObject({
			event: 'done',
			added: expected.tracks,
			updated: 0,
			removed: 0,
			unchanged: 0,
			rejected: expected.rejected.length,
		});
		const rejected = all.filter((line) => line['event'] === 'rejected');
		expect(rejected.length).toBe(expected.rejected.length);
		for (const path of expected.rejected) {
			const line = rejected.find((one) => (one['path'] as string).endsWith(path));
			expect(line?.['reason'], path).toMatch(/\S/);
		}

		const again = last(await scan(data, music));
		expect(again).toMatchObject({ event: 'done', added: 0, updated: 0, removed: 0, unchanged: expected.tracks });
		const forced = last(await scan(data, music, '--again'));
		expect(forced).toMatchObject({ added: 0, removed: 0, rejected: expected.rejected.length });
		expect(forced['unchanged'] + forced['updated']).toBe(expected.tracks);
	});

	test('in words for people tells the same', async () => {
		const { stdout } = await runWell(['scan', at('odd'), '--data', join(folder, 'scan-words')]);
		expect(stdout).toMatch(/^rejected: .*broken\.flac: \S/m);
		expect(stdout).toMatch(/: 1 added, .* 2 rejected in [\d.]+ s\n$/);
	});

	test('draws its bar at a terminal, and nothing of it or of names that command one comes into a file', async () => {
		const root = join(folder, 'evil-names');
		await cp(at('odd'), root, { recursive: true });
		await writeFile(join(root, '\u001b[31mred\u009b1m\nrejected: ё.mp3'), 'no sound');
		const list = join(folder, 'evil-list');
		const command = `'${program}' scan '${root}' --data '${join(folder, 'evil')}' >'${list}'`;
		const shown = await runProgram('script', ['-qec', command, '/dev/null']);
		expect(shown.code, shown.stdout).toBe(0);
		expect(shown.stdout).toMatch(/\r\[[#.]+\] \d+ of 4/);
		const words = await readFile(list, 'utf8');
		expect(words).toMatch(/^rejected: \\x1b\[31mred\\x9b1m\\x0arejected: ё\.mp3: \S/m);
		expect(words).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
		expect(words.match(/^rejected: /gm)).toHaveLength(3);
	});

	test('keeps ids when files move and when tags change, and brings back what returns', async () => {
		const data = join(folder, 'moves'),
			root = join(folder, 'moves-music');
		await mkdir(join(root, 'a'), { recursive: true });
		await cp(at('classical/Vivaldi - The Four Seasons'), join(root, 'a'), { recursive: true });
		await cp(at('electronic/City Lights/02 Skyline.m4a'), join(root, 'sky.m4a'));
		await scan(data, root);
		const ids = (): Promise<Record<string, number>> =>
			withServer({ data, env: { SCAN_AT_START: 'false' } }, async (server) => {
				const { items } = await server.json('/api/v1/tracks?limit=100');
				return Object.fromEntries(items.map((one: any) => [one.title, one.id]));
			});
		const before = await ids();
		expect(Object.keys(before).length).toBe(5);

		await mkdir(join(root, 'b'));
		for (const name of await readdir(join(root, 'a'))) await rename(join(root, 'a', name), join(root, 'b', name));
		expect(last(await scan(data, root))).toMatchObject({ moved: 4, added: 0, removed: 0 });
		expect(await ids()).toEqual(before);

		await writeFile(join(root, 'song.mp3'), await shortSong('First Name', 'Somebody', 'Album'));
		await scan(data, root);
		const named = (await ids())['First Name'];
		expect(named).toBeGreaterThan(0);
		await writeFile(join(root, 'song.mp3'), await shortSong('Second and Longer Name', 'Somebody', 'Album'));
		expect(last(await scan(data, root))).toMatchObject({ updated: 1, added: 0 });
		expect((await ids())['Second and Longer Name']).toBe(named);

		await rename(join(root, 'sky.m4a'), join(folder, 'sky.m4a'));
		expect(last(await scan(data, root))).toMatchObject({ removed: 1 });
		expect((await ids())['Skyline']).toBeUndefined();
		await rename(join(folder, 'sky.m4a'), join(root, 'sky.m4a'));
		expect(last(await scan(data, root))).toMatchObject({ restored: 1, added: 0 });
		expect((await ids())['Skyline']).toBe(before['Skyline']);
	});

	test('goes through loops of links, odd names and empty files to its end', async () => {
		const data = join(folder, 'odd'),
			root = join(folder, 'odd-music');
		await mkdir(join(root, 'deep'), { recursive: true });
		await symlink('..', join(root, 'deep', 'loop'));
		await symlink('nowhere', join(root, 'broken.mp3'));
		await writeFile(join(root, 'empty.mp3'), '');
		const song = await shortSong('Odd Name', 'Somebody', 'Album');
		const odd = Buffer.concat([
			Buffer.from(`${root}/`),
			Buffer.from([0xcf, 0xf0, 0xe8, 0xff, 0x0a]),
			Buffer.from('.mp3'),
		]);
		await writeFile(odd, song);
		const done = last(await scan(data, root));
		expect(done).toMatchObject({ event: 'done', added: 1 });
		expect(done['rejected']).toBeGreaterThanOrEqual(1);
		expect(last(await scan(data, root))).toMatchObject({ added: 0, removed: 0 });
	});

	test.each([
		['a folder that is not there', '/nonexistent/music'],
		['a file', at('odd/text.mp3')],
	])('of %s fails with 1 and a sentence', async (_, path) => {
		const data = join(folder, 'scan-fails');
		const words = await run(['scan', path, '--data', data]);
		expect(words.code).toBe(1);
		expect(words.stderr).toMatch(/^ogma: .+\n$/);
		const asked = await run(['scan', path, '--json', '--data', data]);
		expect(asked.code).toBe(1);
		expect(Object.keys(lines(asked.stdout).at(-1) ?? {})).toEqual(['error', 'message']);
	});

	test('that is stopped before it began has failed', async () => {
		const data = await scannedData('stopped');
		// Who holds the library keeps the command from getting to the folder.
		const hold = `import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('pragma locking_mode=exclusive')
db.execute('begin immediate')
db.execute('create table held (id)')
print('held', flush=True)
sys.stdin.read()`;
		const holder = spawn('python3', ['-c', hold, join(data, 'ogma.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
		await once(holder.stdout, 'data');
		const ended = run(['scan', '--data', data, music], {
			started: async (child) => {
				const sigterm = 1n << 14n;
				await until('the command listens to signals', async () => {
					const caught = /^SigCgt:\s*(\w+)$/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'));
					return (BigInt(`0x${caught?.[1] ?? 0}`) & sigterm) !== 0n || undefined;
				});
				child.kill('SIGTERM');
				holder.stdin.end();
			},
		});
		expect(await ended).toMatchObject({ code: 1, stderr: 'ogma: the scan was stopped\n' });
	});

	test('of a folder inside a known one is refused', async () => {
		const data = join(folder, 'nested');
		await scan(data, at('classical'));
		const ended = await run(['scan', at('classical/Vivaldi - The Four Seasons'), '--data', data]);
		expect(ended.code).toBe(1);
		expect(ended.stderr).toContain('classical');
	});

	test('takes nothing for gone when the whole folder is empty all at once', async () => {
		const data = join(folder, 'unmounted'),
			root = join(folder, 'unmounted-music');
		await mkdir(root);
		await cp(at('electronic'), join(root, 'electronic'), { recursive: true });
		await scan(data, root);
		await rm(join(root, 'electronic'), { recursive: true });
		expect((await run(['scan', root, '--data', data])).code).toBe(1);
		await withServer({ data, env: { SCAN_AT_START: 'false' } }, async (server) => {
			expect((await server.json('/api/v1/library')).tracks).toBe(2);
		});
	});
});

describe('jobs', () => {
	test('are listed with their counts, and one with its log', async () => {
		const data = await scannedData('cli-jobs');
		const [job] = lines((await runWell(['jobs', '--json', '--data', data])).stdout);
		expect(job).toMatchObject({
			kind: 'scan',
			state: 'done',
			added: expected.tracks,
			rejected: expected.rejected.length,
			error: null,
		});
		expect(Date.parse(job?.['finished_at'] as string)).toBeGreaterThanOrEqual(
			Date.parse(job?.['started_at'] as string),
		);
		const log = lines((await runWell(['jobs', String(job?.['id']), '--json', '--data', data])).stdout);
		for (const path of expected.rejected)
			expect(
				log.some((line) => (line['path'] as string).endsWith(path) && line['reason'] !== ''),
				path,
			).toBe(true);
		expect((await runWell(['jobs', '--data', data])).stdout).toContain('scan\tdone');
	});

	test('that are not there are not found', async () => {
		expect((await run(['jobs', '9999', '--data', join(folder, 'no-jobs')])).code).toBe(1);
	});
});

describe('people', () => {
	const data = join(folder, 'people');
	const user = (argv: string[], options: RunOptions = {}): Promise<Ended> =>
		run(['user', ...argv, '--data', data], options);
	const list = async (): Promise<Record<string, any>[]> => lines((await user(['list', '--json'])).stdout);
	const password = 'correct horse battery';

	test('are added with a role, and their passwords are told nowhere', async () => {
		const first = await user(['add', 'anna', '--role', 'admin', '--email', 'anna@example.org', '--password', password]);
		const second = await user(['add', 'борис', '--email', 'boris@example.org'], { input: `${password}\n` });
		const third = await user(['add', 'carl', '--role', 'artist', '--json'], { input: `${password}\n` });
		for (const ended of [first, second, third]) {
			expect(ended.code, ended.stderr).toBe(0);
			expect(ended.stdout + ended.stderr).not.toContain(password);
		}
		expect(lines(third.stdout)[0]).toEqual({ id: 3 });
		expect(await list()).toMatchObject([
			{ id: 1, username: 'anna', role: 'admin', email: 'anna@example.org', is_active: true },
			{ id: 2, username: 'борис', role: 'user', email: 'boris@example.org', is_active: true },
			{ id: 3, username: 'carl', role: 'artist', email: null },
		]);
		expect((await user(['list'])).stdout).not.toMatch(/argon|\$/);
		for (const name of (await readdir(data)).filter((one) => one.startsWith('ogma.db')))
			expect((await readFile(join(data, name))).includes(password), name).toBe(false);
	});

	test.each([
		['the same name', ['add', 'anna', '--password', password]],
		['the same name in capitals', ['add', 'ANNA', '--password', password]],
		['the same address', ['add', 'dora', '--email', 'Anna@example.org', '--password', password]],
		['a role that is none', ['add', 'dora', '--role', 'king', '--password', password]],
		['an address that is none', ['add', 'dora', '--email', 'nothing', '--password', password]],
		['a name with a blank', ['add', 'do ra', '--password', password]],
		['a short password', ['add', 'dora', '--password', '1234']],
		['a password for nobody', ['passwd', 'nobody', '--password', password]],
	])('with %s are refused with 1 and a sentence', async (_, argv) => {
		const before = await list();
		const ended = await user(argv);
		expect(ended.code).toBe(1);
		expect(ended.stderr).toMatch(/^ogma: .+\n$/);
		expect(ended.stderr).not.toContain(password);
		expect(await list()).toEqual(before);
	});

	test('where nobody can be asked choose a password by a link', async () => {
		const env = { PUBLIC_URL: 'https://music.example.org/' };
		const link = /https:\/\/music\.example\.org\/link\/[\w-]{43}/;
		const added = await user(['add', 'dora'], { input: '', env });
		expect(added.code).toBe(0);
		expect(added.stdout).toMatch(link);
		const again = await user(['passwd', 'dora', '--json'], { input: '', env });
		expect(lines(again.stdout)[0]?.['link']).toMatch(link);
		const empty = await user(['add', 'eva'], { input: '\n' });
		expect(empty.code).toBe(1);
	});

	test('get a new password', async () => {
		expect((await user(['passwd', 'anna'], { input: 'another long one\n' })).code).toBe(0);
	});
});

describe('index --rebuild', () => {
	test('makes the words findable again from the library', async () => {
		const data = await scannedData('cli-index');
		for (const name of (await readdir(data)).filter((one) => one.startsWith('search.db'))) await rm(join(data, name));
		expect(lines((await runWell(['index', '--rebuild', '--json', '--data', data])).stdout)).toEqual([
			{ event: 'done' },
		]);
		await withServer({ data }, async (server) => {
			expect((await server.json('/api/v1/search/tracks?q=skyline')).total).toBe(1);
		});
	});

	test('beside a running server is seen by it', async () => {
		const data = await scannedData('cli-index-live');
		await withServer({ data }, async (server) => {
			await runWell(['index', '--rebuild', '--data', data]);
			expect((await server.json('/api/v1/search/tracks?q=skyline')).total).toBe(1);
			expect((await trackTitled(server, 'Skyline')).title).toBe('Skyline');
		});
	});
});

describe('doctor and drivers', () => {
	test('find all well where all is well', async () => {
		const { stdout } = await runWell(['doctor', '--json', '--data', await scannedData('cli-doctor')]);
		const checks = Object.fromEntries(lines(stdout).map((line) => [line['check'], line]));
		for (const name of ['disk', 'files', 'store', 'search', 'media'])
			expect(checks[name]?.['state'], name).not.toBe('failed');
		expect(checks['store']?.['text']).toMatch(/^sqlite, schema \d+$/);
		expect((await runWell(['doctor', '--data', join(folder, 'doctor')])).stdout).toMatch(/^0 failed, \d+ warnings$/m);
	});

	test('say what is missing', async () => {
		const ended = await run(['doctor', '--json', '--data', join(folder, 'doctor')], {
			env: { MEDIA_PROGRAM: '/nonexistent/ogma-media' },
		});
		expect(ended.code).toBe(1);
		expect(lines(ended.stdout).some((line) => line['state'] === 'failed')).toBe(true);
	});

	test('warn of passwords whose hashes are cheap to guess', async () => {
		const passwords = async (kib?: string): Promise<unknown> => {
			const env = { PASSWORD_MEMORY_KIB: kib };
			const { stdout } = await runWell(['doctor', '--json', '--data', join(folder, 'doctor')], { env });
			return lines(stdout).find((line) => line['check'] === 'passwords')?.['state'];
		};
		expect(await passwords()).toBe('ok');
		expect(await passwords('19455')).toBe('warning');
	});

	test('list what rows, bytes and words can be kept in', async () => {
		const rows = lines((await runWell(['drivers', '--json'])).stdout).map((line) => `${line['kind']} ${line['name']}`);
		expect(rows).toEqual(expect.arrayContaining(['store sqlite', 'store postgres', 'blob folder', 'search fts5']));
	});
});
