import { useTranslation } from 'react-i18next';
import type { ActivityRow } from '../../../api/admin';
import { TextFilter } from '../Filters';
import { LogPage } from './LogPage';

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
