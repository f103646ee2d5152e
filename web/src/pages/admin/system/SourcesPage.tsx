import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PACE_MS, useJob, type Job, type Source } from '../../../api/admin';
import { apiPath, apiSend } from '../../../api/client';
import type { Page } from '../../../api/types';
import useSWR from 'swr';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Dialog } from '../../../components/Dialog';
import { Icon } from '../../../components/Icon';
import { Menu, type MenuEntry } from '../../../components/Menu';
import { SkeletonRows } from '../../../components/Skeletons';
import { EmptyState, ErrorView } from '../../../components/States';
import { agoOf } from '../../../i18n/dates';
import { numberOf } from '../../../i18n/format';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';
import { JobDialog } from './JobDialog';
import { JobProgress, JobState } from './JobProgress';
import { BucketForm } from './BucketForm';
import { NewSource, Rejected } from './SourceParts';

function SourceCard({
	source,
	entries,
	onLog,
}: {
	source: Source;
	entries: () => MenuEntry[];
	onLog: (job: number) => void;
}) {
	const { t, i18n } = useTranslation();
	const { data: job } = useJob(source.job_id);
	const language = i18n.language;
	return (
		<li className="rounded-lg border border-line bg-surface p-4 sm:p-5">
			<div className="flex items-start gap-4">
				<span className="grid size-11 shrink-0 place-items-center rounded-md bg-surface-2 text-text-2">
					<Icon name="library" />
				</span>
				<div className="min-w-0 flex-1">
					<h2 className="font-mono text-base font-semibold wrap-anywhere">{source.path}</h2>
					<p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-text-2">
						<span>
							{t('admin.sources.files', { count: source.file_count, shown: numberOf(source.file_count, language) })}
						</span>
						{source.rejected_count > 0 && <span>{t('admin.sources.rejected', { count: source.rejected_count })}</span>}
						<span>
							{source.last_scan_at
								? t('admin.sources.scanned', { time: agoOf(source.last_scan_at, language) })
								: t('admin.sources.neverScanned')}
						</span>
						{source.managed && <Badge look="accent">{t('admin.sources.managed')}</Badge>}
						{source.state === 'paused' && <Badge>{t('admin.sources.paused')}</Badge>}
					</p>
					{source.last_error && <p className="mt-1 text-sm text-danger wrap-anywhere">{source.last_error}</p>}
				</div>
				<Menu label={t('admin.actionsFor', { name: source.path })} entries={entries} />
			</div>
			{job && (
				<div className="mt-4 flex flex-wrap items-center gap-4 border-t border-line pt-4">
					<JobState job={job} />
					<span className="min-w-40 flex-1">
						<JobProgress job={job} />
					</span>
					<Button look="quiet" className="h-9! px-3.5!" onClick={() => onLog(job.id)}>
						{t('admin.jobs.log')}
					</Button>
				</div>
			)}
		</li>
	);
}

/** Where the music comes from. */
export function SourcesPage() {
	const { t } = useTranslation();
	const { data, error, mutate } = useSWR<Page<Source>>(apiPath('/sources', { limit: 100 }), {
		refreshInterval: (sources) => (sources?.items.some(({ job_id: job }) => job) ? PACE_MS.busy : PACE_MS.calm),
	});
	const [adding, setAdding] = useState<'folder' | 's3' | null>(null);
	const [changing, setChanging] = useState<Source | null>(null);
	const [log, setLog] = useState<number | null>(null);
	const [rejected, setRejected] = useState<Source | null>(null);
	const [last, setLast] = useState<Source | null>(null);
	if (rejected && rejected !== last) setLast(rejected);
	const act = async (work: () => Promise<unknown>, done: string) => {
		if (await attempt(work, done)) await mutate();
	};
	const done = (made: boolean) => {
		setAdding(null);
		setChanging(null);
		if (made) void mutate();
	};
	const scan = (source: Source, again: boolean) =>
		act(() => apiSend<Job>('POST', `/sources/${source.id}/scan`, { again }), t('admin.sources.scanStarted'));
	const remove = async (source: Source) => {
		const sure = await confirm({
			title: t('admin.sources.removeSure'),
			text: t('admin.sources.removeText', { path: source.path }),
			action: t('action.remove'),
			danger: true,
		});
		if (sure) await act(() => apiSend('DELETE', `/sources/${source.id}`), t('admin.sources.removing'));
	};
	const entries = (source: Source): MenuEntry[] => {
		const paused = source.state === 'paused';
		const list: MenuEntry[] = paused
			? []
			: [
					{ icon: 'search', label: t('admin.sources.scan'), run: () => void scan(source, false) },
					{ icon: 'repeat', label: t('admin.sources.scanAgain'), run: () => void scan(source, true) },
				];
		list.push(
			{ icon: 'alert', label: t('admin.sources.showRejected'), run: () => setRejected(source) },
			...(source.server && !source.managed
				? [{ icon: 'edit', label: t('admin.sources.server'), run: () => setChanging(source) } as const]
				: []),
			{ icon: 'log', label: t('admin.nav.jobs'), to: `/admin/jobs?source_id=${source.id}` },
			{
				icon: paused ? 'play' : 'pause',
				label: t(paused ? 'admin.sources.resume' : 'admin.sources.pause'),
				run: () =>
					void act(
						() => apiSend('PATCH', `/sources/${source.id}`, { state: paused ? 'active' : 'paused' }),
						t('action.saved'),
					),
			},
			{ icon: 'trash', label: t('action.remove'), danger: true, run: () => void remove(source) },
		);
		return list;
	};
	if (error) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows count={4} />;
	return (
		<>
			<Head title={t('admin.nav.sources')} hint={t('admin.sources.hint')}>
				<ListExport<Source>
					path="/sources"
					name="ogma-sources"
					columns={columnsOf(
						'id',
						'kind',
						'path',
						'state',
						'file_count',
						'rejected_count',
						'last_scan_at',
						'last_error',
					)}
				/>
				<Button look="quiet" icon="plus" className="h-10! px-4!" onClick={() => setAdding('s3')}>
					{t('admin.sources.addBucket')}
				</Button>
				<Button look="primary" icon="plus" className="h-10! px-4!" onClick={() => setAdding('folder')}>
					{t('admin.sources.add')}
				</Button>
			</Head>
			{data.items.length === 0 && (
				<EmptyState title={t('admin.sources.none')}>
					<p>{t('admin.sources.noneText')}</p>
				</EmptyState>
			)}
			<ul className="space-y-4">
				{data.items.map((source) => (
					<SourceCard key={source.id} source={source} entries={() => entries(source)} onLog={setLog} />
				))}
			</ul>
			<Dialog open={adding === 'folder'} title={t('admin.sources.add')} onClose={() => setAdding(null)}>
				<NewSource onDone={done} />
			</Dialog>
			<Dialog open={adding === 's3'} title={t('admin.sources.addBucket')} onClose={() => setAdding(null)}>
				<BucketForm onDone={done} />
			</Dialog>
			<Dialog open={changing !== null} title={t('admin.sources.server')} onClose={() => setChanging(null)}>
				{changing && <BucketForm source={changing} onDone={done} />}
			</Dialog>
			<Dialog
				wide
				open={rejected !== null}
				title={t('admin.sources.rejectedOf', { path: last?.path ?? '' })}
				onClose={() => setRejected(null)}
			>
				{rejected && <Rejected source={rejected} />}
			</Dialog>
			<JobDialog id={log} onClose={() => setLog(null)} />
		</>
	);
}
