import { describe, expect, it } from 'vitest';
import type { Recap } from '../../api/analytics';
import { fitted } from './card';
import { comparisonOf, minutesOf, peakOf, yearOf } from './facts';

const wide = (text: string) => [...text].length * 10;
const told = ((key: string, values: Record<string, string>) => `${key} ${values.share} ${values.year}`) as never;
const recap = (heard: number, before: number) =>
	({ year: 2026, heard_ms: heard, previous_year: { heard_ms: before, plays: 0 } }) as Recap;

describe('words on the picture', () => {
	it('stay as they are when they fit', () => expect(fitted('Bach', 40, wide)).toBe('Bach'));
	it('are shortened to the room there is, whole letters only', () => {
		expect(fitted('Johann Sebastian', 80, wide)).toBe('Johann…');
		expect(fitted('👩‍🎤👩‍🎤', 10, wide)).toBe('…');
	});
});

describe('a recap', () => {
	it('counts whole minutes', () => expect(minutesOf(90_000)).toBe(2));
	it('compares with the year before, when there was one', () => {
		expect(comparisonOf(recap(150, 100), told, 'en')).toBe('recap.more 50% 2025');
		expect(comparisonOf(recap(75, 100), told, 'en')).toBe('recap.less 25% 2025');
		expect(comparisonOf(recap(75, 0), told, 'en')).toBe('');
	});
	it('names the hour most was heard in', () => {
		expect(peakOf({ weekday: 4, hour: 22 }, 'en')).toBe('Friday, 22:00');
		expect(peakOf({ weekday: 4, hour: 22 }, 'ru')).toBe('Пятница, 22:00');
	});
	it('is of this year when the address names none that can be', () => {
		expect(yearOf('2024', 2026)).toBe(2024);
		for (const text of [undefined, 'x', '2027', '12', '20.5']) expect(yearOf(text, 2026)).toBe(2026);
	});
});
