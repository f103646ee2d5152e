/* One WebSocket of the server's, kept up: what breaks off is opened again, later and later, and asks for what was missed
 * meanwhile by the number of the last event. Knows nothing of what the events say. */

export interface LiveMessage {
	/** Name of what happened; /ws/stats calls it `type`. */
	event: string;
	channel_id: number | null;
	data: Record<string, unknown>;
	timestamp: string;
}

export type LineState = 'connecting' | 'open' | 'lost';

export interface LineStatus {
	state: LineState;
	/** performance.now() of the next try; null: none is planned. */
	retryAt: number | null;
}

export interface SocketLike {
	onopen: (() => void) | null;
	onclose: ((event: { code: number; reason: string }) => void) | null;
	onmessage: ((message: { data: unknown }) => void) | null;
	send: (text: string) => void;
	close: () => void;
}

export interface LiveSocketEvents {
	heard: (message: LiveMessage) => void;
	/** Something happened that nobody will tell about any more: what is shown has to be asked anew. */
	missed: () => void;
	status: (status: LineStatus) => void;
}

const FIRST_RETRY_MS = 500;
const RETRY_MAX_MS = 30_000;
/** The server takes one ping in ten seconds. */
const PING_MS = 25_000;
const PONG_WITHIN_MS = 10_000;

/** Doubles with every try, shortened by chance, so that a server that comes back is not asked by all at once. */
export function reconnectDelay(attempt: number, chance: number): number {
	return Math.round(Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** attempt) * (0.6 + 0.4 * chance));
}

/** Path with the number of the last event that was heard. */
export function resumePath(path: string, since: number | null): string {
	if (since === null) return path;
	return `${path}${path.includes('?') ? '&' : '?'}since=${since}`;
}

/** The server will not tell this person any more; who only has to sign in again is let in by the session's renewal. */
function refused(code: number, reason: string): boolean {
	return code === 1008 && reason === 'subscription_failed';
}

interface Envelope {
	event?: unknown;
	type?: unknown;
	channel_id?: unknown;
	data?: unknown;
	timestamp?: unknown;
	seq?: unknown;
}

function parse(text: unknown): (LiveMessage & { seq: number | null }) | null {
	if (typeof text !== 'string') return null;
	let envelope: Envelope | null;
	try {
		envelope = JSON.parse(text) as Envelope | null;
	} catch {
		return null;
	}
	const name = envelope?.event ?? envelope?.type;
	if (!envelope || typeof name !== 'string') return null;
	const channel = Number(envelope.channel_id ?? NaN);
	return {
		event: name,
		channel_id: Number.isInteger(channel) ? channel : null,
		data: (envelope.data ?? {}) as Record<string, unknown>,
		timestamp: typeof envelope.timestamp === 'string' ? envelope.timestamp : '',
		seq: typeof envelope.seq === 'number' ? envelope.seq : null,
	};
}

export class LiveSocket {
	private readonly path: string;
	private readonly events: LiveSocketEvents;
	private readonly make: (path: string) => SocketLike;
	private socket: SocketLike | null = null;
	private attempt = 0;
	private since: number | null = null;
	private retryTimer = 0;
	private pingTimer = 0;
	private pongTimer = 0;
	status: LineStatus = { state: 'connecting', retryAt: null };

	constructor(path: string, events: LiveSocketEvents, make: (path: string) => SocketLike) {
		this.path = path;
		this.events = events;
		this.make = make;
		this.open();
	}

	close(): void {
		window.clearTimeout(this.retryTimer);
		this.letGo();
	}

	/** Now instead of when its time comes. */
	retry(): void {
		if (this.socket) return;
		window.clearTimeout(this.retryTimer);
		this.open();
	}

	private tell(state: LineState, retryAt: number | null = null): void {
		this.status = { state, retryAt };
		this.events.status(this.status);
	}

	private open(): void {
		this.tell('connecting');
		const socket = this.make(resumePath(this.path, this.since));
		this.socket = socket;
		socket.onmessage = ({ data }) => this.take(data);
		socket.onclose = ({ code, reason }) => (refused(code, reason) ? this.giveUp() : this.lost());
		socket.onopen = () => {
			this.attempt = 0;
			this.pingTimer = window.setInterval(() => this.ping(), PING_MS);
			this.tell('open');
		};
	}

	/** A line that is dead without anybody having said so is noticed by its silence. */
	private ping(): void {
		this.socket?.send('ping');
		window.clearTimeout(this.pongTimer);
		this.pongTimer = window.setTimeout(() => this.lost(), PONG_WITHIN_MS);
	}

	private take(text: unknown): void {
		window.clearTimeout(this.pongTimer);
		const message = parse(text);
		if (!message) return;
		const { seq, ...rest } = message;
		if (seq !== null) this.since = seq;
		if (rest.event === 'connected') {
			/* The server says whether it still had what was missed. The first time, too, something may have happened between
			 * the answers that are shown and the opening of the line. */
			if (rest.data.resumed !== true) this.events.missed();
		}
		this.events.heard(rest);
	}

	private letGo(): void {
		const { socket } = this;
		this.socket = null;
		window.clearInterval(this.pingTimer);
		window.clearTimeout(this.pongTimer);
		if (!socket) return;
		socket.onopen = null;
		socket.onmessage = null;
		socket.onclose = null;
		socket.close();
	}

	/** Until somebody asks for it. */
	private giveUp(): void {
		this.letGo();
		this.tell('lost');
	}

	private lost(): void {
		this.letGo();
		const delay = reconnectDelay(this.attempt, Math.random());
		this.attempt += 1;
		this.retryTimer = window.setTimeout(() => this.open(), delay);
		this.tell('lost', performance.now() + delay);
	}
}
