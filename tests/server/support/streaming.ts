// Servers that a channel is sent to, on loopback: Debian's nginx with its module
// for RTMP, and icecast2. Both can be ended and started again on the same port.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server as TlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { freePort } from './postgres.ts';

const exec = promisify(execFile);

async function listens(port: number): Promise<boolean> {
	return new Promise((done) => {
		const socket = connect(port, '127.0.0.1', () => {
			socket.destroy();
			done(true);
		});
		socket.once('error', () => done(false));
	});
}

export class Service {
	readonly port: number;
	private readonly command: string[];
	private child: ChildProcess | undefined;

	constructor(port: number, command: string[]) {
		this.port = port;
		this.command = command;
	}

	async start(): Promise<this> {
		this.child = spawn(this.command[0] as string, this.command.slice(1), { stdio: 'ignore' });
		for (let tries = 0; tries < 400 && !(await listens(this.port)); tries++) await new Promise((done) => setTimeout(done, 25));
		if (!(await listens(this.port))) throw new Error(`${this.command[0]} does not listen`);
		return this;
	}

	async kill(): Promise<void> {
		const child = this.child;
		this.child = undefined;
		if (child === undefined || child.exitCode !== null) return;
		const closed = once(child, 'exit');
		child.kill('SIGKILL');
		await closed;
	}
}

/** An application `live` whose streams anybody may publish; `denied` takes none. */
export async function rtmpServer(folder: string): Promise<Service> {
	const port = await freePort();
	const conf = join(folder, 'nginx.conf');
	await writeFile(
		conf,
		`daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log;
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
events { worker_connections 64; }
rtmp { server { listen 127.0.0.1:${port}; chunk_size 4096;
	application live { live on; wait_key on; }
	application denied { live on; deny publish all; }
} }
`,
	);
	return new Service(port, ['nginx', '-c', conf, '-p', folder]).start();
}

/** Mounts take the password "hackme". */
export async function icecast(folder: string): Promise<Service> {
	const port = await freePort();
	const root = process.getuid?.() === 0;
	const logs = join(folder, 'icecast');
	await mkdir(logs, { recursive: true });
	await chmod(folder, 0o777);
	await chmod(logs, 0o777);
	await writeFile(
		join(folder, 'icecast.xml'),
		`<icecast><limits><clients>50</clients><sources>5</sources><burst-size>16384</burst-size></limits>
<authentication><source-password>hackme</source-password><admin-user>admin</admin-user><admin-password>hackme</admin-password></authentication>
<hostname>localhost</hostname><listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket><fileserve>0</fileserve>
<paths><basedir>${logs}</basedir><logdir>${logs}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel></logging>
<security><chroot>0</chroot>${root ? '<changeowner><user>nobody</user><group>nogroup</group></changeowner>' : ''}</security></icecast>
`,
	);
	return new Service(port, ['icecast2', '-c', join(folder, 'icecast.xml')]).start();
}

export interface Certificate {
	key: Buffer;
	cert: Buffer;
}

/** An authority (PEM, a file) and what it signed for localhost; and what nobody of trust did. */
export async function certificates(folder: string): Promise<{ ca: string; good: Certificate; strange: Certificate }> {
	const ca = join(folder, 'ca.pem');
	const make = async (name: string, more: string[]): Promise<Certificate> => {
		const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
		await exec('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...more]);
		return { key: await readFile(key), cert: await readFile(cert) };
	};
	const localhost = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
	await make('ca', ['-subj', '/CN=Authority of tests']);
	const good = await make('good', [...localhost, '-CA', ca, '-CAkey', join(folder, 'ca.key')]);
	return { ca, good, strange: await make('strange', localhost) };
}

/** Takes TLS off before a server that has none. */
export class Terminator {
	port = 0;
	private readonly target: number;
	private server: TlsServer | undefined;
	private readonly sockets = new Set<Socket>();

	constructor(target: number) {
		this.target = target;
	}

	async start(certificate: Certificate): Promise<this> {
		this.server = createServer(certificate, (outer) => {
			const inner = connect(this.target, '127.0.0.1');
			outer.pipe(inner).pipe(outer);
			for (const [one, other] of [[outer, inner], [inner, outer]] as const) one.on('error', () => undefined).on('close', () => other.destroy());
		});
		this.server.on('connection', (socket: Socket) => {
			this.sockets.add(socket);
			socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
		});
		this.server.on('tlsClientError', () => undefined);
		this.server.listen(this.port, '127.0.0.1');
		await once(this.server, 'listening');
		this.port = (this.server.address() as AddressInfo).port;
		return this;
	}

	async kill(): Promise<void> {
		const server = this.server;
		if (server === undefined) return;
		this.server = undefined;
		const closed = once(server, 'close');
		server.close();
		for (const socket of this.sockets) socket.destroy();
		await closed;
	}
}

// ffmpeg looks at a stream for five seconds before it begins. One is enough for
// sound; a picture has to come, every two.
const quick = ['-fpsprobesize', '0', '-analyzeduration', '1000000'];
const forPictures = ['-fpsprobesize', '0', '-analyzeduration', '3000000'];

/** The pitch of what an address gives for two seconds, by its zero crossings. The first quarter of a second is left out: an encoder that begins is not quite silent there. */
export async function pitch(url: string): Promise<number> {
	const { stdout } = await exec(
		'ffmpeg',
		['-v', 'error', '-rw_timeout', '10000000', ...quick, '-i', url, '-vn', '-ss', '0.25', '-t', '2', '-ac', '1', '-ar', '48000', '-f', 's16le', '-'],
		{ encoding: 'buffer', maxBuffer: 1 << 24, timeout: 40_000 },
	);
	let crossings = 0;
	const count = Math.floor(stdout.length / 2);
	for (let i = 1; i < count; i++) if (stdout.readInt16LE(2 * i - 2) < 0 && stdout.readInt16LE(2 * i) >= 0) crossings++;
	return count === 0 ? 0 : (crossings * 48000) / count;
}

export interface Stream {
	codec_name: string;
	codec_type: string;
	width?: number;
	height?: number;
	sample_rate?: string;
}

export async function probe(url: string): Promise<{ streams: Stream[]; format: { tags?: Record<string, string> } }> {
	const { stdout } = await exec(
		'ffprobe',
		['-v', 'error', '-rw_timeout', '10000000', ...forPictures, '-show_streams', '-show_format', '-of', 'json', url],
		{ timeout: 40_000 },
	);
	return JSON.parse(stdout);
}

/** What a picture, or the first one of a stream, looks like from afar: eight by eight dots of red, green and blue. */
export async function dots(url: string, crop = 'null'): Promise<number[]> {
	const filter = `${crop},scale=8:8:flags=area`;
	const input = url.startsWith('rtmp') ? forPictures : [];
	const { stdout } = await exec('ffmpeg', ['-v', 'error', ...input, '-i', url, '-an', '-frames:v', '1', '-vf', filter, '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'], {
		encoding: 'buffer',
		timeout: 40_000,
	});
	return [...stdout];
}
