import { describe, expect, it, vi } from 'vitest';

vi.mock('./live', () => ({ liveElement: {} }));
vi.mock('./store', () => ({ usePlayer: { getState: () => ({ volume: 1, muted: false }) } }));

const { loudnessOf } = await import('./meter');

describe('loudness', () => {
	it('of a full square wave is nothing below full scale, of half of it six decibels', () => {
		expect(loudnessOf(new Float32Array([1, -1, 1, -1]))).toEqual({ rms: 0, peak: 0 });
		expect(loudnessOf(new Float32Array([0.5, -0.5])).peak).toBeCloseTo(-6.02, 2);
	});
	it('of a peak shows in the peak more than in the mean', () => {
		const { rms, peak } = loudnessOf(new Float32Array([1, 0, 0, 0]));
		expect(peak).toBe(0);
		expect(rms).toBeCloseTo(-6.02, 2);
	});
	it('of silence has a floor', () => {
		expect(loudnessOf(new Float32Array(8))).toEqual({ rms: -100, peak: -100 });
	});
});
