import { useTranslation } from 'react-i18next';
import type { SearchRow } from '../../../api/admin';
import { numberOf } from '../../../i18n/format';
import { ChoiceFilter, TextFilter } from '../Filters';
import { LogPage } from './LogPage';

export function SearchLogPage() {
	const { t, i18n } = useTranslation();
	return (
		<LogPage<SearchRow>
			name="search-log"
			title={t('admin.nav.searches')}
			hint={t('admin.logs.searchesHint')}
			names={['q', 'empty']}
			filters={(table) => (
				<>
					<TextFilter table={table} name="q" label={t('admin.logs.query')} />
					<ChoiceFilter
						table={table}
						name="empty"
						label={t('admin.logs.found')}
						options={[
							{ value: 'true', label: t('admin.logs.nothing') },
							{ value: 'false', label: t('admin.logs.something') },
						]}
					/>
				</>
			)}
			columns={[
				{
					name: 'query',
					title: t('admin.logs.query'),
					render: ({ query }) => <span className="block max-w-80 truncate font-medium">{query}</span>,
				},
				{ name: 'surface', title: t('admin.logs.surface'), from: 'md', render: ({ surface }) => surface ?? '—' },
				{
					name: 'results',
					title: t('admin.logs.found'),
					numeric: true,
					render: ({ results }) => numberOf(results, i18n.language),
				},
				{
					name: 'took',
					title: t('admin.logs.took'),
					from: 'lg',
					numeric: true,
					render: ({ took_us: us }) => numberOf(Math.round(us / 100) / 10, i18n.language),
				},
			]}
		/>
	);
}
