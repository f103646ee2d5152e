import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ADMIN, type AuditRow } from '../../../api/admin';
import { ExportButton } from '../../../components/chart/ExportButton';
import { Dialog } from '../../../components/Dialog';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { dateTimeOf } from '../../../i18n/dates';
import { changesOf } from '../diff';
import { ChoiceFilter, Filters, TextFilter } from '../Filters';
import { Head } from '../Head';
import { moments } from '../moments';
import { Changes } from './Changes';
import { ACTIONS, actionName, MODELS, modelName } from './names';

const FILTERS = ['admin_user_id', 'action', 'model_name', 'model_id', 'from', 'to'];

function Summary({ row }: { row: AuditRow }) {
	const { t } = useTranslation();
	const fields = changesOf(row.old_values, row.new_values).map(({ field }) => field);
	if (fields.length === 0) return <span className="text-text-3">—</span>;
	return (
		<span className="block max-w-72 truncate text-text-2" title={fields.join(', ')}>
			{fields.slice(0, 4).join(', ')}
			{fields.length > 4 && ` ${t('admin.audit.andMore', { count: fields.length - 4 })}`}
		</span>
	);
}

function Details({ row }: { row: AuditRow }) {
	const { t, i18n } = useTranslation();
	const facts: [string, string][] = [
		[t('admin.audit.when'), dateTimeOf(row.created_at, i18n.language)],
		[t('admin.audit.who'), row.admin_username ?? t('admin.audit.system')],
		[t('admin.audit.address'), row.ip_address ?? '—'],
		[t('admin.audit.agent'), row.user_agent ?? '—'],
	];
	return (
		<>
			<dl className="mb-5 grid gap-x-6 gap-y-3 text-sm sm:grid-cols-2">
				{facts.map(([name, value]) => (
					<div key={name} className="min-w-0">
						<dt className="text-text-2">{name}</dt>
						<dd className="font-medium wrap-anywhere">{value}</dd>
					</div>
				))}
			</dl>
			<Changes before={row.old_values} after={row.new_values} />
		</>
	);
}

/** Who changed what, and when. Rows are never changed and never removed. */
export function AuditPage() {
	const { t, i18n } = useTranslation();
	const [shown, setShown] = useState<AuditRow | null>(null);
	const [last, setLast] = useState<AuditRow | null>(null);
	if (shown && shown !== last) setLast(shown);
	const table = useTable<AuditRow>(`${ADMIN}/audit-logs`, { sorts: ['-id', 'id'], filters: FILTERS, asked: moments });
	const titleOf = (row: AuditRow) =>
		`${actionName(t, row.action)}: ${modelName(t, row.model_name)} ${row.model_id ?? ''}`.trim();
	const columns: Column<AuditRow>[] = [
		{
			name: 'id',
			title: t('admin.audit.when'),
			sortable: true,
			className: 'tabular whitespace-nowrap',
			render: (row) => dateTimeOf(row.created_at, i18n.language),
		},
		{
			name: 'who',
			title: t('admin.audit.who'),
			render: (row) => <span className="font-semibold">{row.admin_username ?? t('admin.audit.system')}</span>,
		},
		{
			name: 'what',
			title: t('admin.audit.what'),
			render: (row) => (
				<button
					type="button"
					onClick={() => setShown(row)}
					className="rounded-xs text-left font-medium underline-offset-3 hover:underline"
				>
					{titleOf(row)}
				</button>
			),
		},
		{ name: 'fields', title: t('admin.audit.fields'), from: 'md', render: (row) => <Summary row={row} /> },
		{
			name: 'ip',
			title: t('admin.audit.address'),
			from: 'lg',
			className: 'tabular',
			render: (row) => row.ip_address ?? '—',
		},
	];
	return (
		<>
			<Head title={t('admin.nav.audit')} hint={t('admin.audit.hint')}>
				<ExportButton path={`${ADMIN}/audit-logs`} query={table.query} name="ogma-audit" />
				<ExportButton path={`${ADMIN}/audit-logs`} query={table.query} name="ogma-audit" format="json" />
			</Head>
			<Filters>
				<ChoiceFilter
					table={table}
					name="action"
					label={t('admin.audit.actionLabel')}
					options={ACTIONS.map((value) => ({ value, label: actionName(t, value) }))}
				/>
				<ChoiceFilter
					table={table}
					name="model_name"
					label={t('admin.audit.modelLabel')}
					options={MODELS.map((value) => ({ value, label: modelName(t, value) }))}
				/>
				<TextFilter table={table} name="model_id" type="number" label={t('admin.audit.modelId')} className="w-28" />
				<TextFilter table={table} name="admin_user_id" type="number" label={t('admin.audit.whoId')} className="w-32" />
				<TextFilter table={table} name="from" type="date" label={t('chart.range.from')} />
				<TextFilter table={table} name="to" type="date" label={t('chart.range.to')} />
			</Filters>
			<DataTable label={t('admin.nav.audit')} table={table} columns={columns} keyOf={({ id }) => id} />
			<Dialog wide open={shown !== null} title={last ? titleOf(last) : ''} onClose={() => setShown(null)}>
				{shown && <Details row={shown} />}
			</Dialog>
		</>
	);
}
