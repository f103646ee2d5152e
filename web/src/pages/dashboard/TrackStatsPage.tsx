import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useTrackStats, type TrackStats } from '../../api/analytics';
import { Box } from '../../components/chart/Box';
import { CountChart } from '../../components/chart/CountChart';
import { ExportButton } from '../../components/chart/ExportButton';
import { Figure, Figures } from '../../components/chart/Figure';
import { partName } from '../../components/chart/part-name';
import { percent } from '../../components/chart/percent';
import { RangePicker } from '../../components/chart/RangePicker';
import { Shares } from '../../components/chart/Shares';
import { useRange } from '../../components/chart/use-range';
import { Cover } from '../../components/Cover';
import { Page } from '../../components/Page';
import { SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { trackArtist } from '../../i18n/names';
import { lengthOf, numberOf } from '../../i18n/format';

function Content({ stats }: { stats: TrackStats }) {
	const { t, i18n } = useTranslation();
	const language = i18n.language;
	const { totals, series, period } = stats;
	return (
		<div className="space-y-6">
			<Figures>
				<Figure label={t('chart.plays')} value={numberOf(totals.plays, language)} />
				<Figure label={t('chart.listeners')} value={numberOf(totals.listeners, language)} />
				<Figure label={t('chart.heard')} value={lengthOf(totals.heard_ms, language)} />
				<Figure label={t('chart.skips')} value={numberOf(totals.skips, language)} />
				<Figure
					label={t('chart.completion')}
					value={totals.completion_rate === null ? '—' : percent(totals.completion_rate, language)}
					hint={t('chart.completionHint')}
				/>
			</Figures>
			<Box>
				<CountChart
					title={t('chart.playsBy')}
					series={series}
					interval={period.interval}
					lines={[
						{ field: 'plays', label: t('chart.plays'), colour: 1, kind: 'bars' },
						{ field: 'listeners', label: t('chart.listeners'), colour: 2, kind: 'line' },
						{ field: 'skips', label: t('chart.skips'), colour: 4, kind: 'line' },
					]}
				/>
			</Box>
			<Box>
				<Shares
					title={t('chart.sources')}
					parts={stats.sources}
					nameOf={(name) => partName(t, 'source', name)}
					count={8}
				/>
			</Box>
		</div>
	);
}

/** How one track is heard. */
export default function TrackStatsPage() {
	const { t } = useTranslation();
	const { id = '' } = useParams();
	const state = useRange();
	const { data, error, mutate } = useTrackStats(id, state.query);
	const track = data?.track;
	return (
		<Page title={track ? t('dashboard.title', { name: track.title }) : ''}>
			{error ? (
				<ErrorView error={error} retry={() => void mutate()} />
			) : (
				<>
					<header className="mb-6 flex flex-wrap items-center justify-between gap-4">
						<div className="flex min-w-0 items-center gap-4">
							<Cover url={track?.cover_url} name={track?.title ?? ''} sizes="64px" className="w-16" />
							<div className="min-w-0">
								<h1 className="truncate text-2xl font-bold">
									<Link to={`/tracks/${id}`} className="underline-offset-4 hover:underline">
										{track?.title ?? '…'}
									</Link>
								</h1>
								{track && (
									<p className="truncate text-sm text-text-2">
										{track.artist_id === null ? (
											trackArtist(track)
										) : (
											<Link to={`/artists/${track.artist_id}/dashboard`} className="underline-offset-3 hover:underline">
												{trackArtist(track)}
											</Link>
										)}
									</p>
								)}
							</div>
						</div>
						<ExportButton path={`/analytics/track/${id}`} query={state.query} name={`ogma-track-${id}`} />
					</header>
					<div className="mb-6">
						<RangePicker state={state} />
					</div>
					{data ? <Content stats={data} /> : <SkeletonRows count={8} />}
				</>
			)}
		</Page>
	);
}
