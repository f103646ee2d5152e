import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CONTROL } from '../../components/form/control';
import { Select, type Option } from '../../components/form/Select';
import { Icon } from '../../components/Icon';
import type { Table } from '../../components/table/use-table';

/** What narrows a list; all of it stands in the address. */
export function Filters({ children }: { children: ReactNode }) {
	return <div className="mb-4 flex flex-wrap items-end gap-2.5">{children}</div>;
}

const PAUSE_MS = 300;

interface TextFilterProps<T> {
	table: Table<T>;
	name: string;
	label: string;
	type?: 'search' | 'date' | 'number';
	className?: string;
}

/** Asks the server when typing pauses. */
export function TextFilter<T>({ table, name, label, type = 'search', className = '' }: TextFilterProps<T>) {
	const known = table.filter(name);
	const [text, setText] = useState(known);
	const [seen, setSeen] = useState(known);
	/* The address changed by another way than this field. */
	if (known !== seen) {
		setSeen(known);
		setText(known);
	}
	const { setFilter } = table;
	useEffect(() => {
		if (text === known) return;
		const timer = setTimeout(() => setFilter(name, text.trim()), PAUSE_MS);
		return () => clearTimeout(timer);
		// eslint-disable-next-line react-hooks/exhaustive-deps
	}, [text, known, name]);
	return (
		<label className={`relative block ${type === 'search' ? 'min-w-48 flex-1 sm:max-w-80' : ''} ${className}`}>
			<span className={type === 'search' ? 'sr-only' : 'mb-1 block text-xs font-semibold text-text-2'}>{label}</span>
			{type === 'search' && (
				<Icon
					name="search"
					className="pointer-events-none absolute top-1/2 left-3 size-4.5 -translate-y-1/2 text-text-3"
				/>
			)}
			<input
				type={type}
				value={text}
				placeholder={type === 'search' ? label : undefined}
				onChange={(event) => setText(event.target.value)}
				className={`h-11 text-sm ${CONTROL} ${type === 'search' ? 'pl-10!' : ''}`}
			/>
		</label>
	);
}

interface ChoiceFilterProps<T> {
	table: Table<T>;
	name: string;
	label: string;
	options: Option<string>[];
}

export function ChoiceFilter<T>({ table, name, label, options }: ChoiceFilterProps<T>) {
	const { t } = useTranslation();
	return (
		<Select
			label={label}
			hiddenLabel
			value={table.filter(name)}
			options={[{ value: '', label: `${label}: ${t('admin.any')}` }, ...options]}
			onChange={(value) => table.setFilter(name, value)}
			className="min-w-36 max-sm:flex-1"
		/>
	);
}

/** Those for which something holds, those for which it does not, or all. */
export function YesNoFilter<T>(props: Omit<ChoiceFilterProps<T>, 'options'>) {
	const { t } = useTranslation();
	const options = [
		{ value: 'true', label: t('admin.yes') },
		{ value: 'false', label: t('admin.no') },
	];
	return <ChoiceFilter {...props} options={options} />;
}

/** The order of a list that has no column of time to sort by. */
export function AgeOrder<T>({ table }: { table: Table<T> }) {
	const { t } = useTranslation();
	return (
		<Select
			label={t('table.order')}
			hiddenLabel
			value={table.sort}
			options={[
				{ value: '-id', label: t('table.newestFirst') },
				{ value: 'id', label: t('table.oldestFirst') },
			]}
			onChange={table.setSort}
			className="min-w-36 max-sm:flex-1"
		/>
	);
}
