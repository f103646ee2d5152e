// Starts the program under test: commands that end, and servers that stay.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Answer, type Ask, ask } from './http.ts';
import { prepare } from './template.ts';

const given = process.env['OGMA_PROGRAM'] ?? join(import.meta.dirname, '../../../build/ogma');

export const program = resolve(given);
export const mediaProgram = ((): string => {
	try {
		return join(dirname(realpathSync(program)), 'ogma-media');
	} catch {
		return join(dirname(program), 'ogma-media');
	}
})();

export type Environment = Record<string, string | undefined>; // undefined: not set

// Nothing of the person's own environment reaches the program, so that a
// setting of theirs cannot change what is tested. Nobody listens to the music
// unless a test wants it, and passwords are hashed with little: both would take
// the processor from all the others.
function environment(extra: Environment = {}): Environment {
	const base: Environment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/nonexistent', ANALYSIS: 'no', PASSWORD_MEMORY_KIB: '1024' };
	for (const [name, value] of Object.entries(process.env)) {
		if (/^(ASAN|UBSAN|TSAN|LSAN)_OPTIONS$/.test(name) && value !== undefined) base[name] = value;
	}
	return { ...base, ...extra };
}

export interface Ended {
	code: number | null;
	signal: NodeJS.Signals | null;
	stdout: string;
	stderr: string;
}

export interface RunOptions {
	env?: Environment;
	input?: string;
	cwd?: string;
	timeoutMs?: number;
	started?: (child: ChildProcess) => Promise<void>; // what is done meanwhile
}

/** Runs a command to its end. */
export async function run(argv: string[], options: RunOptions = {}): Promise<Ended> {
	return runProgram(program, argv, options);
}

export async function runProgram(path: string, argv: string[], options: RunOptions = {}): Promise<Ended> {
	const child = spawn(path, argv, { env: environment(options.env), cwd: options.cwd, stdio: 'pipe' });
	const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
	const output = gather(child);
	child.stdin.on('error', () => undefined); // it may end without reading
	child.stdin.end(options.input ?? '');
	const closed = once(child, 'close');
	await options.started?.(child);
	const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
	clearTimeout(timer);
	return { code, signal, stdout: output.stdout, stderr: output.stderr };
}

function gather(child: ChildProcess): { stdout: string; stderr: string } {
	const output = { stdout: '', stderr: '' };
	child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
	child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
	return output;
}

/** The lines of a `--json` answer. */
export function lines(text: string): Record<string, any>[] {
	return text
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as Record<string, any>);
}

export interface ServeOptions {
	data: string;
	argv?: string[];
	env?: Environment;
	isFirst?: boolean; // it makes its tables itself, as at the first start of all
}

export class Server {
	readonly data: string;
	readonly child: ChildProcess;
	readonly port: number;
	readonly tookMs: number;
	readonly startedMs: number; // from spawn to the ready line, seen from here
	private readonly output: { stdout: string; stderr: string };
	private readonly closed: Promise<[number | null, NodeJS.Signals | null]>;

	constructor(
		data: string,
		child: ChildProcess,
		output: { stdout: string; stderr: string },
		ready: { port: number; took_ms: number },
		startedMs: number,
		closed: Promise<[number | null, NodeJS.Signals | null]>,
	) {
		this.data = data;
		this.child = child;
		this.output = output;
		this.port = ready.port;
		this.tookMs = ready.took_ms;
		this.startedMs = startedMs;
		this.closed = closed;
	}

	get isRunning(): boolean {
		return this.child.exitCode === null && this.child.signalCode === null;
	}

	get stdout(): string {
		return this.output.stdout;
	}

	get stderr(): string {
		return this.output.stderr;
	}

	ask(path: string, options: Ask = {}): Promise<Answer> {
		return ask(this.port, path, options);
	}

	/** The JSON body of a GET that must be answered 200. */
	async json(path: string, options: Ask = {}): Promise<any> {
		const answer = await this.ask(path, options);
		if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
		return answer.json();
	}

	signal(name: NodeJS.Signals): void {
		this.child.kill(name);
	}

	async ended(): Promise<Ended> {
		const [code, signal] = await this.closed;
		return { code, signal, stdout: this.stdout, stderr: this.stderr };
	}

	/** Ends it as an operator would, and sees that it ended well. */
	async stop(): Promise<Ended> {
		if (this.isRunning) this.child.kill('SIGTERM');
		const timer = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
		const end = await this.ended();
		clearTimeout(timer);
		if (end.code !== 0) throw new Error(`the server ended with ${end.code ?? end.signal}: ${end.stderr.slice(-2000)}`);
		return end;
	}

	/** Ends it without any chance to tidy up. */
	async kill(): Promise<void> {
		this.child.kill('SIGKILL');
		await this.closed;
	}
}

/** Starts `ogma serve` on a free port and waits for its ready line. */
export async function serve(options: ServeOptions): Promise<Server> {
	if (options.isFirst !== true) await prepare(options.data, options.env);
	const argv = ['serve', '--json', '--host', '127.0.0.1', '--port', '0', '--data', options.data];
	const start = performance.now();
	const child = spawn(program, [...argv, ...(options.argv ?? [])], {
		env: environment(options.env),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const output = gather(child);
	const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
	const ready = await new Promise<{ port: number; took_ms: number }>((good, bad) => {
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			bad(new Error(`no ready line after 20 s: ${output.stdout}${output.stderr}`));
		}, 20_000);
		const look = (): void => {
			const end = output.stdout.indexOf('\n');
			if (end < 0) return;
			const line = JSON.parse(output.stdout.slice(0, end)) as Record<string, any>;
			clearTimeout(timer);
			if (line['event'] === 'ready') good(line as { port: number; took_ms: number });
			else bad(new Error(`cannot serve: ${output.stdout}`));
		};
		child.stdout?.on('data', look);
		void closed.then(([code, signal]) => {
			clearTimeout(timer);
			bad(new Error(`serve ended with ${code ?? signal}: ${output.stdout}${output.stderr}`));
		});
	});
	return new Server(options.data, child, output, ready, performance.now() - start, closed);
}

export function sleep(ms: number): Promise<void> {
	return new Promise((done) => setTimeout(done, ms));
}

// What comes soon is seen soon, and what takes long is not asked for all the time.
const longer = (pause: number): number => Math.min(4 + pause * 1.2, 60);

/** Asks again and again until the answer is something: no undefined, null, false or 0, nor an empty text. */
export async function until<T>(what: string, look: () => Promise<T> | T, timeoutMs = 10_000): Promise<NonNullable<T>> {
	const end = performance.now() + timeoutMs;
	let pause = 0;
	for (;;) {
		const value = await look();
		if (value) return value;
		if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`);
		await sleep((pause = longer(pause)));
	}
}

/** Asks again and again until the answer is as it should be; gives it. */
export async function eventually<T>(ask: () => Promise<T> | T, good: (value: T) => boolean, timeoutMs = 20_000): Promise<T> {
	const end = performance.now() + timeoutMs;
	let pause = 0;
	for (;;) {
		const value = await ask();
		if (good(value)) return value;
		if (performance.now() > end) throw new Error(`after ${timeoutMs} ms still ${JSON.stringify(value)}`);
		await sleep((pause = longer(pause)));
	}
}
