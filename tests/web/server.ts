/* Servers for the scenarios, each on a data directory of its own. OGMA_DEMO names a rendered demo library; without it one
 * is rendered into build/demo-music, which takes some twenty seconds once. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const top = resolve(import.meta.dirname, '../..');
const program = process.env.OGMA_PROGRAM ?? join(top, 'build/ogma');
/** Of the account "keeper", who may do everything. */
export const KEEPER_PASSWORD = 'a keeper of chains';
/** Made up; scenarios sign with it what Telegram would have signed. */
export const BOT_TOKEN = '123456789:OgmaMadeUpTokenForTestsOnly_0123456';

const READY_MS = 20_000;

export async function freePort(): Promise<number> {
	for (;;) {
		const port = 20_000 + Math.floor(Math.random() * 20_000);
		const free = await new Promise<boolean>((done) => {
			const probe = createServer();
			probe.once('error', () => done(false));
			probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
		});
		if (free) return port;
	}
}

/** Scenarios hear the first seconds of a piece; the pictures of the README show how long each really is. */
export function demoLibrary(): string {
	if (process.env.OGMA_DEMO) return process.env.OGMA_DEMO;
	const folder = join(top, 'build/demo-music');
	const env = process.env.PICTURES ? process.env : { ...process.env, OGMA_DEMO_SECONDS: '20' };
	execFileSync(join(top, 'tools/demo-library'), [folder], { stdio: 'inherit', env });
	process.env.OGMA_DEMO = folder;
	return folder;
}

async function ready(url: string, server: ChildProcess): Promise<void> {
	const deadline = Date.now() + READY_MS;
	while (Date.now() < deadline) {
		if (server.exitCode !== null) throw new Error(`ogma serve ended with ${server.exitCode}`);
		const answer = await fetch(`${url}/health/ready`).catch(() => null);
		if (answer?.ok) return;
		await new Promise((later) => setTimeout(later, 50));
	}
	throw new Error('ogma serve did not get ready');
}

async function stop(server: ChildProcess): Promise<void> {
	const ended = new Promise<number | null>((done) => server.once('exit', done));
	server.kill('SIGTERM');
	const code = await Promise.race([ended, new Promise<'late'>((later) => setTimeout(() => later('late'), 15_000))]);
	if (code === 'late') server.kill('SIGKILL');
	if (code !== 0) throw new Error(`ogma serve ended with ${code}, not 0`);
}

export interface Serving {
	url: string;
	stop: () => Promise<void>;
	/** Ends it in the middle of whatever it does. */
	kill: () => Promise<void>;
	/** Starts it again on the same data and port. */
	start: () => Promise<void>;
}

/** A server on a data folder that is there, with settings of its own. */
async function serve(data: string, port: number, env: NodeJS.ProcessEnv): Promise<Serving> {
	const url = `http://127.0.0.1:${port}`;
	let server: ChildProcess;
	const begin = async () => {
		server = spawn(program, ['serve', '--data', data, '--host', '127.0.0.1', '--port', String(port)], {
			stdio: ['ignore', 'ignore', 'inherit'],
			/* Scenarios make their own people, all from one address. */
			env: { ...process.env, ANALYSIS: 'no', LIMIT_LOGIN_ADDRESS: '0', ...env },
		});
		try {
			await ready(url, server);
		} catch (cause) {
			server.kill('SIGKILL');
			throw cause;
		}
	};
	await begin();
	return {
		url,
		start: begin,
		kill: async () => {
			const ended = new Promise((done) => server.once('exit', done));
			server.kill('SIGKILL');
			await ended;
		},
		stop: async () => {
			await stop(server);
			rmSync(data, { recursive: true, force: true });
		},
	};
}

function newData(): string {
	const data = mkdtempSync(join(tmpdir(), 'ogma-web-'));
	const keeper = 'user add keeper --role superadmin --email keeper@example.org'.split(' ');
	execFileSync(program, [...keeper, '--password', KEEPER_PASSWORD, '--data', data]);
	return data;
}

/** One more, without music or with that of a folder, for what all scenarios cannot share. */
export async function serveApart(env: NodeJS.ProcessEnv, port?: number, music?: string): Promise<Serving> {
	const data = newData();
	if (music !== undefined) execFileSync(program, ['scan', music, '--data', data]);
	return serve(data, port ?? (await freePort()), env);
}

/** With the demo library, for one worker: its scenarios change titles, covers and people one after the other. */
export function serveDemo(): Promise<Serving> {
	return serveApart({ REGISTRATION: 'open', TELEGRAM_BOT_TOKEN: BOT_TOKEN }, undefined, demoLibrary());
}

/** Before all tests: what they all need is there. */
export default function prepare(): void {
	if (process.env.OGMA_URL) return;
	if (!existsSync(program)) throw new Error(`${program} is missing: build it, or set OGMA_URL`);
	demoLibrary();
}
