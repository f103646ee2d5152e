// A PostgreSQL of our own: Debian's server, a cluster in a temporary folder,
// on loopback only.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const packages = '/usr/lib/postgresql';

async function binaries(): Promise<string | undefined> {
	if (!existsSync(packages)) return undefined;
	const versions = (await readdir(packages)).sort((a, b) => Number(b) - Number(a));
	return versions.map((one) => join(packages, one, 'bin')).find((one) => existsSync(join(one, 'pg_ctl')));
}

/** A port above 20000 that nobody listens on just now. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = 20_000 + Math.floor(Math.random() * 12_000);
		const free = await new Promise<boolean>((done) => {
			const server = createServer();
			server.once('error', () => done(false));
			server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
		});
		if (free) return port;
	}
}

export class Postgres {
	readonly dsn: string;
	private readonly bin: string;
	private readonly folder: string;
	private readonly port: number;

	private constructor(bin: string, folder: string, port: number) {
		this.bin = bin;
		this.folder = folder;
		this.port = port;
		this.dsn = `host=127.0.0.1 port=${port} user=postgres dbname=postgres`;
	}

	/** undefined when PostgreSQL is not installed. */
	static async make(folder: string): Promise<Postgres | undefined> {
		const bin = await binaries();
		if (bin === undefined) return undefined;
		const cluster = new Postgres(bin, join(folder, 'cluster'), await freePort());
		await mkdir(cluster.folder, { mode: 0o700 });
		if (process.getuid?.() === 0) {
			const { stdout } = await exec('id', ['-u', 'postgres']);
			await chown(folder, Number(stdout), -1);
			await chown(cluster.folder, Number(stdout), -1);
		}
		await cluster.run('initdb', [
			'-D',
			cluster.folder,
			'-U',
			'postgres',
			'-A',
			'trust',
			'-E',
			'UTF8',
			'--locale=C.UTF-8',
			'--no-sync',
		]);
		await cluster.start();
		return cluster;
	}

	// PostgreSQL refuses to run as root.
	private async run(program: string, argv: string[]): Promise<void> {
		const command = [join(this.bin, program), ...argv];
		const all = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command;
		await exec(all[0] ?? '', all.slice(1), { cwd: '/' });
	}

	async start(): Promise<void> {
		const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=40`;
		await this.run('pg_ctl', [
			'-D',
			this.folder,
			'-l',
			join(this.folder, 'server.log'),
			'-w',
			'-t',
			'30',
			'-o',
			options,
			'start',
		]);
	}

	/** Makes a database beside the first one; answers with its DSN. */
	async database(name: string): Promise<string> {
		await this.run('createdb', ['-h', '127.0.0.1', '-p', `${this.port}`, '-U', 'postgres', name]);
		return this.dsn.replace('dbname=postgres', `dbname=${name}`);
	}

	async stop(): Promise<void> {
		await this.run('pg_ctl', ['-D', this.folder, '-w', '-m', 'immediate', 'stop']);
	}
}
