// HTTP as the scenarios need it: node's client for what is well-formed, a bare
// socket for what is not. Paths are sent as given, never tidied up.
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { type Socket, connect } from 'node:net';

export interface Ask {
	method?: string;
	headers?: Record<string, string>;
	body?: string | Buffer;
	timeoutMs?: number;
}

export class Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;

	constructor(status: number, headers: IncomingHttpHeaders, body: Buffer) {
		this.status = status;
		this.headers = headers;
		this.body = body;
	}

	header(name: string): string | undefined {
		const value = this.headers[name];
		return Array.isArray(value) ? value.join(', ') : value;
	}

	get text(): string {
		return this.body.toString('utf8');
	}

	json(): any {
		return JSON.parse(this.text);
	}
}

let agent: Agent | false = false;

/** From now on requests of this file go over connections that stay, for walks of thousands. */
export function keepConnections(): void {
	agent = new Agent({ keepAlive: true });
}

/** One request, on a connection of its own unless keepConnections() was called. */
export async function ask(port: number, path: string, options: Ask = {}): Promise<Answer> {
	for (;;) {
		const answer = await once(port, path, options);
		if (answer !== undefined) return answer;
	}
}

/** undefined: a connection that had stayed was closed from the other side meanwhile. */
function once(port: number, path: string, options: Ask): Promise<Answer | undefined> {
	const headers = { ...options.headers };
	// Node frames the body of a DELETE only when told its length.
	if (options.body !== undefined && headers['transfer-encoding'] === undefined)
		headers['content-length'] ??= String(Buffer.byteLength(options.body));
	return new Promise((good, bad) => {
		const out = request(
			{
				host: '127.0.0.1',
				port,
				path,
				agent,
				method: options.method ?? 'GET',
				headers,
			},
			(incoming) => {
				const pieces: Buffer[] = [];
				incoming.on('data', (piece: Buffer) => pieces.push(piece));
				incoming.on('error', bad);
				incoming.on('end', () => good(new Answer(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(pieces))));
			},
		);
		out.setTimeout(options.timeoutMs ?? 15_000, () => out.destroy(new Error(`${path}: no answer in time`)));
		out.on('error', (error: NodeJS.ErrnoException) => (out.reusedSocket && error.code === 'ECONNRESET' ? good(undefined) : bad(error)));
		out.end(options.body);
	});
}

/** A bare connection, and all that came back over it. */
export class Wire {
	readonly socket: Socket;
	closed = false;
	private pieces: Buffer[] = [];
	private length = 0;
	private needed = 0; // bytes before which looking for whole answers is idle
	private wake: (() => void) | undefined;

	private constructor(socket: Socket) {
		this.socket = socket;
		const changed = (): void => this.wake?.();
		socket.on('data', (piece: Buffer) => {
			this.pieces.push(piece);
			this.length += piece.length;
			changed();
		});
		// A reset counts as closed: the scenarios look at what came before it.
		socket.on('error', () => undefined);
		socket.on('end', changed);
		socket.on('close', () => {
			this.closed = true;
			changed();
		});
	}

	static open(port: number): Promise<Wire> {
		return new Promise((good, bad) => {
			const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: false }, () => good(new Wire(socket)));
			socket.once('error', bad);
			socket.setNoDelay(true);
		});
	}

	send(bytes: string | Buffer): void {
		this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
	}

	get received(): Buffer {
		if (this.pieces.length > 1) this.pieces = [Buffer.concat(this.pieces)];
		return this.pieces[0] ?? Buffer.alloc(0);
	}

	/** Until `enough`, or the other side closed, or time is over. */
	async wait(enough: (wire: Wire) => boolean, timeoutMs = 5_000): Promise<Buffer> {
		const end = performance.now() + timeoutMs;
		while (!enough(this) && !this.closed) {
			const left = end - performance.now();
			if (left <= 0) break;
			await new Promise<void>((done) => {
				const timer = setTimeout(done, left);
				this.wake = () => {
					clearTimeout(timer);
					done();
				};
			});
		}
		return this.received;
	}

	async waitClosed(timeoutMs = 5_000): Promise<boolean> {
		await this.wait(() => false, timeoutMs);
		return this.closed;
	}

	/** The answers in what was received; bodies by Content-Length or chunked. */
	answers(headOnly = false): RawAnswer[] {
		return parseAnswers(this.received, headOnly);
	}

	/** Waits for `count` whole answers. */
	async answered(count: number, timeoutMs = 5_000, headOnly = false): Promise<RawAnswer[]> {
		await this.wait(() => {
			if (this.length < this.needed) return false;
			const answers = this.answers(headOnly);
			const last = answers.at(-1);
			const wanted = Number(last?.headers['content-length'] ?? 0);
			this.needed = last?.whole === false && wanted > 0 ? this.length - last.body.length + wanted : 0;
			return answers.filter((one) => one.whole).length >= count;
		}, timeoutMs);
		return this.answers(headOnly);
	}

	end(): void {
		this.socket.destroy();
	}
}

export interface RawAnswer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
	whole: boolean;
}

function parseAnswers(bytes: Buffer, headOnly: boolean): RawAnswer[] {
	const found: RawAnswer[] = [];
	let at = 0;
	while (at < bytes.length) {
		const headEnd = bytes.indexOf('\r\n\r\n', at);
		if (headEnd < 0) break;
		const headLines = bytes.toString('latin1', at, headEnd).split('\r\n');
		const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(headLines[0] ?? '')?.[1] ?? 0);
		const headers: Record<string, string> = {};
		for (const line of headLines.slice(1)) {
			const colon = line.indexOf(':');
			headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
		}
		at = headEnd + 4;
		const body =
			headOnly || status < 200 || status === 204 || status === 304
				? { bytes: Buffer.alloc(0), end: at, whole: true }
				: parseBody(bytes, at, headers);
		found.push({ status, headers, body: body.bytes, whole: body.whole });
		at = body.end;
		if (!body.whole) break;
	}
	return found;
}

function parseBody(
	bytes: Buffer,
	start: number,
	headers: Record<string, string>,
): { bytes: Buffer; end: number; whole: boolean } {
	if (headers['transfer-encoding'] === 'chunked') return parseChunks(bytes, start);
	const length = headers['content-length'];
	if (length === undefined) return { bytes: bytes.subarray(start), end: bytes.length, whole: false };
	const end = start + Number(length);
	return { bytes: bytes.subarray(start, end), end: Math.min(end, bytes.length), whole: end <= bytes.length };
}

function parseChunks(bytes: Buffer, start: number): { bytes: Buffer; end: number; whole: boolean } {
	const pieces: Buffer[] = [];
	let at = start;
	for (;;) {
		const lineEnd = bytes.indexOf('\r\n', at);
		if (lineEnd < 0) break;
		const size = parseInt(bytes.toString('latin1', at, lineEnd), 16);
		const dataEnd = lineEnd + 2 + size;
		if (dataEnd + 2 > bytes.length) break;
		pieces.push(bytes.subarray(lineEnd + 2, dataEnd));
		at = dataEnd + 2;
		if (size === 0) return { bytes: Buffer.concat(pieces), end: at, whole: true };
	}
	return { bytes: Buffer.concat(pieces), end: bytes.length, whole: false };
}

/** Sends bytes on a connection of their own and waits until it is answered or closed. */
export async function talk(port: number, bytes: string | Buffer, count = 1, timeoutMs = 5_000): Promise<RawAnswer[]> {
	const wire = await Wire.open(port);
	try {
		wire.send(bytes);
		return await wire.answered(count, timeoutMs);
	} finally {
		wire.end();
	}
}
