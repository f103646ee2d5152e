import { describe, expect, it } from 'vitest';
import { agoOf, dayOf } from './dates';

const now = new Date(2026, 10, 28, 12, 0, 0);
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

describe('times', () => {
	it.each([
		[5, 'en', '5 seconds ago'],
		[59.6, 'en', '1 minute ago'],
		[3 * 3600, 'en', '3 hours ago'],
		[26 * 3600, 'en', 'yesterday'],
		[26 * 3600, 'ru', 'вчера'],
		[10 * 86_400, 'en', 'last week'],
		[400 * 86_400, 'en', 'last year'],
		[-5 * 86_400, 'en', 'in 5 days'],
	])('%d seconds ago are, in %s, "%s"', (seconds, language, text) => {
		expect(agoOf(before(seconds), language, now.getTime())).toBe(text);
	});
	it('have no words when they are none', () => expect(agoOf('soon', 'en')).toBe(''));
	it('name today, yesterday, and other days by their date', () => {
		expect(dayOf(before(3600), 'en', now)).toBe('Today');
		expect(dayOf(before(13 * 3600), 'ru', now)).toBe('Вчера');
		expect(dayOf(before(5 * 86_400), 'en', now)).toBe('Monday, November 23');
		expect(dayOf(before(365 * 86_400), 'en', now)).toContain('2025');
	});
});
