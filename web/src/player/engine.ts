/* Turns "play this, then that" into sound. Knows decks, not queues: the store tells it the next track, it tells the
 * store when that one has begun.
 * Invariants: at most one current and one prepared deck; a prepared deck is silent until the handover; every timer and
 * fetch of a prepared deck dies with it. */
import type { Track } from '../api/types';
import type { GainMode } from '../app/settings';
import { BufferDeck } from './buffer-deck';
import type { Deck, DeckEvents } from './deck';
import { ElementDeck } from './element-deck';
import { gainOf } from './gain';
import type { Slot } from './graph';
import { decodeTrack, jointWanted } from './joint';
import { Output } from './output';
import { answers, browserCanPlay, sourceOf, transcodedSource, type SourceChoice } from './source';

export interface Entry {
	key: string;
	track: Track;
}

export interface EngineEvents {
	/** The prepared entry has begun by itself. */
	advanced: (key: string) => void;
	/** The current entry ran out and nothing was prepared. */
	ended: () => void;
	failed: (entry: Entry) => void;
	/** The server cannot be reached; the current entry stopped at this second. */
	away: (seconds: number) => void;
	waiting: (waits: boolean) => void;
	time: () => void;
	/** The browser refused to start without a gesture. */
	blocked: () => void;
}

const TICK_MS = 200;
const PREPARE_BEFORE_S = 45;
const HANDOVER_BEFORE_S = 1;
/** A deck this close to its end is left to sound out at the handover instead of being cut. */
const RETIRE_WITHIN_S = 0.3;
/** What an element needs from play() to sound (measured: 5 to 10 ms in Chromium). */
const START_LEAD_S = 0.006;

export class Engine {
	private readonly events: EngineEvents;
	private readonly output = new Output();
	private current: Deck | null = null;
	private prepared: Deck | null = null;
	private next: Entry | null = null;
	private preparing: AbortController | null = null;
	private handoverTimer = 0;
	private ticker = 0;
	private gain: GainMode = 'off';
	private choice: SourceChoice = { format: 'original', bitrate: 192 };
	/** Keys whose original the browser could not play after all. */
	private readonly unplayable = new Set<number>();
	/** Next entry that failed while being prepared; it gets its last chance when its turn comes. */
	private givenUp: string | null = null;

	constructor(events: EngineEvents) {
		this.events = events;
	}

	private readonly deckEvents: DeckEvents = {
		ended: (deck) => {
			if (deck === this.current) this.finish();
		},
		failed: (deck) => void this.recover(deck),
		waiting: (deck, waits) => {
			if (deck === this.current) this.events.waiting(waits);
		},
	};

	load(entry: Entry, startSeconds: number): void {
		if (this.prepared?.key === entry.key && startSeconds === 0) {
			this.swap();
			return;
		}
		this.dropPrepared();
		this.current?.release();
		this.current = this.elementDeck(this.idleSlot(), entry, startSeconds);
	}

	private idleSlot(): Slot {
		const used = [this.current, this.prepared];
		return this.output.freeSlot((slot) => used.some((deck) => deck instanceof ElementDeck && deck.uses(slot)));
	}

	private elementDeck(slot: Slot, entry: Entry, startSeconds: number): ElementDeck {
		const sourceAt = (offset: number) => {
			const pick = this.unplayable.has(entry.track.id) ? transcodedSource : sourceOf;
			return pick(entry.track, this.choice, browserCanPlay, offset * 1000);
		};
		const deck = new ElementDeck(slot, entry.key, entry.track, sourceAt, this.deckEvents, startSeconds);
		deck.setGain(gainOf(entry.track.replaygain, this.gain));
		return deck;
	}

	async play(): Promise<void> {
		const deck = this.current;
		if (!deck) return;
		if (this.output.start()) this.applyGain();
		const waking = this.output.graph?.wake();
		this.output.carry(deck.kind === 'buffer');
		try {
			await deck.play();
			await waking;
		} catch (cause) {
			/* AbortError: a newer load took over. NotSupportedError comes as an error event too. */
			if (deck === this.current && cause instanceof DOMException && cause.name === 'NotAllowedError') {
				this.events.blocked();
			}
			return;
		}
		this.startTicking();
	}

	pause(): void {
		this.cancelHandover();
		this.current?.pause();
		this.output.carry(false);
		this.output.graph?.rest();
		this.stopTicking();
	}

	stop(): void {
		this.dropPrepared();
		this.next = null;
		this.current?.release();
		this.current = null;
		this.output.carry(false);
		this.output.graph?.rest();
		this.stopTicking();
	}

	seek(seconds: number): void {
		this.cancelHandover();
		this.current?.seek(Math.max(0, seconds));
		this.events.time();
	}

	position = (): number => this.current?.position() ?? 0;
	duration = (): number => this.current?.duration() ?? 0;
	buffered = (): number => this.current?.buffered() ?? 0;

	setVolume(position: number): void {
		this.output.setVolume(position);
	}

	setGainMode(mode: GainMode): void {
		this.gain = mode;
		this.applyGain();
	}

