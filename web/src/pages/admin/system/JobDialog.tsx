import { useTranslation } from 'react-i18next';
import { isOver, PACE_MS, useJob, type JobLine } from '../../../api/admin';
import { apiPath } from '../../../api/client';
import type { Page } from '../../../api/types';
import useSWRInfinite from 'swr/infinite';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { Icon } from '../../../components/Icon';
import { SkeletonRows } from '../../../components/Skeletons';
import { timeOf } from '../../../i18n/dates';
import { JobProgress, JobState } from './JobProgress';

const LINES = 100;

function Log({ id, live }: { id: number; live: boolean }) {
	const { t, i18n } = useTranslation();
	const key = (index: number, before: Page<JobLine> | null) =>
		index > 0 && !before?.next_cursor
			? null
			: apiPath(`/jobs/${id}/log`, { limit: LINES, cursor: before?.next_cursor ?? null });
	const { data, size, setSize } = useSWRInfinite<Page<JobLine>>(key, { refreshInterval: live ? PACE_MS.busy : 0 });
	if (!data) return <SkeletonRows count={3} />;
	const lines = data.flatMap(({ items }) => items);
	if (lines.length === 0) return <p className="text-sm text-text-2">{t('admin.jobs.quiet')}</p>;
	return (
		<>
			<ol className="divide-y divide-line text-sm">
				{lines.map((line) => (
					<li key={line.id} className="flex gap-3 py-2">
						<time dateTime={line.at} className="tabular w-12 shrink-0 text-xs text-text-3">
							{timeOf(line.at, i18n.language)}
						</time>
						{line.level !== 'info' && (
							<Icon
								name="alert"
								className={`mt-0.5 size-4 ${line.level === 'error' ? 'text-danger' : 'text-accent-text'}`}
							/>
						)}
						<span className="min-w-0 wrap-anywhere">
							{line.message}
							{line.path && <span className="block font-mono text-xs text-text-2">{line.path}</span>}
						</span>
					</li>
				))}
			</ol>
			{data.at(-1)?.next_cursor && (
				<Button className="mt-3" onClick={() => void setSize(size + 1)}>
					{t('admin.jobs.moreLines')}
				</Button>
			)}
		</>
	);
}

/** One job as it goes: how far it is and what it tells. */
export function JobDialog({ id, onClose }: { id: number | null; onClose: () => void }) {
	const { t } = useTranslation();
	const { data: job } = useJob(id);
	return (
		<Dialog wide open={id !== null} title={t('admin.jobs.job', { id: id ?? '' })} onClose={onClose}>
			{job && (
				<div className="mb-4 flex flex-wrap items-start gap-4">
					<JobState job={job} />
					<JobProgress job={job} />
				</div>
			)}
			{id !== null && <Log id={id} live={Boolean(job && !isOver(job))} />}
		</Dialog>
	);
}
