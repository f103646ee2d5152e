import { describe, expect, it } from 'vitest';
import { changeOf, durationSteps, fromFirst, heatRows, pointName, sharesOf, weekdays } from './chart-data';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const point = (at: string, plays: number) => ({ at, plays, heard_ms: plays * 1000 });

describe('the name of a point', () => {
	it('is its day in UTC, whatever the clock here', () => {
		expect(plain(pointName('2026-03-04T00:00:00.000Z', 'day', 'en'))).toBe('Mar 4');
		expect(plain(pointName('2026-03-04T00:00:00.000Z', 'day', 'ru'))).toBe('4 мар.');
	});
	it('of a month has its year', () => {
		expect(pointName('2026-03-01T00:00:00.000Z', 'month', 'en', true)).toBe('March 2026');
	});
});

describe('a series over all time', () => {
	it('begins one point before the first play', () => {
		const series = [point('a', 0), point('b', 0), point('c', 0), point('d', 2), point('e', 0)];
		expect(fromFirst(series).map(({ at }) => at)).toEqual(['c', 'd', 'e']);
	});
	it('of nothing stays whole, so that there are axes to see', () => {
		expect(fromFirst([point('a', 0), point('b', 0)])).toHaveLength(2);
	});
});

describe('a change', () => {
	it('is a part of what was before', () => {
		expect(changeOf(15, 10)).toBeCloseTo(0.5);
		expect(changeOf(0, 10)).toBe(-1);
	});
	it('cannot be told without a before', () => expect(changeOf(3, 0)).toBeNull());
});

describe('time heard', () => {
	it('is told in minutes up to two hours, then in hours', () => {
		expect(durationSteps(90 * 60_000).unit).toBe('minute');
		expect(durationSteps(3 * 3_600_000).unit).toBe('hour');
	});
});

describe('a heat map', () => {
	it('has seven days of 24 hours even when the answer is short of some', () => {
		const rows = heatRows([[10, 20], []]);
		expect(rows).toHaveLength(7);
		expect(rows.every((row) => row.length === 24)).toBe(true);
		expect(rows[0]![1]).toEqual({ weekday: 0, hour: 1, value: 20, strength: 1 });
		expect(rows[0]![0]!.strength).toBe(0.5);
		expect(rows[6]![23]!.value).toBe(0);
	});
	it('begins its week on Monday', () => {
		expect(weekdays('en', 'long')[0]).toBe('Monday');
		expect(weekdays('ru', 'short')[6]).toBe('вс');
	});
});

describe('shares', () => {
	it('add up to the whole, small ones together', () => {
		const parts = [5, 50, 30, 10, 5].map((plays, at) => ({ name: String(at), plays }));
		const shares = sharesOf(parts, 3, 'rest');
		expect(shares.map(({ name, plays }) => [name, plays])).toEqual([
			['1', 50],
			['2', 30],
			['rest', 20],
		]);
		expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
	});
	it('of nothing are none', () => expect(sharesOf([{ name: 'a', plays: 0 }], 3, 'rest')).toEqual([]));
});
