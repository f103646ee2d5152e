import { useTranslation } from 'react-i18next';
import { useUserStats, tzMinutes, type UserStats } from '../../api/analytics';
import { useMe } from '../../api/session';
import { LinkButton } from '../../components/Button';
import { Box } from '../../components/chart/Box';
import { changeOf } from '../../components/chart/chart-data';
import { ExportButton } from '../../components/chart/ExportButton';
import { Figure, Figures } from '../../components/chart/Figure';
import { HeatMap } from '../../components/chart/HeatMap';
import { HeardChart } from '../../components/chart/HeardChart';
import { partName } from '../../components/chart/part-name';
import { RangePicker } from '../../components/chart/RangePicker';
import { Shares } from '../../components/chart/Shares';
import { useRange } from '../../components/chart/use-range';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { SkeletonRows } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { TrackList } from '../../components/TrackList';
import { lengthOf, numberOf } from '../../i18n/format';
import { Streak } from './Streak';
import { TopLists } from './TopLists';

function Numbers({ stats, ranged }: { stats: UserStats; ranged: boolean }) {
	const { t, i18n } = useTranslation();
	const language = i18n.language;
	const { totals, previous } = stats;
	return (
		<Figures>
			<Figure
				label={t('chart.heard')}
				value={lengthOf(totals.heard_ms, language)}
				change={changeOf(totals.heard_ms, previous.heard_ms)}
			/>
			<Figure
				label={t('chart.plays')}
				value={numberOf(totals.plays, language)}
				change={changeOf(totals.plays, previous.plays)}
			/>
			<Figure label={t('nav.tracks')} value={numberOf(totals.tracks, language)} />
			<Figure label={t('nav.artists')} value={numberOf(totals.artists, language)} />
			<Figure label={t('nav.albums')} value={numberOf(totals.albums, language)} />
			<Figure
				label={t('stats.activeDays')}
				value={numberOf(totals.active_days, language)}
				hint={ranged && t('stats.ofDays', { count: stats.period.days })}
			/>
		</Figures>
	);
}

function Rediscover({ stats }: { stats: UserStats }) {
	const { t } = useTranslation();
	if (stats.rediscover.length === 0) return null;
	return (
		<Section title={t('stats.rediscover')}>
			<p className="-mt-2 mb-3 text-sm text-text-2">{t('stats.rediscoverHint')}</p>
			<TrackList
				tracks={stats.rediscover.map(({ track }) => track)}
				label={t('stats.rediscover')}
				showAlbum
				className="-mx-2"
			/>
		</Section>
	);
}

function Content({ stats, ranged }: { stats: UserStats; ranged: boolean }) {
	const { t } = useTranslation();
	const heard = stats.totals.heard_ms > 0;
	return (
		<div className="space-y-6">
			<Numbers stats={stats} ranged={ranged} />
			{heard && (
				<>
					<Box>
						<HeardChart
							title={t('chart.heardBy')}
							series={stats.series}
							interval={stats.period.interval}
							ranged={ranged}
						/>
					</Box>
					<div className="grid gap-6 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
						<Box>
							<h2 className="mb-3 font-sans text-base font-semibold">{t('stats.heat')}</h2>
							<HeatMap title={t('stats.heat')} weekdayHours={stats.weekday_hours} />
						</Box>
						<Streak streaks={stats.streaks} />
					</div>
					<TopLists stats={stats} />
					<div className="grid gap-6 md:grid-cols-2 xl:grid-cols-3">
						<Box>
							<Shares title={t('chart.sources')} parts={stats.sources} nameOf={(name) => partName(t, 'source', name)} />
						</Box>
						<Box>
							<Shares title={t('chart.devices')} parts={stats.devices} nameOf={(name) => partName(t, 'device', name)} />
						</Box>
						<Box>
							<Shares title={t('chart.clients')} parts={stats.clients} nameOf={(name) => partName(t, 'client', name)} />
						</Box>
					</div>
				</>
			)}
			{!heard && (
				<EmptyState title={t('stats.empty')}>
					<p>{t('stats.emptyText')}</p>
				</EmptyState>
			)}
			<Rediscover stats={stats} />
		</div>
	);
}

/** One's own listening. */
export default function StatsPage() {
	const { t } = useTranslation();
	const { me } = useMe();
	const state = useRange();
	const query = { ...state.query, tz_minutes: tzMinutes() };
	const { data, error, mutate, isLoading } = useUserStats(me?.id, query);
	return (
		<Page title={t('nav.stats')}>
			<header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
				<h1 className="text-2xl font-bold">{t('stats.title')}</h1>
				<div className="flex flex-wrap items-center gap-2">
					{me && <ExportButton path={`/analytics/user/${me.id}`} query={query} name="ogma-listening" />}
					<LinkButton to={`/me/recap/${new Date().getFullYear()}`} icon="star" className="h-10! px-4!">
						{t('stats.recap')}
					</LinkButton>
				</div>
			</header>
			<div className="mb-6">
				<RangePicker state={state} />
			</div>
			{error ? (
				<ErrorView error={error} retry={() => void mutate()} />
			) : data ? (
				<div className={`transition-opacity ${isLoading ? 'opacity-60' : ''}`}>
					<Content stats={data} ranged={state.range.name !== 'all'} />
				</div>
			) : (
				<SkeletonRows count={8} />
			)}
		</Page>
	);
}
