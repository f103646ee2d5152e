import { describe, expect, it } from 'vitest';
import { alignSeries } from './series';

const at = (minute: number) => `2026-11-28T07:${String(minute).padStart(2, '0')}:00.000Z`;

describe('series of several metrics', () => {
	it('share one line of times; what is missing stands on from before', () => {
		const cpu = [
			{ at: at(0), value: 5 },
			{ at: at(2), value: 7 },
		];
		const memory = [
			{ at: at(1), value: 40 },
			{ at: at(2), value: 41 },
		];
		expect(alignSeries([cpu, memory])).toEqual({
			at: [at(0), at(1), at(2)],
			values: [
				[5, 5, 7],
				[40, 40, 41],
			],
		});
	});
	it('are empty where there is nothing yet', () => {
		expect(alignSeries([[], []])).toEqual({ at: [], values: [[], []] });
	});
});
