import { useTranslation } from 'react-i18next';
import type { Job } from '../../../api/admin';
import { Badge } from '../../../components/Badge';
import { timeOf } from '../../../i18n/dates';
import { numberOf } from '../../../i18n/format';
import { outcomeOf, progressOf, progressText } from './progress';

export function JobState({ job }: { job: Job }) {
	const { t } = useTranslation();
	const stopping = job.cancel_asked && job.state === 'running';
	const look = job.state === 'failed' || job.state === 'dead' ? 'danger' : job.state === 'running' ? 'accent' : 'plain';
	return <Badge look={look}>{t(stopping ? 'admin.jobs.stopping' : `admin.jobs.state.${job.state}`)}</Badge>;
}

/** A bar, and the same in words. */
export function JobProgress({ job }: { job: Job }) {
	const { t, i18n } = useTranslation();
	const part = progressOf(job);
	const language = i18n.language;
	const words = { of: t('admin.jobs.of'), left: (time: string) => t('admin.jobs.left', { time }) };
	const waits = job.next_try_at
		? t('admin.jobs.triedAgain', { time: timeOf(job.next_try_at, language), count: job.attempts })
		: t('admin.jobs.waits');
	const outcome = outcomeOf(job).map(
		([name, count]) => `${t(`admin.jobs.count.${name}`)}: ${numberOf(count, language)}`,
	);
	return (
		<span className="block min-w-40">
			{job.state === 'running' && (
				<span
					role="progressbar"
					aria-label={t('admin.jobs.progress')}
					aria-valuemin={0}
					aria-valuemax={100}
					aria-valuenow={part === null ? undefined : Math.round(part * 100)}
					className="mb-1.5 block h-1.5 overflow-hidden rounded-full bg-surface-3"
				>
					<span
						className={`block h-full rounded-full bg-chart-1 transition-[width] duration-500 ${part === null ? 'w-1/4 animate-pulse' : ''}`}
						style={part === null ? undefined : { width: `${part * 100}%` }}
					/>
				</span>
			)}
			<span className="tabular block text-xs text-text-2">
				{job.state === 'queued' ? waits : progressText(job, language, words)}
			</span>
			{job.state === 'running' && job.step && (
				<span className="block text-xs text-text-2">{t(`admin.jobs.step.${job.step}`)}</span>
			)}
			{outcome.length > 0 && <span className="tabular block text-xs text-text-2">{outcome.join(' · ')}</span>}
			{job.error && <span className="mt-0.5 block text-xs text-danger wrap-anywhere">{job.error}</span>}
		</span>
	);
}
