import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTimeOf } from '../../i18n/dates';
import { numberOf } from '../../i18n/format';
import { Button, IconButton } from '../Button';
import { Checkbox } from '../form/Toggle';
import { Icon } from '../Icon';
import { SkeletonRows } from '../Skeletons';
import { EmptyState, ErrorView } from '../States';
import type { Table } from './use-table';

export interface Column<T> {
	/** Also the field it is sorted by, where the table knows that sort. */
	name: string;
	title: string;
	render: (row: T) => ReactNode;
	sortable?: boolean;
	/** Numbers stand at the right. */
	numeric?: boolean;
	/** The narrowest window it is shown in. */
	from?: 'sm' | 'md' | 'lg' | 'xl';
	className?: string;
}

export interface Selection<K> {
	keys: Set<K>;
	set: (keys: Set<K>) => void;
}

interface DataTableProps<T, K extends string | number> {
	label: string;
	table: Table<T>;
	columns: Column<T>[];
	keyOf: (row: T) => K;
	/** Names a row for its checkbox and for readers. */
	nameOf?: (row: T) => string;
	selection?: Selection<K>;
	empty?: ReactNode;
}

const FROM = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden', xl: 'max-xl:hidden' } as const;

function Head<T>({ column, table }: { column: Column<T>; table: Table<T> }) {
	const up = table.sort === column.name;
	const down = table.sort === `-${column.name}`;
	const classes = `px-3 py-2.5 text-xs font-semibold text-text-2 ${column.numeric ? 'text-right' : 'text-left'} ${column.from ? FROM[column.from] : ''}`;
	if (!column.sortable) {
		return (
			<th scope="col" className={classes}>
				{column.title}
			</th>
		);
	}
	return (
		<th scope="col" aria-sort={up ? 'ascending' : down ? 'descending' : 'none'} className={classes}>
			<button
				type="button"
				onClick={() =>
					table.setSort(down ? column.name : up ? `-${column.name}` : column.numeric ? `-${column.name}` : column.name)
				}
				className={`inline-flex items-center gap-1 rounded-xs hover:text-text ${up || down ? 'text-text' : ''}`}
			>
				{column.title}
				<Icon name={down ? 'sortDown' : 'sortUp'} className={`size-3.5 ${up || down ? '' : 'opacity-0'}`} />
			</button>
		</th>
	);
}

export function Pager<T>({ table }: { table: Table<T> }) {
	const { t, i18n } = useTranslation();
	return (
		<div className="mt-3 flex flex-wrap items-center justify-end gap-2 text-sm text-text-2">
			{table.searchedTo !== null && (
				<span className="mr-auto flex flex-wrap items-center gap-2" role="status">
					{t('table.searchedTo', { when: dateTimeOf(table.searchedTo, i18n.language) })}
					<Button onClick={() => table.next?.()}>{t('table.searchOn')}</Button>
				</span>
			)}
			{table.total !== null && (
				<span className="tabular mr-auto">
					{t('table.total', { count: table.total, shown: numberOf(table.total, i18n.language) })}
				</span>
			)}
			{(table.next || table.previous) && (
				<>
					<IconButton
						icon="left"
						label={t('table.previous')}
						disabled={!table.previous}
						onClick={() => table.previous?.()}
					/>
					<span className="tabular" aria-live="polite">
						{t('table.page', { page: table.page })}
					</span>
					<IconButton icon="right" label={t('table.next')} disabled={!table.next} onClick={() => table.next?.()} />
				</>
			)}
		</div>
	);
}

/** Rows of a list of the server's. Columns sort, pages turn, rows may be chosen for something done to many. */
export function DataTable<T, K extends string | number>(props: DataTableProps<T, K>) {
	const { label, table, columns, keyOf, nameOf, selection, empty } = props;
	const { t } = useTranslation();
	if (table.error) return <ErrorView error={table.error} retry={table.reload} />;
	if (table.loading) return <SkeletonRows count={6} />;
	if (table.items.length === 0 && table.searchedTo === null) {
		return (
			<>
				{empty ?? <EmptyState title={t('state.nothing')} />}
				<Pager table={table} />
			</>
		);
	}
	const keys: K[] = table.items.map(keyOf);
	const chosen = keys.filter((key) => selection?.keys.has(key)).length;
	const choose = (some: K[], on: boolean) => {
		const next = new Set(selection?.keys);
		for (const key of some) {
			if (on) next.add(key);
			else next.delete(key);
		}
		selection?.set(next);
	};
	/* Up and down go along the rows' checkboxes; with Shift the row one comes to is chosen like the one before. */
	const onKeyDown = (event: React.KeyboardEvent) => {
		const boxes = [...event.currentTarget.querySelectorAll<HTMLInputElement>('tbody input[type=checkbox]')];
		const at = boxes.indexOf(event.target as HTMLInputElement);
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		const next = at < 0 || !step ? undefined : boxes[at + step];
		if (!next) return;
		event.preventDefault();
		event.stopPropagation();
		next.focus();
		if (!event.shiftKey) return;
		const pair = keys.slice(Math.min(at, at + step!), Math.max(at, at + step!) + 1);
		choose(pair, (event.target as HTMLInputElement).checked);
	};
	return (
		<div id="table-top">
			{/* A wide table scrolls sideways, and keyboards must reach its far end. */}
			{/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
			<div
				role="region"
				aria-label={label}
				// eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
				tabIndex={0}
				onKeyDown={selection && onKeyDown}
				className="overflow-x-auto rounded-lg border border-line bg-surface"
			>
				<table className={`w-full text-sm transition-opacity ${table.stale ? 'opacity-60' : ''}`}>
					<thead className="border-b border-line">
						<tr>
							{selection && (
								<th scope="col" className="w-10 py-2 pl-3">
									<Checkbox
										label={t('table.chooseAll')}
										hiddenLabel
										checked={chosen === keys.length}
										mixed={chosen > 0}
										onChange={(on) => choose(keys, on)}
									/>
								</th>
							)}
							{columns.map((column) => (
								<Head key={column.name} column={column} table={table} />
							))}
						</tr>
					</thead>
					<tbody className="divide-y divide-line">
						{table.items.map((row) => {
							const key = keyOf(row);
							const on = selection?.keys.has(key) ?? false;
							return (
								<tr key={key} className={on ? 'bg-accent-soft' : 'hover:bg-surface-2'}>
									{selection && (
										<td className="py-2 pl-3 align-middle">
											<Checkbox
												label={t('table.choose', { name: nameOf?.(row) ?? String(key) })}
												hiddenLabel
												checked={on}
												onChange={(value) => choose([key], value)}
											/>
										</td>
									)}
									{columns.map((column) => (
										<td
											key={column.name}
											className={`px-3 py-2.5 align-middle ${column.numeric ? 'tabular text-right' : ''} ${column.from ? FROM[column.from] : ''} ${column.className ?? ''}`}
										>
											{column.render(row)}
										</td>
									))}
								</tr>
							);
						})}
					</tbody>
				</table>
			</div>
			<Pager table={table} />
		</div>
	);
}
