import { describe, expect, it } from 'vitest';
import { oklabOf, tintOfName, tintOfPixels } from './palette';

const picture = (...colours: [number, number, number][]) =>
	new Uint8ClampedArray(colours.flatMap((colour) => Array.from({ length: 50 }, () => [...colour, 255]).flat()));

describe('tints', () => {
	it('are the hue that dominates a picture', () => {
		expect(tintOfPixels(picture([220, 40, 40], [120, 120, 120])).hue).toBeCloseTo(27, -1);
		expect(tintOfPixels(picture([30, 60, 220], [250, 250, 250])).hue).toBeCloseTo(264, -1);
	});
	it('are weak for grey pictures', () => {
		expect(tintOfPixels(picture([90, 90, 90], [20, 20, 20])).strength).toBeLessThan(0.1);
		expect(tintOfPixels(picture([220, 40, 40])).strength).toBe(1);
	});
	it('of a name are always the same', () => expect(tintOfName('Ogma')).toEqual(tintOfName('Ogma')));
	it('come from right OKLab values', () => {
		const [l, a, b] = oklabOf(255, 255, 255);
		expect([l, a, b].map((value) => Math.round(value * 1000) / 1000 + 0)).toEqual([1, 0, 0]);
	});
});
