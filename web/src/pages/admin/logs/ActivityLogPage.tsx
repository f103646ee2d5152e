import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { ActivityRow } from '../../../api/admin';
import { TextFilter } from '../Filters';
import { LogPage } from './LogPage';

function about(row: ActivityRow, t: TFunction): string {
	if (row.session_duration_minutes !== null)
		return t('admin.logs.visit', {
			minutes: row.session_duration_minutes,
			tracks: row.tracks_played,
			searches: row.searches_made,
		});
	return row.object_type === null ? '—' : `${row.object_type} ${row.object_id ?? ''}`.trim();
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
					render: (row) => about(row, t),
				},
			]}
		/>
	);
}
