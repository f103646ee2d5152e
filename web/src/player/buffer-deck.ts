import type { Track } from '../api/types';
import type { Deck, DeckEvents } from './deck';
import type { Graph } from './graph';

export class BufferDeck implements Deck {
	readonly kind = 'buffer';
	readonly key: string;
	readonly track: Track;
	private readonly graph: Graph;
	private readonly output: GainNode;
	private readonly buffer: AudioBuffer;
	private readonly events: DeckEvents;
	private node: AudioBufferSourceNode | null = null;
	/** Context time at which the track's zero sounds; valid while `node` is set. */
	private zeroAt = 0;
	/** Position while no node is set. */
	private restAt = 0;

	constructor(graph: Graph, key: string, track: Track, buffer: AudioBuffer, events: DeckEvents) {
		this.graph = graph;
		this.key = key;
		this.track = track;
		this.buffer = buffer;
		this.events = events;
		this.output = graph.output();
	}

	play(): Promise<void> {
		if (!this.node) this.playAt(this.graph.context.currentTime);
		return Promise.resolve();
	}

	/** Starts at an exact moment of the context's clock. */
	playAt(when: number): void {
		this.halt();
		const node = this.graph.context.createBufferSource();
		node.buffer = this.buffer;
		node.connect(this.output);
		node.onended = () => {
			if (this.node !== node) return;
			this.node = null;
			this.restAt = this.buffer.duration;
			this.events.ended(this);
		};
		node.start(when, this.restAt);
		this.zeroAt = when - this.restAt;
		this.node = node;
	}

	/** Context time of the end; only while it plays. */
	endsAt(): number {
		return this.zeroAt + this.buffer.duration;
	}

	private halt(): void {
		const { node } = this;
		this.node = null;
		if (!node) return;
		node.onended = null;
		node.stop();
		node.disconnect();
	}

	pause(): void {
		this.restAt = this.position();
		this.halt();
	}

	seek(seconds: number): void {
		const wasPlaying = this.node !== null;
		this.halt();
		this.restAt = Math.min(Math.max(0, seconds), this.buffer.duration);
		if (wasPlaying) this.playAt(this.graph.context.currentTime);
	}

	position(): number {
		if (!this.node) return this.restAt;
		return Math.min(Math.max(0, this.graph.context.currentTime - this.zeroAt), this.buffer.duration);
	}

	duration(): number {
		return this.buffer.duration;
	}

	buffered(): number {
		return this.buffer.duration;
	}

	setGain(factor: number): void {
		this.output.gain.value = factor;
	}

	retire(): void {
		if (!this.node) {
			this.release();
			return;
		}
		this.node.onended = () => this.output.disconnect();
	}

	release(): void {
		this.halt();
		this.output.disconnect();
	}
}
