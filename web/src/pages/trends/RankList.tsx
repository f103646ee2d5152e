import { useTranslation } from 'react-i18next';
import { Box } from '../../components/chart/Box';
import { Named, type NamedEntry } from '../../components/chart/Named';
import { Icon } from '../../components/Icon';
import { lengthOf } from '../../i18n/format';

export interface RankEntry extends NamedEntry {
	id: number;
	rank: number;
	previousRank: number | null;
	plays: number;
	heardMs: number;
}

function Move({ rank, previous }: { rank: number; previous: number | null }) {
	const { t } = useTranslation();
	if (previous === null) {
		return <span className="rounded-full bg-accent-soft px-2 py-0.5 text-2xs font-semibold">{t('trends.new')}</span>;
	}
	const steps = previous - rank;
	if (steps === 0) {
		return (
			<span className="text-text-3">
				<span aria-hidden="true">–</span>
				<span className="sr-only">{t('trends.same')}</span>
			</span>
		);
	}
	return (
		<span
			className={`tabular inline-flex items-center gap-0.5 text-xs font-semibold ${steps > 0 ? 'text-accent-text' : 'text-text-2'}`}
		>
			<Icon name={steps > 0 ? 'sortUp' : 'sortDown'} className="size-3.5" />
			<span aria-hidden="true">{Math.abs(steps)}</span>
			<span className="sr-only">{t(steps > 0 ? 'trends.up' : 'trends.down', { count: Math.abs(steps) })}</span>
		</span>
	);
}

/** A chart in the old sense of the word: places, and where they were before. */
export function RankList({ title, entries, round }: { title: string; entries: RankEntry[]; round: boolean }) {
	const { t, i18n } = useTranslation();
	if (entries.length === 0) return <p className="text-text-2">{t('chart.nothing')}</p>;
	return (
		<Box>
			<ol aria-label={title} className="gap-x-10 lg:columns-2">
				{entries.map((entry) => (
					<li
						key={entry.id}
						className="grid break-inside-avoid grid-cols-[1.75rem_2.6rem_minmax(0,1fr)_auto] items-center gap-2.5 py-1.5"
					>
						<span className="tabular text-right text-sm font-semibold text-text-3">{entry.rank}</span>
						<span className="justify-self-center">
							<Move rank={entry.rank} previous={entry.previousRank} />
						</span>
						<Named entry={entry} round={round} large />
						<span className="tabular text-right text-sm">
							{t('chart.playsOf', { count: entry.plays })}
							<span className="block text-xs text-text-2">{lengthOf(entry.heardMs, i18n.language)}</span>
						</span>
					</li>
				))}
			</ol>
		</Box>
	);
}
