import { useTranslation } from 'react-i18next';
import { TextFilter } from '../Filters';
import { LogPage, type LogRow } from './LogPage';

interface ActivityRow extends LogRow {
	action: string;
	object_type: string | null;
	object_id: number | null;
}

export function ActivityLogPage() {
	const { t } = useTranslation();
	return (
		<LogPage<ActivityRow>
			name="activity-log"
			title={t('admin.nav.activity')}
			hint={t('admin.logs.activityHint')}
			names={['action']}
			filters={(table) => <TextFilter table={table} name="action" label={t('admin.logs.action')} />}
			columns={[
				{ name: 'action', title: t('admin.logs.action'), render: ({ action }) => action },
				{
					name: 'object',
					title: t('admin.logs.object'),
					from: 'md',
					render: ({ object_type: type, object_id: id }) => (type === null ? '—' : `${type} ${id ?? ''}`.trim()),
				},
			]}
		/>
	);
}
