import { useTranslation } from 'react-i18next';
import { ADMIN, type Setting } from '../../../api/admin';
import type { Shapes } from '../../../api/types';
import { Badge } from '../../../components/Badge';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { ChoiceFilter, Filters, TextFilter, YesNoFilter } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';

/** Known origins in words; another one is shown as it came. */
const ORIGINS = ['default', 'file', 'environment', 'flag'];
const SORTS = ['group', '-group', 'name', '-name', 'origin', '-origin'];

/** Every setting and where its value comes from. Changed in the server's own configuration only. */
export function SettingsPage() {
	const { t } = useTranslation();
	const table = useTable<Setting, Shapes['Settings']>(`${ADMIN}/settings`, {
		sorts: SORTS,
		filters: ['q', 'group', 'changed'],
	});
	const columns: Column<Setting>[] = [
		{
			name: 'name',
			title: t('admin.settings.name'),
			sortable: true,
			className: 'min-w-44',
			render: ({ name, summary }) => (
				<>
					<code className="font-mono font-semibold wrap-anywhere">{name}</code>
					<span className="mt-0.5 block text-text-2">{summary}</span>
				</>
			),
		},
		{
			name: 'value',
			title: t('admin.settings.value'),
			className: 'max-w-72',
			render: ({ value, unit }) => (
				<code className="font-mono wrap-anywhere">{value ? [value, unit].filter(Boolean).join(' ') : '—'}</code>
			),
		},
		{
			name: 'origin',
			title: t('admin.settings.from'),
			sortable: true,
			from: 'sm',
			render: ({ origin }) => (
				<Badge look={origin === 'default' ? 'plain' : 'accent'}>
					{ORIGINS.includes(origin) ? t(`admin.settings.origin.${origin}`) : origin}
				</Badge>
			),
		},
		{
			name: 'group',
			title: t('admin.settings.group'),
			sortable: true,
			from: 'lg',
			className: 'text-text-2',
			render: ({ group }) => group,
		},
	];
	return (
		<>
			<Head title={t('admin.nav.settings')} hint={t('admin.settings.hint')}>
				<ListExport<Setting>
					path={`${ADMIN}/settings`}
					query={table.query}
					name="ogma-settings"
					columns={columnsOf('group', 'name', 'value', 'unit', 'origin', 'summary')}
				/>
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.settings.search')} />
				<ChoiceFilter
					table={table}
					name="group"
					label={t('admin.settings.group')}
					options={(table.answer?.groups ?? []).map((value) => ({ value, label: value }))}
				/>
				<YesNoFilter table={table} name="changed" label={t('admin.settings.changed')} />
			</Filters>
			<DataTable label={t('admin.nav.settings')} table={table} columns={columns} keyOf={({ name }) => name} />
		</>
	);
}
