import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiPath, type Query } from '../../api/client';
import { saveFrom } from '../../api/save';
import { Button } from '../Button';
import { toast } from '../toast';

interface ExportButtonProps {
	path: string;
	query: Query;
	/** Of the file, without its ending. */
	name: string;
	format?: 'csv' | 'json';
}

/** Saves what a page or a list is made of. */
export function ExportButton({ path, query, name, format = 'csv' }: ExportButtonProps) {
	const { t } = useTranslation();
	const [busy, setBusy] = useState(false);
	const save = async () => {
		setBusy(true);
		try {
			await saveFrom(apiPath(path, { ...query, format }), `${name}.${format}`);
		} catch {
			toast(t('chart.exportFailed'));
		} finally {
			setBusy(false);
		}
	};
	return (
		<Button look="quiet" icon="download" className="h-10! px-3.5!" disabled={busy} onClick={() => void save()}>
			{format.toUpperCase()}
		</Button>
	);
}
