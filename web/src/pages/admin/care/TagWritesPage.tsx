import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { decideWrite, TAG_WRITE_STATES, type TagWrite } from '../../../api/care';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { EmptyState } from '../../../components/States';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { agoOf } from '../../../i18n/dates';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { useBulk } from '../use-bulk';
import { Difference } from './Difference';

function Fields({ fields }: { fields: TagWrite['fields'] }) {
	const { t } = useTranslation();
	return (
		<dl className="grid gap-1.5">
			{Object.entries(fields).map(([name, { was, becomes }]) => (
				<div key={name}>
					<dt className="text-xs font-semibold text-text-2">{t(`care.fields.${name}`)}</dt>
					<dd>
						<Difference was={was ?? ''} becomes={becomes ?? ''} />
					</dd>
				</div>
			))}
		</dl>
	);
}

/** Tags that were written into files: the originals are kept until somebody lets go of them or puts them back. */
export default function TagWritesPage() {
	const { t, i18n } = useTranslation();
	const table = useTable<TagWrite>('/tag-writes', { sorts: ['-id', 'id'], filters: ['state'] });
	const bulk = useBulk(table.reload);
	const decide = async (ids: number[], what: 'undo' | 'confirm') => {
		const sure = await confirm({
			title: t(`care.files.sure.${what}`, { count: ids.length }),
			text: t(`care.files.sureText.${what}`),
			action: t(`care.files.${what}`),
			danger: what === 'confirm',
		});
		if (sure) await bulk.each(ids, (id) => decideWrite(id, what));
	};
	const columns: Column<TagWrite>[] = [
		{
			name: 'title',
			title: t('care.thing'),
			className: 'align-top! wrap-anywhere',
			render: ({ track_id, title, path }) => (
				<>
					<Link to={`/tracks/${track_id}`} className="font-semibold underline-offset-3 hover:underline">
						{title}
					</Link>
					<span className="block text-xs text-text-2">{path}</span>
				</>
			),
		},
		{ name: 'fields', title: t('care.change'), className: 'align-top!', render: (one) => <Fields {...one} /> },
		{
			name: 'state',
			title: t('care.state'),
			className: 'align-top! max-w-56',
			render: ({ state, reason }) => (
				<>
					{t(`care.files.states.${state}`)}
					{reason && <span className="block text-xs text-text-2">{reason}</span>}
				</>
			),
		},
		{
			name: 'id',
			title: t('admin.audit.when'),
			from: 'lg',
			sortable: true,
			className: 'align-top! whitespace-nowrap',
			render: ({ created_at: at }) => agoOf(at, i18n.language),
		},
		{
			name: 'decide',
			title: '',
			className: 'sticky right-0 bg-surface whitespace-nowrap align-top!',
			render: ({ id, state, title }) =>
				state === 'written' && (
					<span className="flex justify-end gap-1">
						{(['undo', 'confirm'] as const).map((what) => (
							<Button
								key={what}
								look="quiet"
								className="h-9! px-3!"
								aria-label={t(`care.files.${what}Of`, { name: title })}
								onClick={() => void decide([id], what)}
							>
								{t(`care.files.${what}`)}
							</Button>
						))}
					</span>
				),
		},
	];
	return (
		<>
			<Head title={t('admin.nav.files')} hint={t('care.files.hint')}>
				<ListExport<TagWrite>
					path="/tag-writes"
					query={table.query}
					name="ogma-tag-writes"
					columns={[
						...columnsOf('id', 'track_id', 'title', 'artist', 'path', 'state', 'reason', 'created_at', 'updated_at'),
						['fields', ({ fields }) => JSON.stringify(fields)],
					]}
				/>
			</Head>
			<Filters>
				<ChoiceFilter
					table={table}
					name="state"
					label={t('care.state')}
					options={TAG_WRITE_STATES.map((value) => ({ value, label: t(`care.files.states.${value}`) }))}
				/>
			</Filters>
			<DataTable
				label={t('admin.nav.files')}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				nameOf={({ title }) => title}
				empty={<EmptyState title={t('care.files.none')} />}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				<BulkButton icon="history" onClick={() => void decide(bulk.keys, 'undo')}>
					{t('care.files.undo')}
				</BulkButton>
				<BulkButton icon="check" onClick={() => void decide(bulk.keys, 'confirm')}>
					{t('care.files.confirm')}
				</BulkButton>
			</BulkBar>
		</>
	);
}
