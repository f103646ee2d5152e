import { useTranslation } from 'react-i18next';
import { lengthOf, numberOf } from '../../i18n/format';
import { Box } from './Box';
import { Named, type NamedEntry } from './Named';

export type By = 'plays' | 'heard_ms';

export interface TopEntry extends NamedEntry {
	id: number;
	plays: number;
	heard_ms: number;
}

/** A list by how much of each was heard. */
export function TopList({
	title,
	entries,
	by,
	round = false,
}: {
	title: string;
	entries: TopEntry[];
	by: By;
	round?: boolean;
}) {
	const { t, i18n } = useTranslation();
	const sorted = [...entries].sort((a, b) => b[by] - a[by]).slice(0, 10);
	const most = Math.max(1, ...sorted.map((entry) => entry[by]));
	return (
		<Box>
			<h3 className="mb-3 text-base">{title}</h3>
			<ol className="space-y-1">
				{sorted.map((entry, at) => (
					<li key={entry.id} className="grid grid-cols-[1.4rem_minmax(0,1fr)_auto] items-center gap-2.5 py-1">
						<span className="tabular text-sm font-semibold text-text-3">{at + 1}</span>
						<Named entry={entry} round={round}>
							<span className="mt-1 block h-1 rounded-full bg-surface-3" aria-hidden="true">
								<span
									className="block h-full rounded-full bg-chart-1"
									style={{ width: `${Math.max(2, (entry[by] / most) * 100)}%` }}
								/>
							</span>
						</Named>
						<span className="tabular text-right text-sm text-text-2">
							{by === 'plays' ? numberOf(entry.plays, i18n.language) : lengthOf(entry.heard_ms, i18n.language)}
							<span className="sr-only"> {t(by === 'plays' ? 'chart.plays' : 'chart.heard')}</span>
						</span>
					</li>
				))}
			</ol>
		</Box>
	);
}
