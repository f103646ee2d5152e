import type { Track } from '../api/types';
import type { Deck, DeckEvents } from './deck';
import type { Slot } from './graph';
import type { Source } from './source';

/** Gives the stream of the track from an offset on; only transcoded streams are ever asked for an offset. */
export type SourceAt = (offsetSeconds: number) => Source;

export class ElementDeck implements Deck {
	readonly kind = 'element';
	readonly key: string;
	readonly track: Track;
	private readonly slot: Slot;
	private readonly sourceAt: SourceAt;
	private readonly listening = new AbortController();
	private source: Source;
	/** Where the element's zero lies in the track: not 0 after a seek in a stream without ranges. */
	private base = 0;
	private pendingSeek: number | null = null;

	constructor(slot: Slot, key: string, track: Track, sourceAt: SourceAt, events: DeckEvents, start = 0) {
		this.slot = slot;
		this.key = key;
		this.track = track;
		this.sourceAt = sourceAt;
		const { element } = slot;
		const on = (type: string, run: () => void) =>
			element.addEventListener(type, run, { signal: this.listening.signal });
		on('ended', () => events.ended(this));
		on('error', () => events.failed(this));
		on('waiting', () => events.waiting(this, true));
		on('playing', () => events.waiting(this, false));
		on('loadedmetadata', () => this.finishSeek());
		this.source = this.open(start);
	}

	private open(start: number): Source {
		const { element } = this.slot;
		const source = this.sourceAt(start);
		this.base = source.transcoded ? start : 0;
		this.pendingSeek = source.transcoded ? null : start || null;
		element.preload = 'auto';
		element.src = source.url;
		element.load();
		return source;
	}

	private finishSeek(): void {
		if (this.pendingSeek === null) return;
		this.slot.element.currentTime = this.pendingSeek;
		this.pendingSeek = null;
	}

	play(): Promise<void> {
		return this.slot.element.play();
	}

	pause(): void {
		this.slot.element.pause();
	}

	seek(seconds: number): void {
		const { element } = this.slot;
		if (element.readyState === 0) {
			this.pendingSeek = this.source.transcoded ? null : seconds;
			if (!this.source.transcoded) return;
		}
		if (!this.source.transcoded || this.reachable(seconds - this.base)) {
			element.currentTime = seconds - this.base;
			return;
		}
		const wasPlaying = !element.paused;
		this.source = this.open(seconds);
		if (wasPlaying) void element.play().catch(() => undefined);
	}

	private reachable(time: number): boolean {
		const { seekable } = this.slot.element;
		for (let at = 0; at < seekable.length; at += 1) {
			if (time >= seekable.start(at) && time <= seekable.end(at) && seekable.end(at) > 0) return true;
		}
		return false;
	}

	position(): number {
		return this.pendingSeek ?? this.base + this.slot.element.currentTime;
	}

	duration(): number {
		const own = this.slot.element.duration;
		return !this.source.transcoded && Number.isFinite(own) && own > 0 ? own : this.track.duration_ms / 1000;
	}

	buffered(): number {
		const { buffered, currentTime } = this.slot.element;
		for (let at = 0; at < buffered.length; at += 1) {
			if (currentTime >= buffered.start(at) - 0.25 && currentTime <= buffered.end(at)) {
				return this.base + buffered.end(at);
			}
		}
		return this.position();
	}

	setGain(factor: number): void {
		if (this.slot.gain) this.slot.gain.gain.value = factor;
	}

	uses(slot: Slot): boolean {
		return this.slot === slot;
	}

	retire(): void {
		this.listening.abort();
	}

	release(): void {
		this.listening.abort();
		this.slot.element.pause();
	}
}
