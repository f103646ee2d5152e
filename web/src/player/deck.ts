/* A deck plays one track. Two kinds: ElementDeck streams through an <audio> element (starts at once, any length),
 * BufferDeck plays decoded samples (starts at an exact sample, for the joints inside an album). Seconds everywhere. */
import type { Track } from '../api/types';

export interface DeckEvents {
	ended: (deck: Deck) => void;
	failed: (deck: Deck) => void;
	/** Waits for data (true) or has it again (false). */
	waiting: (deck: Deck, waits: boolean) => void;
}

export interface Deck {
	readonly kind: 'element' | 'buffer';
	readonly key: string;
	readonly track: Track;
	play(): Promise<void>;
	pause(): void;
	seek(seconds: number): void;
	position(): number;
	duration(): number;
	/** How far from the start it could play without waiting. */
	buffered(): number;
	setGain(factor: number): void;
	/** Its events are over, but the last milliseconds that are on their way still sound. */
	retire(): void;
	/** Silent from now on; its events are over. */
	release(): void;
}
