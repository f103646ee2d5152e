import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Query } from '../../api/client';
import { saveBlob } from '../../api/save';
import { Button } from '../../components/Button';
import { toast } from '../../components/toast';
import { allRows, csvOf, type Cell } from './csv';

interface ListExportProps<T> {
	path: string;
	query?: Query;
	/** Of the file, without its ending. */
	name: string;
	/** Heads of the columns, and each column's cell of a row. */
	columns: [string, (row: T) => Cell][];
}

/** Saves the whole list, as it is filtered now, for a spreadsheet. */
export function ListExport<T>({ path, query = {}, name, columns }: ListExportProps<T>) {
	const { t } = useTranslation();
	const [busy, setBusy] = useState(false);
	const save = async () => {
		setBusy(true);
		try {
			const rows = await allRows<T>(path, query);
			const text = csvOf(
				columns.map(([head]) => head),
				rows.map((row) => columns.map(([, cell]) => cell(row))),
			);
			saveBlob(new Blob([text], { type: 'text/csv;charset=utf-8' }), `${name}.csv`);
			toast(t('admin.exported', { count: rows.length }));
		} catch {
			toast(t('chart.exportFailed'));
		} finally {
			setBusy(false);
		}
	};
	return (
		<Button look="quiet" icon="download" className="h-10! px-3.5!" disabled={busy} onClick={() => void save()}>
			CSV
		</Button>
	);
}
