import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver, PACE_MS, type Job } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { Button } from '../../../components/Button';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { confirm } from '../../../components/confirm';
import type { MenuEntry } from '../../../components/Menu';
import { agoOf } from '../../../i18n/dates';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters } from '../Filters';
import { Head } from '../Head';
import { useMenuColumn } from '../menu-column';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';
import { useBulk } from '../use-bulk';
import { JobDialog } from './JobDialog';
import { JobProgress, JobState } from './JobProgress';

const STATES = ['queued', 'running', 'done', 'failed', 'dead', 'cancelled'] as const;
const KINDS = [
	'scan',
	'remove',
	'genre_merge',
	'upload',
	'analyse',
	'duplicates',
	'write_tags',
	'music_etl',
	'monitoring',
	'log_cleanup',
	'daily_report',
	'backup',
	'cleanup',
] as const;

export function JobsPage() {
	const { t, i18n } = useTranslation();
	const table = useTable<Job>('/jobs', {
		sorts: ['-id', 'id'],
		filters: ['kind', 'state', 'source_id'],
		refresh: (jobs) => (jobs.every(isOver) ? PACE_MS.calm : PACE_MS.busy),
	});
	const [shown, setShown] = useState<number | null>(null);
	const { reload } = table;
	const bulk = useBulk(reload);
	const send = (id: number, what: 'cancel' | 'retry') => apiSend('POST', `/jobs/${id}/${what}`);
	const ask = async (job: Job, what: 'cancel' | 'retry') => {
		if (await attempt(() => send(job.id, what), t(`admin.jobs.done.${what}`))) reload();
	};
	const askMany = (what: 'cancel' | 'retry') => bulk.each(bulk.keys, (id) => send(id, what));
	const retryDead = async () => {
		if (await attempt(() => apiSend('POST', '/jobs/retry', {}), t('admin.jobs.done.retry'))) reload();
	};
	const analyse = async (again: boolean) => {
		if (await attempt(() => apiSend('POST', '/jobs/analyse', { again }), t('admin.jobs.done.analyse'))) reload();
	};
	const analyseAgain = async () => {
		const title = t('admin.jobs.analyseAgain');
		if (await confirm({ title, text: t('admin.jobs.analyseAgainHint'), action: title })) await analyse(true);
	};
	const entries = (job: Job): MenuEntry[] => {
		const list: MenuEntry[] = [{ icon: 'log', label: t('admin.jobs.log'), run: () => setShown(job.id) }];
		if (!isOver(job))
			list.push({ icon: 'close', label: t('action.cancel'), danger: true, run: () => void ask(job, 'cancel') });
		if (isOver(job) && job.state !== 'done')
			list.push({ icon: 'repeat', label: t('admin.jobs.retry'), run: () => void ask(job, 'retry') });
		return list;
	};
	const kindName = (kind: string) =>
		(KINDS as readonly string[]).includes(kind) ? t(`admin.jobs.kind.${kind}`) : kind;
	const nameOf = (job: Job) => `${kindName(job.kind)} ${job.id}`;
	const columns: Column<Job>[] = [
		{
			name: 'kind',
			title: t('admin.jobs.what'),
			render: (job) => (
				<button
					type="button"
					onClick={() => setShown(job.id)}
					className="rounded-xs text-left underline-offset-3 hover:underline"
				>
					<span className="font-semibold">{kindName(job.kind)}</span>
					{job.detail && <span className="block max-w-64 truncate text-xs text-text-2">{job.detail}</span>}
				</button>
			),
		},
		{ name: 'state', title: t('admin.users.status'), render: (job) => <JobState job={job} /> },
		{ name: 'progress', title: t('admin.jobs.progress'), from: 'sm', render: (job) => <JobProgress job={job} /> },
		{
			name: 'id',
			title: t('admin.audit.when'),
			sortable: true,
			from: 'md',
			render: (job) => agoOf(job.finished_at ?? job.started_at ?? job.created_at, i18n.language),
		},
		useMenuColumn<Job>(nameOf, entries),
	];
	return (
		<>
			<Head title={t('admin.nav.jobs')} hint={t('admin.jobs.hint')}>
				<Button icon="volume" onClick={() => void analyse(false)}>
					{t('admin.jobs.analyse')}
				</Button>
				<Button onClick={() => void analyseAgain()}>{t('admin.jobs.analyseAgain')}</Button>
				{table.items.some((job) => job.state === 'dead') && (
					<Button icon="repeat" onClick={() => void retryDead()}>
						{t('admin.jobs.retryDead')}
					</Button>
				)}
				<ListExport<Job>
					path="/jobs"
					query={table.query}
					name="ogma-jobs"
					columns={columnsOf('id', 'kind', 'detail', 'state', 'error', 'created_at', 'started_at', 'finished_at')}
				/>
			</Head>
			<Filters>
				<ChoiceFilter
					table={table}
					name="state"
					label={t('admin.users.status')}
					options={STATES.map((value) => ({ value, label: t(`admin.jobs.state.${value}`) }))}
				/>
				<ChoiceFilter
					table={table}
					name="kind"
					label={t('admin.jobs.what')}
					options={KINDS.map((value) => ({ value, label: kindName(value) }))}
				/>
			</Filters>
			<DataTable
				label={t('admin.nav.jobs')}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				nameOf={nameOf}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				<BulkButton icon="repeat" onClick={() => void askMany('retry')}>
					{t('admin.jobs.retry')}
				</BulkButton>
				<BulkButton look="danger" onClick={() => void askMany('cancel')}>
					{t('admin.jobs.cancel')}
				</BulkButton>
			</BulkBar>
			<JobDialog id={shown} onClose={() => setShown(null)} />
		</>
	);
}
