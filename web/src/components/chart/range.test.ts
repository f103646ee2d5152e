import { describe, expect, it } from 'vitest';
import { rangeOf, withRange } from './range';

const NOW = Date.parse('2026-11-28T15:30:00Z');
const of = (query: string) => rangeOf(new URLSearchParams(query), NOW);

describe('a range of days', () => {
	it('ends today and has as many days as its name says', () => {
		expect(of('range=7')).toEqual({ name: '7', from: '2026-11-22', to: '2026-11-28', days: 7, interval: 'day' });
	});
	it('is the last thirty days when the address says nothing or nonsense', () => {
		expect(of('').from).toBe('2026-10-30');
		expect(of('range=13').name).toBe('30');
		expect(of('from=2026-02-30x&to=2026-03-01').name).toBe('30');
		expect(of('from=2026-03-02&to=2026-03-01').name).toBe('30');
	});
	it('may be any two days, both counted', () => {
		expect(of('from=2026-03-01&to=2026-03-01')).toMatchObject({ name: 'own', days: 1, interval: 'day' });
		expect(of('from=2025-11-28&to=2026-11-28')).toMatchObject({ name: 'own', days: 366, interval: 'week' });
	});
	it('is cut to what the server answers for, at its far end', () => {
		expect(of('from=1990-01-01&to=2026-11-28')).toMatchObject({ days: 3660, to: '2026-11-28', interval: 'month' });
		expect(of('range=all').days).toBe(3660);
	});
	it('takes the place of the one before in the address and leaves the rest', () => {
		const params = withRange(new URLSearchParams('tab=x&from=2026-01-01&to=2026-01-02'), { range: '90' });
		expect(params.toString()).toBe('tab=x&range=90');
	});
});
