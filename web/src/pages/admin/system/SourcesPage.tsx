import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PACE_MS, type Job, type Source } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Dialog } from '../../../components/Dialog';
import type { MenuEntry } from '../../../components/Menu';
import { EmptyState } from '../../../components/States';
import { DataTable } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters, TextFilter, YesNoFilter } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { useMenuColumn } from '../menu-column';
import { useBulk } from '../use-bulk';
import { BucketForm } from './BucketForm';
import { JobDialog } from './JobDialog';
import { useSourceColumns } from './source-columns';
import { NewSource, Rejected } from './SourceParts';

const SORTS = ['id', 'path', '-path', '-file_count', 'file_count', '-rejected_count', '-last_scan_at'];
const FILTERS = ['q', 'kind', 'state', 'failing'];

const scan = (id: number, again = false) => apiSend<Job>('POST', `/sources/${id}/scan`, { again });
const setState = (id: number, state: 'active' | 'paused') => apiSend('PATCH', `/sources/${id}`, { state });

/** Where the music comes from. */
export function SourcesPage() {
	const { t } = useTranslation();
	const table = useTable<Source>('/sources', {
		sorts: SORTS,
		filters: FILTERS,
		refresh: (sources) => (sources.some(({ job_id: job }) => job) ? PACE_MS.busy : PACE_MS.calm),
	});
	const [adding, setAdding] = useState<'folder' | 's3' | null>(null);
	const [changing, setChanging] = useState<Source | null>(null);
	const [log, setLog] = useState<number | null>(null);
	const [rejected, setRejected] = useState<Source | null>(null);
	const [last, setLast] = useState<Source | null>(null);
	if (rejected && rejected !== last) setLast(rejected);
	const bulk = useBulk(table.reload);
	const columns = useSourceColumns({ onLog: setLog, onRejected: setRejected });
	const remove = async (ids: number[], what: string) => {
		const sure = await confirm({
			title: t('admin.sources.removeSure', { count: ids.length }),
			text: t('admin.sources.removeText', { path: what }),
			action: t('action.remove'),
			danger: true,
		});
		if (sure) await bulk.each(ids, (id) => apiSend('DELETE', `/sources/${id}`));
	};
	const done = (made: boolean) => {
		setAdding(null);
		setChanging(null);
		if (made) table.reload();
	};
	const entries = (source: Source): MenuEntry[] => {
		const { id, state } = source;
		const paused = state === 'paused';
		const list: MenuEntry[] = paused
			? []
			: [
					{ icon: 'search', label: t('admin.sources.scan'), run: () => void bulk.each([id], (one) => scan(one)) },
					{
						icon: 'repeat',
						label: t('admin.sources.scanAgain'),
						run: () => void bulk.each([id], (one) => scan(one, true)),
					},
				];
		list.push({ icon: 'alert', label: t('admin.sources.showRejected'), run: () => setRejected(source) });
		if (source.server && !source.managed)
			list.push({ icon: 'edit', label: t('admin.sources.server'), run: () => setChanging(source) });
		list.push(
			{ icon: 'log', label: t('admin.nav.jobs'), to: `/admin/jobs?source_id=${id}` },
			{
				icon: paused ? 'play' : 'pause',
				label: t(paused ? 'admin.sources.resume' : 'admin.sources.pause'),
				run: () => void bulk.each([id], (one) => setState(one, paused ? 'active' : 'paused')),
			},
			{ icon: 'trash', label: t('action.remove'), danger: true, run: () => void remove([id], source.path) },
		);
		return list;
	};
	const menuColumn = useMenuColumn<Source>(({ path }) => path, entries);
	const many = table.items.filter(({ id }) => bulk.selection.keys.has(id)).map(({ path }) => path);
	const choices = (name: 'kinds' | 'states', values: string[]) =>
		values.map((value) => ({ value, label: t(`admin.sources.${name}.${value}`) }));
	return (
		<>
			<Head title={t('admin.nav.sources')} hint={t('admin.sources.hint')}>
				<ListExport<Source>
					path="/sources"
					query={table.query}
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
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.sources.search')} />
				<ChoiceFilter
					table={table}
					name="kind"
					label={t('admin.sources.kind')}
					options={choices('kinds', ['folder', 's3'])}
				/>
				<ChoiceFilter
					table={table}
					name="state"
					label={t('admin.users.status')}
					options={choices('states', ['active', 'paused'])}
				/>
				<YesNoFilter table={table} name="failing" label={t('admin.sources.failing')} />
			</Filters>
			<DataTable
				label={t('admin.nav.sources')}
				table={table}
				columns={[...columns, menuColumn]}
				keyOf={({ id }) => id}
				nameOf={({ path }) => path}
				selection={bulk.selection}
				empty={
					FILTERS.some((name) => table.filter(name)) ? undefined : (
						<EmptyState title={t('admin.sources.none')}>
							<p>{t('admin.sources.noneText')}</p>
						</EmptyState>
					)
				}
			/>
			<BulkBar bulk={bulk}>
				<BulkButton onClick={() => void bulk.each(bulk.keys, (id) => scan(id))}>{t('admin.sources.scan')}</BulkButton>
				{(['paused', 'active'] as const).map((state) => (
					<BulkButton key={state} onClick={() => void bulk.each(bulk.keys, (id) => setState(id, state))}>
						{t(state === 'paused' ? 'admin.sources.pause' : 'admin.sources.resume')}
					</BulkButton>
				))}
				<BulkButton look="danger" onClick={() => void remove(bulk.keys, many.join(', '))}>
					{t('action.remove')}
				</BulkButton>
			</BulkBar>
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
