import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AuditRow } from '../../../api/admin';
import { agoOf } from '../../../i18n/dates';
import { actionName, modelName } from './names';

/** One row of the log in one line: who did what to what, and when. */
export function AuditLine({ row }: { row: AuditRow }) {
	const { t, i18n } = useTranslation();
	return (
		<li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 py-2 text-sm">
			<Link
				to={`/admin/audit?model_name=${row.model_name}&model_id=${row.model_id ?? ''}`}
				className="min-w-0 underline-offset-3 hover:underline"
			>
				<span className="font-semibold">{row.admin_username ?? t('admin.audit.system')}</span>{' '}
				<span className="text-text-2">
					{actionName(t, row.action)} · {modelName(t, row.model_name)}
					{row.model_id !== null && ` ${row.model_id}`}
				</span>
			</Link>
			<time dateTime={row.created_at} className="shrink-0 text-xs text-text-3">
				{agoOf(row.created_at, i18n.language)}
			</time>
		</li>
	);
}