	private applyGain(): void {
		for (const deck of [this.current, this.prepared]) deck?.setGain(gainOf(deck.track.replaygain, this.gain));
	}

	/** Holds for streams opened from now on; what already plays is not interrupted. */
	setChoice(choice: SourceChoice): void {
		this.choice = choice;
		this.dropPrepared();
	}

	setNext(entry: Entry | null): void {
		if (entry?.key === this.next?.key) return;
		this.dropPrepared();
		this.next = entry;
	}

	private dropPrepared(): void {
		this.cancelHandover();
		this.preparing?.abort();
		this.preparing = null;
		this.prepared?.release();
		this.prepared = null;
	}

	private startTicking(): void {
		if (!this.ticker) this.ticker = window.setInterval(() => this.tick(), TICK_MS);
	}

	private stopTicking(): void {
		window.clearInterval(this.ticker);
		this.ticker = 0;
		this.events.time();
	}

	private remaining(): number {
		if (this.current instanceof BufferDeck && this.output.graph) {
			return this.current.endsAt() - this.output.graph.context.currentTime;
		}
		return this.duration() - this.position();
	}

	private tick(): void {
		this.events.time();
		const remaining = this.remaining();
		const idle = this.next && !this.prepared && !this.preparing && this.next.key !== this.givenUp;
		if (this.next && idle && remaining < PREPARE_BEFORE_S) void this.prepare(this.next);
		if (this.prepared && !this.handoverTimer && remaining < HANDOVER_BEFORE_S && remaining > 0) {
			this.planHandover(this.prepared);
		}
	}

	private async prepare(entry: Entry): Promise<void> {
		const attempt = new AbortController();
		this.preparing = attempt;
		const deck = (await this.bufferDeck(entry, attempt.signal)) ?? null;
		if (attempt.signal.aborted) {
			deck?.release();
			return;
		}
		this.preparing = null;
		this.prepared = deck ?? this.elementDeck(this.idleSlot(), entry, 0);
	}

	private async bufferDeck(entry: Entry, signal: AbortSignal): Promise<BufferDeck | null> {
		const { current } = this;
		const { graph } = this.output;
		if (!graph || !current || !jointWanted(current.track, entry.track)) return null;
		try {
			const { url } = sourceOf(entry.track, this.choice, browserCanPlay);
			const deck = new BufferDeck(
				graph,
				entry.key,
				entry.track,
				await decodeTrack(graph.context, url, signal),
				this.deckEvents,
			);
			deck.setGain(gainOf(entry.track.replaygain, this.gain));
			return deck;
		} catch {
			return null; /* the element can still stream it */
		}
	}

	private planHandover(deck: Deck): void {
		const remaining = this.remaining();
		if (deck instanceof BufferDeck && this.output.graph) {
			deck.playAt(this.output.graph.context.currentTime + remaining);
			this.handoverTimer = window.setTimeout(() => this.finish(), remaining * 1000);
			return;
		}
		this.handoverTimer = window.setTimeout(() => this.finish(), Math.max(0, remaining - START_LEAD_S) * 1000);
	}

	private cancelHandover(): void {
		if (!this.handoverTimer) return;
		window.clearTimeout(this.handoverTimer);
		this.handoverTimer = 0;
		this.prepared?.pause();
		this.prepared?.seek(0);
	}

	/** The current entry is over: by its own event, or by the plan a moment before. */
	private finish(): void {
		if (this.prepared) {
			const deck = this.swap();
			void this.play();
			this.events.advanced(deck.key);
			return;
		}
		const late = this.next;
		if (late) {
			/* Not ready in time (a slow line): stream it now. */
			this.load(late, 0);
			void this.play();
			this.events.advanced(late.key);
			return;
		}
		this.stopTicking();
		this.events.ended();
	}

	private swap(): Deck {
		window.clearTimeout(this.handoverTimer);
		this.handoverTimer = 0;
		const old = this.current;
		const deck = this.prepared!;
		this.prepared = null;
		this.next = null;
		this.current = deck;
		if (old && old.duration() - old.position() < RETIRE_WITHIN_S) old.retire();
		else old?.release();
		return deck;
	}

	/** An original that does not play is asked for once more, transcoded; then the store decides. A server that is away
	 * is neither's fault: then the place is kept. */
	private async recover(deck: Deck): Promise<void> {
		const { key, track } = deck;
		const retried = this.unplayable.has(track.id);
		if (deck === this.prepared) {
			this.unplayable.add(track.id);
			this.dropPrepared();
			if (retried) this.givenUp = key;
			return;
		}
		const at = deck.position();
		const there = await answers(track.stream_url);
		if (deck !== this.current) return;
		deck.release();
		if (!there) {
			this.stopTicking();
			this.events.away(at);
		} else if (retried) {
			this.unplayable.delete(track.id);
			this.events.failed({ key, track });
		} else {
			this.unplayable.add(track.id);
			this.current = this.elementDeck(this.idleSlot(), { key, track }, at);
			void this.play();
		}
	}
}
