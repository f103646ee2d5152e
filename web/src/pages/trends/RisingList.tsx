import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Box } from '../../components/chart/Box';
import { percent } from '../../components/chart/percent';
import { Cover } from '../../components/Cover';

export interface RisingEntry {
	id: number;
	to: string;
	title: string;
	subtitle?: string;
	cover?: string | null;
	plays: number;
	change: number | null;
}

/** What is heard more than before. */
export function RisingList({ title, entries, round }: { title: string; entries: RisingEntry[]; round: boolean }) {
	const { t, i18n } = useTranslation();
	return (
		<Box>
			<h3 className="mb-3 text-base">{title}</h3>
			{entries.length === 0 && <p className="text-sm text-text-2">{t('chart.nothing')}</p>}
			<ul className="space-y-1">
				{entries.map((entry) => (
					<li key={entry.id} className="flex items-center gap-3 py-1">
						{entry.cover !== undefined && (
							<Cover
								url={entry.cover}
								name={entry.title}
								sizes="40px"
								round={round}
								className={`w-10 ${round ? '' : 'rounded-xs!'}`}
							/>
						)}
						<span className="min-w-0 flex-1">
							<Link to={entry.to} className="block truncate text-sm font-medium underline-offset-3 hover:underline">
								{entry.title}
							</Link>
							<span className="block truncate text-xs text-text-2">
								{entry.subtitle ?? t('chart.playsOf', { count: entry.plays })}
							</span>
						</span>
						<span className="tabular shrink-0 text-sm font-semibold text-accent-text">
							{entry.change === null ? t('trends.new') : `+${percent(entry.change, i18n.language)}`}
						</span>
					</li>
				))}
			</ul>
		</Box>
	);
}
