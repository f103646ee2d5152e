import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ADMIN, type Backup } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import type { Shapes } from '../../../api/types';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { EmptyState } from '../../../components/States';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { dateTimeOf } from '../../../i18n/dates';
import { numberOf, sizeOf } from '../../../i18n/format';
import { Filters, TextFilter, YesNoFilter } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';

const SORTS = ['-created_at', 'created_at', 'name', '-name', 'size_bytes', '-size_bytes'];

function useColumns(): Column<Backup>[] {
	const { t, i18n } = useTranslation();
	const language = i18n.language;
	return [
		{
			name: 'name',
			title: t('admin.backups.name'),
			sortable: true,
			render: ({ name, complete }) => (
				<span className="flex flex-wrap items-center gap-2">
					<code className="font-mono font-semibold wrap-anywhere">{name}</code>
					{!complete && <Badge look="danger">{t('admin.backups.incomplete')}</Badge>}
				</span>
			),
		},
		{
			name: 'created_at',
			title: t('admin.audit.when'),
			sortable: true,
			from: 'sm',
			className: 'tabular whitespace-nowrap',
			render: ({ created_at: at }) => (at ? dateTimeOf(at, language) : '—'),
		},
		{
			name: 'size_bytes',
			title: t('admin.backups.size'),
			sortable: true,
			numeric: true,
			className: 'whitespace-nowrap',
			render: ({ size_bytes: size }) => sizeOf(size, language),
		},
		{
			name: 'files',
			title: t('admin.backups.count'),
			numeric: true,
			from: 'md',
			render: ({ files }) => numberOf(files, language),
		},
		{
			name: 'version',
			title: t('admin.backups.madeBy'),
			from: 'lg',
			className: 'text-text-2',
			render: ({ store, version }) => [store, version].filter(Boolean).join(' · '),
		},
	];
}

/** Copies of the library's data that can be brought back by `ogma restore`. */
export function BackupsPage() {
	const { t } = useTranslation();
	const table = useTable<Backup, Shapes['Backups']>(`${ADMIN}/backups`, { sorts: SORTS, filters: ['q', 'complete'] });
	const columns = useColumns();
	const [busy, setBusy] = useState(false);
	const folder = table.answer?.folder;
	const filtered = Boolean(table.filter('q') || table.filter('complete'));
	const make = async () => {
		setBusy(true);
		await attempt(() => apiSend('POST', `${ADMIN}/backups`), t('admin.backups.made'));
		setBusy(false);
		table.reload();
	};
	return (
		<>
			<Head
				title={t('admin.nav.backups')}
				hint={table.answer && (folder ? t('admin.backups.folder', { folder }) : t('admin.backups.noFolder'))}
			>
				<ListExport<Backup>
					path={`${ADMIN}/backups`}
					query={table.query}
					name="ogma-backups"
					columns={columnsOf('name', 'created_at', 'size_bytes', 'files', 'store', 'version', 'complete')}
				/>
				<Button
					look="primary"
					icon="plus"
					className="h-10! px-4!"
					disabled={busy || !folder}
					onClick={() => void make()}
				>
					{t(busy ? 'admin.backups.making' : 'admin.backups.make')}
				</Button>
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.backups.search')} />
				<YesNoFilter table={table} name="complete" label={t('admin.backups.complete')} />
			</Filters>
			<DataTable
				label={t('admin.nav.backups')}
				table={table}
				columns={columns}
				keyOf={({ name }) => name}
				empty={
					filtered ? undefined : (
						<EmptyState title={t('admin.backups.none')}>
							<p>{t('admin.backups.noneText')}</p>
						</EmptyState>
					)
				}
			/>
			<p className="mt-5 text-sm text-text-2">{t('admin.backups.restore')}</p>
			<code className="mt-2 block overflow-x-auto rounded-md border border-line bg-surface px-4 py-2.5 font-mono text-sm whitespace-nowrap">
				ogma restore --from {folder ?? 'DIR'}/{table.items[0]?.name ?? 'NAME'} --data FOLDER
			</code>
		</>
	);
}
