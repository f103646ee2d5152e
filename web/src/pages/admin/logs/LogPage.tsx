import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ADMIN } from '../../../api/admin';
import type { Query } from '../../../api/client';
import { ExportButton } from '../../../components/chart/ExportButton';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable, type Table } from '../../../components/table/use-table';
import { dateTimeOf } from '../../../i18n/dates';
import { Filters, TextFilter } from '../Filters';
import { Head } from '../Head';
import { moments } from '../moments';

/** What the rows of every log have. */
export interface LogRow {
	id: number;
	at: string;
	user_id: number | null;
	username: string | null;
}

interface LogPageProps<T> {
	/** Of the list: "request-log". */
	name: string;
	title: string;
	hint: string;
	/** Filters of this log alone; time and person are everywhere. */
	names: string[];
	asked?: (table: { filter: (name: string) => string }) => Query;
	filters: (table: Table<T>) => ReactNode;
	columns: Column<T>[];
}

/** One of the server's logs, row by row, the newest first. */
export function LogPage<T extends LogRow>({ name, title, hint, names, asked, filters, columns }: LogPageProps<T>) {
	const { t, i18n } = useTranslation();
	const path = `${ADMIN}/${name}`;
	const table = useTable<T>(path, {
		sorts: ['-id', 'id'],
		filters: ['user_id', 'from', 'to', ...names],
		asked: (filter) => ({ ...moments(filter), ...asked?.(filter) }),
	});
	const all: Column<T>[] = [
		{
			name: 'id',
			title: t('admin.audit.when'),
			sortable: true,
			className: 'tabular whitespace-nowrap',
			render: ({ at }) => dateTimeOf(at, i18n.language),
		},
		{
			name: 'who',
			title: t('admin.audit.who'),
			from: 'sm',
			render: ({ user_id: id, username }) =>
				id === null ? (
					<span className="text-text-3">{t('admin.logs.nobody')}</span>
				) : (
					<Link to={`/admin/users/${id}`} className="font-semibold underline-offset-3 hover:underline">
						{username ?? id}
					</Link>
				),
		},
		...columns,
	];
	return (
		<>
			<Head title={title} hint={hint}>
				<ExportButton path={path} query={table.query} name={`ogma-${name}`} />
				<ExportButton path={path} query={table.query} name={`ogma-${name}`} format="json" />
			</Head>
			<Filters>
				{filters(table)}
				<TextFilter table={table} name="user_id" type="number" label={t('admin.audit.whoId')} className="w-32" />
				<TextFilter table={table} name="from" type="date" label={t('chart.range.from')} />
				<TextFilter table={table} name="to" type="date" label={t('chart.range.to')} />
			</Filters>
			<DataTable label={title} table={table} columns={all} keyOf={({ id }) => id} />
		</>
	);
}
