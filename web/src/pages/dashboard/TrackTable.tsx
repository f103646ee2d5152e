import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { ArtistStats } from '../../api/analytics';
import { percent } from '../../components/chart/percent';
import { Icon } from '../../components/Icon';
import { lengthOf, numberOf } from '../../i18n/format';

const SORTS = ['plays', 'heard_ms', 'skips', 'completion_rate'] as const;
type Sort = (typeof SORTS)[number];
const NAMES: Record<Sort, string> = {
	plays: 'chart.plays',
	heard_ms: 'chart.heard',
	skips: 'chart.skips',
	completion_rate: 'chart.completion',
};

/** The artist's tracks by how they are heard; each leads to its own numbers. */
export function TrackTable({ tracks }: { tracks: ArtistStats['tracks'] }) {
	const { t, i18n } = useTranslation();
	const [params] = useSearchParams();
	const [sort, setSort] = useState<Sort>('plays');
	const language = i18n.language;
	const sorted = [...tracks].sort((a, b) => (b[sort] ?? -1) - (a[sort] ?? -1));
	const cell = 'tabular px-3 py-2.5 text-right';
	const range = params.toString();
	if (tracks.length === 0) return null;
	return (
		<section aria-label={t('dashboard.perTrack')}>
			<h2 className="mb-3 text-xl">{t('dashboard.perTrack')}</h2>
			<div
				role="region"
				aria-label={t('dashboard.perTrack')}
				// eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
				tabIndex={0}
				className="overflow-x-auto rounded-lg border border-line bg-surface"
			>
				<table className="w-full min-w-md text-sm">
					<thead className="border-b border-line text-xs text-text-2">
						<tr>
							<th scope="col" className="px-3 py-2.5 text-left font-semibold">
								{t('nav.tracks')}
							</th>
							{SORTS.map((name) => (
								<th
									key={name}
									scope="col"
									aria-sort={sort === name ? 'descending' : 'none'}
									className="px-3 py-2.5 text-right font-semibold"
								>
									<button
										type="button"
										onClick={() => setSort(name)}
										className={`inline-flex items-center gap-1 rounded-xs hover:text-text ${sort === name ? 'text-text' : ''}`}
									>
										{t(NAMES[name])}
										<Icon name="sortDown" className={`size-3.5 ${sort === name ? '' : 'opacity-0'}`} />
									</button>
								</th>
							))}
						</tr>
					</thead>
					<tbody className="divide-y divide-line">
						{sorted.map(({ track, ...sums }) => (
							<tr key={track.id} className="hover:bg-surface-2">
								<th scope="row" className="max-w-64 truncate px-3 py-2.5 text-left font-medium">
									<Link
										to={`/tracks/${track.id}/stats${range ? `?${range}` : ''}`}
										className="underline-offset-3 hover:underline"
									>
										{track.title}
									</Link>
								</th>
								<td className={cell}>{numberOf(sums.plays, language)}</td>
								<td className={cell}>{lengthOf(sums.heard_ms, language)}</td>
								<td className={cell}>{numberOf(sums.skips, language)}</td>
								<td className={cell}>
									{sums.completion_rate === null ? '—' : percent(sums.completion_rate, language)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</section>
	);
}
