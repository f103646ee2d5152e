import { useTranslation } from 'react-i18next';
import { Box } from '../../components/chart/Box';
import { Named, type NamedEntry } from '../../components/chart/Named';
import { percent } from '../../components/chart/percent';

export interface RisingEntry extends NamedEntry {
	id: number;
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
						<Named
							entry={{ ...entry, subtitle: entry.subtitle ?? t('chart.playsOf', { count: entry.plays }) }}
							round={round}
						/>
						<span className="tabular shrink-0 text-sm font-semibold text-accent-text">
							{entry.change === null ? t('trends.new') : `+${percent(entry.change, i18n.language)}`}
						</span>
					</li>
				))}
			</ul>
		</Box>
	);
}
