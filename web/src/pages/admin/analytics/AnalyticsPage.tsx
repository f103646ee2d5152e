import { useTranslation } from 'react-i18next';
import { usePlatformStats, type PlatformStats } from '../../../api/analytics';
import { Box } from '../../../components/chart/Box';
import { changeOf } from '../../../components/chart/chart-data';
import { CountChart } from '../../../components/chart/CountChart';
import { ExportButton } from '../../../components/chart/ExportButton';
import { Figure, Figures } from '../../../components/chart/Figure';
import { partName } from '../../../components/chart/part-name';
import { percent } from '../../../components/chart/percent';
import { RangePicker } from '../../../components/chart/RangePicker';
import { Shares } from '../../../components/chart/Shares';
import { useRange } from '../../../components/chart/use-range';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { lengthOf, numberOf } from '../../../i18n/format';
import { Head } from '../Head';
import { Hours } from './Hours';
import { NowPlaying } from './NowPlaying';
import { Queries } from './Queries';

function Numbers({ stats }: { stats: PlatformStats }) {
	const { t, i18n } = useTranslation();
	const { totals, previous } = stats;
	const language = i18n.language;
	const number = (value: number) => numberOf(value, language);
	const empty = totals.searches > 0 ? totals.searches_without_results / totals.searches : 0;
	return (
		<Figures>
			<Figure label={t('chart.plays')} value={number(totals.plays)} change={changeOf(totals.plays, previous.plays)} />
			<Figure
				label={t('chart.heard')}
				value={lengthOf(totals.heard_ms, language)}
				change={changeOf(totals.heard_ms, previous.heard_ms)}
			/>
			<Figure
				label={t('admin.analytics.active')}
				value={number(totals.active_users)}
				change={changeOf(totals.active_users, previous.active_users)}
				hint={t('admin.analytics.ofUsers', { count: totals.users })}
			/>
			<Figure
				label={t('admin.analytics.new')}
				value={number(totals.new_users)}
				change={changeOf(totals.new_users, previous.new_users)}
			/>
			<Figure
				label={t('admin.analytics.searches')}
				value={number(totals.searches)}
				change={changeOf(totals.searches, previous.searches)}
				hint={t('admin.analytics.withoutResults', { share: percent(empty, language) })}
			/>
			<Figure
				label={t('admin.analytics.requests')}
				value={number(totals.requests)}
				change={changeOf(totals.requests, previous.requests)}
				hint={t('admin.analytics.refused', { count: totals.refused })}
			/>
			<Figure label={t('admin.analytics.errors')} value={number(totals.errors)} />
		</Figures>
	);
}

function Charts({ stats }: { stats: PlatformStats }) {
	const { t } = useTranslation();
	const { series } = stats;
	const { interval } = stats.period;
	return (
		<div className="grid gap-6 2xl:grid-cols-2">
			<Box>
				<CountChart
					title={t('chart.playsBy')}
					series={series}
					interval={interval}
					lines={[{ field: 'plays', label: t('chart.plays'), colour: 1, kind: 'bars' }]}
				/>
			</Box>
			<Box>
				<CountChart
					title={t('admin.analytics.people')}
					series={series}
					interval={interval}
					lines={[
						{ field: 'listeners_28d', label: t('chart.listeners28'), colour: 2, kind: 'area' },
						{ field: 'active_users', label: t('admin.analytics.active'), colour: 1, kind: 'line' },
						{ field: 'new_users', label: t('admin.analytics.new'), colour: 3, kind: 'line' },
					]}
				/>
			</Box>
			<Box>
				<CountChart
					title={t('admin.analytics.searches')}
					series={series}
					interval={interval}
					lines={[{ field: 'searches', label: t('admin.analytics.searches'), colour: 2, kind: 'bars' }]}
				/>
			</Box>
			<Box>
				<CountChart
					title={t('admin.analytics.errors')}
					series={series}
					interval={interval}
					lines={[{ field: 'errors', label: t('admin.analytics.errors'), colour: 4, kind: 'bars' }]}
				/>
			</Box>
		</div>
	);
}

function Parts({ stats }: { stats: PlatformStats }) {
	const { t, i18n } = useTranslation();
	const regions = new Intl.DisplayNames([i18n.language], { type: 'region', fallback: 'code' });
	const country = (name: string) =>
		/^[A-Z]{2}$/.test(name) ? (regions.of(name) ?? name) : partName(t, 'country', name);
	return (
		<div className="grid gap-6 md:grid-cols-2 2xl:grid-cols-3">
			<Box>
				<Shares title={t('chart.sources')} parts={stats.sources} nameOf={(name) => partName(t, 'source', name)} />
			</Box>
			<Box>
				<Shares title={t('chart.clients')} parts={stats.clients} nameOf={(name) => partName(t, 'client', name)} />
			</Box>
			<Box>
				<Shares title={t('chart.devices')} parts={stats.devices} nameOf={(name) => partName(t, 'device', name)} />
			</Box>
			<Box>
				<Shares title={t('chart.countries')} parts={stats.countries} nameOf={country} />
			</Box>
			<Box>
				<Shares title={t('chart.platforms')} parts={stats.platforms} nameOf={(name) => partName(t, 'platform', name)} />
			</Box>
			<Hours hours={stats.hours} />
		</div>
	);
}

/** How the whole service is used. */
export function AnalyticsPage() {
	const { t, i18n } = useTranslation();
	const state = useRange();
	const { data, error, mutate } = usePlatformStats(state.query);
	return (
		<>
			<Head title={t('admin.nav.analytics')}>
				<ExportButton path="/analytics/platform" query={state.query} name="ogma-platform" />
			</Head>
			<div className="mb-6">
				<RangePicker state={state} />
			</div>
			{error ? (
				<ErrorView error={error} retry={() => void mutate()} />
			) : data ? (
				<div className="space-y-6">
					<Numbers stats={data} />
					<NowPlaying />
					<Charts stats={data} />
					<Parts stats={data} />
					<Queries stats={data} />
					<p className="text-sm text-text-2">
						{t('admin.analytics.events', {
							accepted: numberOf(data.events.accepted, i18n.language),
							dropped: numberOf(data.events.dropped, i18n.language),
							waiting: numberOf(data.events.waiting, i18n.language),
						})}
					</p>
				</div>
			) : (
				<SkeletonRows count={8} />
			)}
		</>
	);
}
