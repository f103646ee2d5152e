/* How loud the live channel is, in decibels of full scale, whatever the volume is set to. The graph it takes is made when
 * an operator first looks; who only listens has none. */
import { volumeFactor } from './gain';
import { liveElement } from './live';
import { usePlayer } from './store';

export interface Loudness {
	rms: number;
	/** The highest of the last moments; falls slowly, so that one can read it. */
	peak: number;
}

const SILENCE_DB = -100;
const FALL_DB_PER_FRAME = 0.35;

let analyser: AnalyserNode | null = null;

function connect(): AnalyserNode {
	const context = new AudioContext();
	const node = context.createAnalyser();
	node.fftSize = 2048;
	context.createMediaElementSource(liveElement).connect(node).connect(context.destination);
	void context.resume();
	return node;
}

const decibels = (value: number) => (value > 0 ? 20 * Math.log10(value) : SILENCE_DB);

export function loudnessOf(samples: Float32Array): { rms: number; peak: number } {
	let sum = 0;
	let peak = 0;
	for (const sample of samples) {
		sum += sample * sample;
		peak = Math.max(peak, Math.abs(sample));
	}
	return { rms: decibels(Math.sqrt(sum / Math.max(1, samples.length))), peak: decibels(peak) };
}

/** Tells with every frame that is drawn. Returns what ends it. */
export function startMeter(tell: (loudness: Loudness) => void): () => void {
	analyser ??= connect();
	const samples = new Float32Array(analyser.fftSize);
	let held = SILENCE_DB;
	let frame = 0;
	const step = () => {
		analyser?.getFloatTimeDomainData(samples);
		const { rms, peak } = loudnessOf(samples);
		/* The element's volume comes before the graph: it is taken out again. */
		const { volume, muted } = usePlayer.getState();
		const turned = muted ? 0 : decibels(volumeFactor(volume));
		held = Math.max(peak - turned, held - FALL_DB_PER_FRAME);
		tell({ rms: rms - turned, peak: held });
		frame = requestAnimationFrame(step);
	};
	step();
	return () => cancelAnimationFrame(frame);
}
