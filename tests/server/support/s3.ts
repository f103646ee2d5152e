// An S3 server of our own (tests/support/s3_server.py), on loopback only. It
// checks signatures; what it is asked here is signed by node's own digests.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Answer, ask } from './http.ts';
import type { Environment } from './ogma.ts';

const script = join(import.meta.dirname, '../../support/s3_server.py');
const key = 'test:tester';
const secret = 'testing';
const region = 'us-east-1';

const encoded = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

export class S3 {
	readonly folder: string;
	port = 0;
	private child: ChildProcess | undefined;

	private constructor(folder: string) {
		this.folder = folder;
	}

	/** undefined when Swift is not installed. */
	static async make(folder: string): Promise<S3 | undefined> {
		if (!existsSync('/usr/lib/python3/dist-packages/swift')) return undefined;
		const server = new S3(join(folder, 's3'));
		await server.start();
		return server;
	}

	/** On the port it had; objects are not what survives, as they are in memory. */
	async start(): Promise<void> {
		await mkdir(this.folder, { recursive: true });
		const child = spawn(script, [this.folder, String(this.port)], { stdio: ['pipe', 'pipe', 'inherit'] });
		this.child = child;
		this.port = await new Promise<number>((good, bad) => {
			createInterface(child.stdout).once('line', (line) => good(Number(line)));
			child.once('exit', () => bad(new Error('the S3 server did not start')));
		});
	}

	async stop(): Promise<void> {
		const child = this.child;
		if (child === undefined) return;
		const ended = new Promise((done) => child.once('exit', done));
		child.kill('SIGKILL');
		await ended;
		this.child = undefined;
	}

	/** It takes connections and says nothing. */
	hold(): void {
		this.child?.kill('SIGSTOP');
	}

	letGo(): void {
		this.child?.kill('SIGCONT');
	}

	/** The settings of an Ogma that keeps its things here. */
	get env(): Environment {
		return {
			S3_ENDPOINT: `http://127.0.0.1:${this.port}`,
			S3_ACCESS_KEY: key,
			S3_SECRET_KEY: secret,
			S3_BUCKET_TRACKS: 'tracks',
			S3_BUCKET_COVERS: 'covers',
			S3_BUCKET_PLAYLISTS: 'playlists',
			S3_BUCKET_TEMP: 'temp',
		};
	}

	/** `path`: "/bucket/key", not encoded. */
	ask(method: string, path: string, query: Record<string, string> = {}, body?: string | Buffer): Promise<Answer> {
		const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
		const scope = `${at.slice(0, 8)}/${region}/s3/aws4_request`;
		const names = {
			'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
			'X-Amz-Credential': `${key}/${scope}`,
			'X-Amz-Date': at,
			'X-Amz-Expires': '900',
			'X-Amz-SignedHeaders': 'host',
			...query,
		};
		const sorted = Object.entries(names)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
			.join('&');
		const target = path.split('/').map(encoded).join('/');
		const canonical = `${method}\n${target}\n${sorted}\nhost:127.0.0.1:${this.port}\n\nhost\nUNSIGNED-PAYLOAD`;
		const hash = createHash('sha256').update(canonical).digest('hex');
		const signing = scope
			.split('/')
			.reduce<Buffer>((with_, part) => createHmac('sha256', with_).update(part).digest(), Buffer.from(`AWS4${secret}`));
		const signature = createHmac('sha256', signing).update(`AWS4-HMAC-SHA256\n${at}\n${scope}\n${hash}`).digest('hex');
		const options = body === undefined ? { method } : { method, body };
		return ask(this.port, `${target}?${sorted}&X-Amz-Signature=${signature}`, options);
	}

	/** Keys of a bucket, in order. */
	async keys(bucket: string): Promise<string[]> {
		const found: string[] = [];
		let token: string | undefined;
		do {
			const query: Record<string, string> = token === undefined ? {} : { 'continuation-token': token };
			const page = (await this.ask('GET', `/${bucket}`, { 'list-type': '2', ...query })).text;
			found.push(...[...page.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1] ?? ''));
			token = /<NextContinuationToken>([^<]*)</.exec(page)?.[1];
		} while (token !== undefined);
		return found;
	}
}
