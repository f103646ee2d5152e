import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useArtistStats, type ArtistStats } from '../../api/analytics';
import { LinkButton } from '../../components/Button';
import { Box } from '../../components/chart/Box';
import { changeOf } from '../../components/chart/chart-data';
import { CountChart } from '../../components/chart/CountChart';
import { ExportButton } from '../../components/chart/ExportButton';
import { Figure, Figures } from '../../components/chart/Figure';
import { HeardChart } from '../../components/chart/HeardChart';
import { partName } from '../../components/chart/part-name';
import { percent } from '../../components/chart/percent';
import { RangePicker } from '../../components/chart/RangePicker';
import { Shares } from '../../components/chart/Shares';
import { useRange } from '../../components/chart/use-range';
import { Cover } from '../../components/Cover';
import { Page } from '../../components/Page';
import { SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { lengthOf, numberOf } from '../../i18n/format';
import { TrackTable } from './TrackTable';

function Numbers({ stats }: { stats: ArtistStats }) {
	const { t, i18n } = useTranslation();
	const language = i18n.language;
	const { totals, previous } = stats;
	return (
		<Figures>
			<Figure
				label={t('chart.plays')}
				value={numberOf(totals.plays, language)}
				change={changeOf(totals.plays, previous.plays)}
			/>
			<Figure
				label={t('chart.listeners')}
				value={numberOf(totals.listeners, language)}
				change={changeOf(totals.listeners, previous.listeners)}
			/>
			<Figure
				label={t('chart.listeners28')}
				value={numberOf(totals.listeners_28d, language)}
				hint={t('chart.listeners28Hint')}
			/>
			<Figure
				label={t('chart.heard')}
				value={lengthOf(totals.heard_ms, language)}
				change={changeOf(totals.heard_ms, previous.heard_ms)}
			/>
			<Figure
				label={t('chart.completion')}
				value={totals.completion_rate === null ? '—' : percent(totals.completion_rate, language)}
				hint={t('chart.completionHint')}
			/>
		</Figures>
	);
}

function Content({ stats }: { stats: ArtistStats }) {
	const { t } = useTranslation();
	const { series, period } = stats;
	return (
		<div className="space-y-6">
			<Numbers stats={stats} />
			<Box>
				<CountChart
					title={t('chart.playsBy')}
					series={series}
					interval={period.interval}
					lines={[{ field: 'plays', label: t('chart.plays'), colour: 1, kind: 'bars' }]}
				/>
			</Box>
			<Box>
				<CountChart
					title={t('chart.listenersBy')}
					series={series}
					interval={period.interval}
					lines={[
						{ field: 'listeners_28d', label: t('chart.listeners28'), colour: 2, kind: 'area' },
						{ field: 'listeners', label: t(`chart.each.${period.interval}`), colour: 1, kind: 'line' },
					]}
				/>
			</Box>
			<div className="grid gap-6 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
				<Box>
					<HeardChart title={t('chart.heardBy')} series={series} interval={period.interval} />
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
			<TrackTable tracks={stats.tracks} />
		</div>
	);
}

/** How an artist is heard: for its owners, and for who looks after the library. */
export default function ArtistDashboardPage() {
	const { t } = useTranslation();
	const { id = '' } = useParams();
	const state = useRange();
	const { data, error, mutate } = useArtistStats(id, state.query);
	const name = data?.artist.name ?? '';
	return (
		<Page title={name && t('dashboard.title', { name })}>
			{error ? (
				<ErrorView error={error} retry={() => void mutate()} />
			) : (
				<>
					<header className="mb-6 flex flex-wrap items-center justify-between gap-4">
						<div className="flex min-w-0 items-center gap-4">
							<Cover url={data?.artist.cover_url} name={name} sizes="64px" round className="w-16" />
							<div className="min-w-0">
								<h1 className="truncate text-2xl font-bold">
									<Link to={`/artists/${id}`} className="underline-offset-4 hover:underline">
										{name || '…'}
									</Link>
								</h1>
								<p className="text-sm text-text-2">{t('dashboard.subtitle')}</p>
							</div>
						</div>
						<div className="flex flex-wrap items-center gap-2">
							<ExportButton path={`/analytics/artist/${id}`} query={state.query} name={`ogma-artist-${id}`} />
							<LinkButton to={`/artists/${id}`} look="quiet" icon="artists" className="h-10! px-3.5!">
								{t('dashboard.toArtist')}
							</LinkButton>
						</div>
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
