import { describe, expect, it } from 'vitest';
import type { Job } from '../../../api/admin';
import { outcomeOf, progressOf, progressText } from './progress';

const jobOf = (change: Partial<Job>, progress: Partial<Job['progress']> = {}) =>
	({
		state: 'running',
		...change,
		progress: {
			done: 0,
			total: 0,
			rate: 0,
			eta_seconds: null,
			added: 0,
			updated: 0,
			moved: 0,
			removed: 0,
			restored: 0,
			unchanged: 0,
			rejected: 0,
			...progress,
		},
	}) as Job;
const words = { of: 'of', left: (time: string) => `${time} left` };
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('the progress of a job', () => {
	it('is not known before the files are counted', () => {
		expect(progressOf(jobOf({}))).toBeNull();
		expect(plain(progressText(jobOf({}, { done: 7 }), 'en', words))).toBe('7');
	});
	it('is a part of the whole, and the whole at the end even when files vanished meanwhile', () => {
		expect(progressOf(jobOf({}, { done: 30, total: 120 }))).toBe(0.25);
		expect(progressOf(jobOf({ state: 'done' }, { done: 118, total: 120 }))).toBe(1);
		expect(progressOf(jobOf({}, { done: 130, total: 120 }))).toBe(1);
	});
	it('is told with its rate and what is left, while it runs', () => {
		const progress = { done: 1200, total: 9000, rate: 309.6, eta_seconds: 25 };
		expect(plain(progressText(jobOf({}, progress), 'en', words))).toBe('1,200 of 9,000 · 310/s · 25 sec left');
		expect(plain(progressText(jobOf({ state: 'failed' }, progress), 'en', words))).toBe('1,200 of 9,000');
	});
	it('comes to what there was any of', () => {
		expect(outcomeOf(jobOf({}, { added: 3, rejected: 1, unchanged: 90 }))).toEqual([
			['added', 3],
			['rejected', 1],
		]);
	});
});
