import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { PlatformStats } from '../../../api/analytics';
import { Badge } from '../../../components/Badge';
import { Box } from '../../../components/chart/Box';
import { numberOf } from '../../../i18n/format';

/** What people search for, and what they do beside listening. */
export function Queries({ stats }: { stats: PlatformStats }) {
	const { t, i18n } = useTranslation();
	return (
		<div className="grid gap-6 md:grid-cols-2">
			<Box>
				<h3 className="mb-3 text-base">{t('admin.analytics.queries')}</h3>
				{stats.top_queries.length === 0 && <p className="text-sm text-text-2">{t('chart.nothing')}</p>}
				<ol className="space-y-1.5 text-sm">
					{stats.top_queries.map(({ query, count, without_results: without }) => (
						<li key={query} className="flex items-center justify-between gap-3">
							<Link
								to={`/search?q=${encodeURIComponent(query)}`}
								className="min-w-0 truncate font-medium underline-offset-3 hover:underline"
							>
								{query}
							</Link>
							<span className="tabular flex shrink-0 items-center gap-2 text-text-2">
								{without > 0 && <Badge look="danger">{t('admin.analytics.notFound', { count: without })}</Badge>}
								{numberOf(count, i18n.language)}
							</span>
						</li>
					))}
				</ol>
			</Box>
			<Box>
				<h3 className="mb-3 text-base">{t('admin.analytics.actions')}</h3>
				{stats.actions.length === 0 && <p className="text-sm text-text-2">{t('chart.nothing')}</p>}
				<ul className="space-y-1.5 text-sm">
					{stats.actions.map(({ name, count }) => (
						<li key={name} className="flex items-center justify-between gap-3">
							<code className="min-w-0 truncate font-mono">{name}</code>
							<span className="tabular text-text-2">{numberOf(count, i18n.language)}</span>
						</li>
					))}
				</ul>
			</Box>
		</div>
	);
}
