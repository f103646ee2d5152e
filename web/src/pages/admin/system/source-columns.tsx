import { useTranslation } from 'react-i18next';
import { useJob, type Source } from '../../../api/admin';
import { Badge } from '../../../components/Badge';
import type { Column } from '../../../components/table/DataTable';
import { agoOf } from '../../../i18n/dates';
import { numberOf } from '../../../i18n/format';
import { JobProgress } from './JobProgress';

/** A button in a cell that looks like its words. */
const LINK = 'rounded-xs text-left underline-offset-3 hover:underline';

/** When it was last scanned; while a scan waits or runs, how far that is. */
function Scanned({ source, onLog }: { source: Source; onLog: (job: number) => void }) {
	const { t, i18n } = useTranslation();
	const { data: job } = useJob(source.job_id);
	if (job)
		return (
			<button type="button" className={LINK} onClick={() => onLog(job.id)}>
				<JobProgress job={job} />
			</button>
		);
	return source.last_scan_at ? agoOf(source.last_scan_at, i18n.language) : t('admin.sources.neverScanned');
}

interface Openers {
	onLog: (job: number) => void;
	onRejected: (source: Source) => void;
}

/** What the list of sources shows of each. */
export function useSourceColumns({ onLog, onRejected }: Openers): Column<Source>[] {
	const { t, i18n } = useTranslation();
	return [
		{
			name: 'path',
			title: t('admin.sources.where'),
			sortable: true,
			className: 'min-w-36',
			render: (source) => (
				<>
					<span className="block font-mono font-semibold wrap-anywhere">{source.path}</span>
					<span className="flex flex-wrap gap-1.5">
						{source.managed && <Badge look="accent">{t('admin.sources.managed')}</Badge>}
						{source.state === 'paused' && <Badge>{t('admin.sources.paused')}</Badge>}
					</span>
					{source.last_error && <span className="block text-xs text-danger wrap-anywhere">{source.last_error}</span>}
				</>
			),
		},
		{
			name: 'file_count',
			title: t('admin.sources.fileCount'),
			numeric: true,
			sortable: true,
			from: 'sm',
			render: (source) => numberOf(source.file_count, i18n.language),
		},
		{
			name: 'rejected_count',
			title: t('admin.sources.rejectedCount'),
			numeric: true,
			sortable: true,
			from: 'md',
			render: (source) =>
				source.rejected_count === 0 ? (
					numberOf(0, i18n.language)
				) : (
					<button
						type="button"
						className={LINK}
						aria-label={t('admin.sources.rejectedOf', { path: source.path })}
						onClick={() => onRejected(source)}
					>
						{numberOf(source.rejected_count, i18n.language)}
					</button>
				),
		},
		{
			name: 'last_scan_at',
			title: t('admin.sources.scannedAt'),
			sortable: true,
			render: (source) => <Scanned source={source} onLog={onLog} />,
		},
	];
}
