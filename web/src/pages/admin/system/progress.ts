/* How far a job is, for people. */
import type { Job } from '../../../api/admin';
import { lengthOf, numberOf } from '../../../i18n/format';

/** 0..1; null while nobody knows how much there is. */
export function progressOf({ progress, state }: Pick<Job, 'progress' | 'state'>): number | null {
	if (state === 'done') return 1;
	if (progress.total <= 0) return null;
	return Math.min(1, progress.done / progress.total);
}

/** "1,200 of 9,000 · 310/s · 25 sec left", without what is not known. */
export function progressText(
	job: Job,
	language: string,
	words: { of: string; left: (time: string) => string },
): string {
	const { done, total, rate, eta_seconds: eta } = job.progress;
	const parts = [
		total > 0 ? `${numberOf(done, language)} ${words.of} ${numberOf(total, language)}` : numberOf(done, language),
	];
	if (job.state === 'running') {
		if (rate > 0) parts.push(`${numberOf(Math.round(rate), language)}/s`);
		if (eta !== null && eta > 0) parts.push(words.left(lengthOf(eta * 1000, language)));
	}
	return parts.join(' · ');
}

const COUNTS = ['added', 'updated', 'moved', 'removed', 'restored', 'rejected'] as const;

/** What it came to: only what there was any of. */
export const outcomeOf = ({ progress }: Pick<Job, 'progress'>): [(typeof COUNTS)[number], number][] =>
	COUNTS.filter((name) => progress[name] > 0).map((name) => [name, progress[name]]);
