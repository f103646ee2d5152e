/* A live stream in an audio element, kept up: what breaks off is opened again, later and later. Knows addresses and the
 * element, not channels. Pausing is closing: who comes back hears what is on then, not what was. */

export interface LiveEvents {
	/** Sound has begun, or goes on. */
	playing: () => void;
	/** Broken off; the next try is in so many milliseconds. */
	waiting: (retryMs: number) => void;
	/** The browser refused to start without a gesture. */
	blocked: () => void;
	/** Whether it makes sense to try again at all: the channel may be over. */
	wanted: () => Promise<boolean>;
	/** It does not. */
	over: () => void;
}

export type LiveElement = Pick<
	HTMLAudioElement,
	'src' | 'play' | 'pause' | 'load' | 'removeAttribute' | 'addEventListener' | 'volume' | 'currentTime'
>;

const FIRST_RETRY_MS = 500;
const RETRY_MAX_MS = 15_000;
/** No sound for so long, though it is asked for: the line is dead even if nobody says so. */
const STALLED_MS = 10_000;

/** Doubles with every try, shortened by chance, so that a server that comes back is not asked by all at once. */
export function retryDelay(attempt: number, chance: number): number {
	const full = Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** attempt);
	return Math.round(full * (0.6 + 0.4 * chance));
}

export class LiveStream {
	private readonly element: LiveElement;
	private readonly events: LiveEvents;
	private urls: string[] = [];
	private at = 0;
	private attempt = 0;
	private on = false;
	private timer = 0;
	private watch = 0;
	private heardAt = 0;

	constructor(element: LiveElement, events: LiveEvents) {
		this.element = element;
		this.events = events;
		element.addEventListener('playing', () => this.sounds());
		element.addEventListener('timeupdate', () => (this.heardAt = Date.now()));
		element.addEventListener('error', () => this.broke());
		element.addEventListener('ended', () => this.broke());
	}

	/** The addresses are the same programme in other formats: one that breaks at once is followed by the next. */
	start(urls: string[]): void {
		this.urls = urls;
		this.at = 0;
		this.attempt = 0;
		this.on = true;
		this.open();
	}

	stop(): void {
		this.on = false;
		window.clearTimeout(this.timer);
		window.clearInterval(this.watch);
		this.close();
	}

	/** Now instead of when its time comes: the network is back, or somebody pressed a button. */
	retryNow(): void {
		if (!this.on || !this.timer) return;
		window.clearTimeout(this.timer);
		this.open();
	}

	private close(): void {
		this.element.pause();
		this.element.removeAttribute('src');
		this.element.load();
	}

	private open(): void {
		this.timer = 0;
		this.heardAt = Date.now();
		window.clearInterval(this.watch);
		this.watch = window.setInterval(() => {
			if (Date.now() - this.heardAt > STALLED_MS) this.broke();
		}, 1000);
		const url = this.urls[this.at % this.urls.length]!;
		this.element.src = url;
		void this.element.play().catch((cause: unknown) => {
			if (!this.on || !(cause instanceof DOMException) || cause.name !== 'NotAllowedError') return;
			this.stop();
			this.events.blocked();
		});
	}

	private sounds(): void {
		if (!this.on) return;
		this.attempt = 0;
		this.heardAt = Date.now();
		this.events.playing();
	}

	private broke(): void {
		if (!this.on || this.timer) return;
		window.clearInterval(this.watch);
		this.at += 1;
		const delay = retryDelay(this.attempt, Math.random());
		this.attempt += 1;
		this.close();
		this.timer = window.setTimeout(() => this.open(), delay);
		this.events.waiting(delay);
		void this.events.wanted().then((wanted) => {
			if (wanted || !this.on) return;
			this.stop();
			this.events.over();
		});
	}
}
