/* Where sound goes: two audio elements that take turns, and (once started) the Web Audio graph they are wired into. */
import { volumeFactor } from './gain';
import { Graph, graphWorksHere, type Slot } from './graph';

const SILENCE_S = 10;
const SILENCE_RATE = 8000;

/** A WAV of silence: 8 bit, one channel. Shorter than five seconds, and Chromium would not count it as media. */
function silence(): Blob {
	const bytes = SILENCE_S * SILENCE_RATE;
	const head = new DataView(new ArrayBuffer(44));
	const text = (at: number, word: string) =>
		[...word].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)));
	text(0, 'RIFF');
	head.setUint32(4, 36 + bytes, true);
	text(8, 'WAVEfmt ');
	head.setUint32(16, 16, true);
	head.setUint16(20, 1, true);
	head.setUint16(22, 1, true);
	head.setUint32(24, SILENCE_RATE, true);
	head.setUint32(28, SILENCE_RATE, true);
	head.setUint16(32, 1, true);
	head.setUint16(34, 8, true);
	text(36, 'data');
	head.setUint32(40, bytes, true);
	return new Blob([head, new Uint8Array(bytes).fill(128)], { type: 'audio/wav' });
}

export class Output {
	graph: Graph | null = null;
	private readonly slots: Slot[] = [0, 1].map(() => ({ element: new Audio(), gain: null }));
	private volume = 1;
	private carrier: HTMLAudioElement | null = null;

	/** True when this call made the graph. Only to be called on a person's wish to play: browsers ask for that. */
	start(): boolean {
		if (this.graph || !graphWorksHere()) return false;
		this.graph = new Graph();
		for (const slot of this.slots) this.graph.attach(slot);
		this.setVolume(this.volume);
		return true;
	}

	/** 0..1, as the control shows it. */
	setVolume(position: number): void {
		this.volume = position;
		const factor = volumeFactor(position);
		if (this.graph) this.graph.setVolume(factor);
		else for (const { element } of this.slots) element.volume = factor;
	}

	/** Browsers give a page media keys and the lock screen only while an element plays; decoded samples are no element.
	 * So while a BufferDeck plays, an element plays silence beside it. */
	carry(on: boolean): void {
		if (!on) {
			this.carrier?.pause();
			return;
		}
		if (!this.carrier) {
			this.carrier = new Audio(URL.createObjectURL(silence()));
			this.carrier.loop = true;
		}
		void this.carrier.play().catch(() => undefined);
	}

	freeSlot(isUsed: (slot: Slot) => boolean): Slot {
		return this.slots.find((slot) => !isUsed(slot)) ?? this.slots[0]!;
	}
}
