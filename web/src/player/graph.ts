/* The Web Audio graph: every deck -> its own gain (ReplayGain) -> master gain (volume) -> speakers.
 * Made on the first play, because browsers let a context start only after a gesture. Not on iOS: there a context is
 * stopped with the screen off, and music would stop with it; plain elements go on. */

export interface Slot {
	element: HTMLAudioElement;
	/** null while there is no graph. */
	gain: GainNode | null;
}

export function graphWorksHere(): boolean {
	const apple = /iP(hone|ad|od)/.test(navigator.userAgent);
	const padAsMac = navigator.userAgent.includes('Mac') && navigator.maxTouchPoints > 1;
	return typeof AudioContext === 'function' && !apple && !padAsMac;
}

const IDLE_SUSPEND_MS = 15_000;

export class Graph {
	readonly context: AudioContext;
	private readonly master: GainNode;
	private idleTimer = 0;

	constructor() {
		this.context = new AudioContext({ latencyHint: 'playback' });
		this.master = this.context.createGain();
		this.master.connect(this.context.destination);
	}

	output(): GainNode {
		const gain = this.context.createGain();
		gain.connect(this.master);
		return gain;
	}

	attach(slot: Slot): void {
		if (slot.gain) return;
		slot.gain = this.output();
		this.context.createMediaElementSource(slot.element).connect(slot.gain);
		slot.element.volume = 1;
	}

	setVolume(factor: number): void {
		this.master.gain.setTargetAtTime(factor, this.context.currentTime, 0.015);
	}

	async wake(): Promise<void> {
		window.clearTimeout(this.idleTimer);
		if (this.context.state !== 'running') await this.context.resume();
	}

	/** A running context keeps the sound device open; let it go some time after the music stopped. */
	rest(): void {
		window.clearTimeout(this.idleTimer);
		this.idleTimer = window.setTimeout(() => void this.context.suspend(), IDLE_SUSPEND_MS);
	}
}
