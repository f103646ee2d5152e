import { useTranslation } from 'react-i18next';
import { useListenersOf, type Channel } from '../../../api/channels';
import { Badge } from '../../../components/Badge';
import { Box } from '../../../components/chart/Box';
import { lengthOf, numberOf } from '../../../i18n/format';

/** Who listens now: where from is nobody's business, so only with what and for how long. */
export function ListenersNow({ channel }: { channel: Channel }) {
	const { t, i18n } = useTranslation();
	const { data } = useListenersOf(channel.id);
	const rows = data?.items ?? [];
	return (
		<Box>
			<div className="flex items-baseline justify-between gap-3">
				<h2 className="text-lg">{t('console.listeners.title')}</h2>
				<span className="display tabular text-xl">{numberOf(channel.listeners_count, i18n.language)}</span>
			</div>
			{rows.length === 0 && <p className="mt-1 text-sm text-text-2">{t('console.listeners.none')}</p>}
			<ul className="mt-2 max-h-72 divide-y divide-line overflow-y-auto empty:hidden">
				{rows.map((row) => (
					<li key={row.id} className="flex items-center gap-3 py-2 text-sm">
						<span className="min-w-0 flex-1">
							<span className="block truncate font-medium">{row.username ?? t('console.listeners.visitor')}</span>
							<span className="block truncate text-xs text-text-2">{row.client}</span>
						</span>
						<Badge>{row.mount}</Badge>
						<span className="tabular w-20 text-right text-text-2">
							{lengthOf(Math.max(1000, row.seconds * 1000), i18n.language)}
						</span>
					</li>
				))}
			</ul>
		</Box>
	);
}
