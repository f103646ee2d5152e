import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRanking, useTrends, type ArtistRef, type Trends } from '../../api/analytics';
import type { GenreRef, Track } from '../../api/types';
import { Box } from '../../components/chart/Box';
import { changeOf } from '../../components/chart/chart-data';
import { CountChart } from '../../components/chart/CountChart';
import { ExportButton } from '../../components/chart/ExportButton';
import { Figure, Figures } from '../../components/chart/Figure';
import { RangePicker } from '../../components/chart/RangePicker';
import { useRange, type RangeState } from '../../components/chart/use-range';
import { LibraryTabs } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { Segmented } from '../../components/Segmented';
import { SkeletonRows } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { trackArtist } from '../../i18n/names';
import { lengthOf, numberOf } from '../../i18n/format';
import { RankList, type RankEntry } from './RankList';
import { RisingList, type RisingEntry } from './RisingList';

const KINDS = { tracks: 'popular-tracks', artists: 'popular-artists', genres: 'genres/stats' } as const;
type Kind = keyof typeof KINDS;

type AnyRef = { track?: Track; artist?: ArtistRef; genre?: GenreRef };

function entryOf({ track, artist, genre }: AnyRef): Pick<RankEntry, 'id' | 'to' | 'title' | 'subtitle' | 'cover'> {
	if (track)
		return {
			id: track.id,
			to: `/tracks/${track.id}`,
			title: track.title,
			subtitle: trackArtist(track),
			cover: track.cover_url,
		};
	if (artist) return { id: artist.id, to: `/artists/${artist.id}`, title: artist.name, cover: artist.cover_url };
	return { id: genre?.id ?? 0, to: `/genres/${genre?.id ?? 0}`, title: genre?.name ?? '' };
}

function Top({ state }: { state: RangeState }) {
	const { t } = useTranslation();
	const [kind, setKind] = useState<Kind>('tracks');
	const query = { from: state.query.from, to: state.query.to, limit: 20 };
	const { data, error, mutate } = useRanking(KINDS[kind], query);
	return (
		<section aria-label={t('trends.top')}>
			<div className="mb-4 flex flex-wrap items-center justify-between gap-3">
				<h2 className="text-xl">{t('trends.top')}</h2>
				<div className="flex flex-wrap items-center gap-2">
					<ExportButton path={`/analytics/${KINDS[kind]}`} query={query} name={`ogma-${kind}`} />
					<Segmented
						label={t('trends.what')}
						value={kind}
						options={(Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: t(`nav.${value}`) }))}
						onChange={setKind}
					/>
				</div>
			</div>
			{error ? (
				<ErrorView error={error} retry={() => void mutate()} />
			) : data ? (
				<RankList
					title={t(`nav.${kind}`)}
					round={kind === 'artists'}
					entries={data.items.map((item) => ({
						...entryOf(item),
						rank: item.rank,
						previousRank: item.previous_rank,
						plays: item.plays,
						heardMs: item.heard_ms,
					}))}
				/>
			) : (
				<SkeletonRows count={6} />
			)}
		</section>
	);
}

function Rising({ trends }: { trends: Trends }) {
	const { t } = useTranslation();
	const list = (items: (AnyRef & { plays: number; change: number | null })[]): RisingEntry[] =>
		items.slice(0, 8).map((item) => ({ ...entryOf(item), plays: item.plays, change: item.change }));
	const lists: [string, RisingEntry[], boolean][] = [
		[t('nav.tracks'), list(trends.rising_tracks), false],
		[t('nav.artists'), list(trends.rising_artists), true],
		[t('nav.genres'), list(trends.rising_genres), false],
	];
	if (lists.every(([, entries]) => entries.length === 0)) return null;
	return (
		<section aria-label={t('trends.rising')}>
			<h2 className="mb-1 text-xl">{t('trends.rising')}</h2>
			<p className="mb-4 text-sm text-text-2">{t('trends.risingHint')}</p>
			<div className="grid gap-6 lg:grid-cols-3">
				{lists.map(([title, entries, round]) => (
					<RisingList key={title} title={title} entries={entries} round={round} />
				))}
			</div>
		</section>
	);
}

function Overview({ trends }: { trends: Trends }) {
	const { t, i18n } = useTranslation();
	const { totals } = trends;
	return (
		<div className="space-y-6">
			<Figures>
				<Figure
					label={t('chart.plays')}
					value={numberOf(totals.plays, i18n.language)}
					change={changeOf(totals.plays, totals.previous_plays)}
				/>
				<Figure
					label={t('chart.heard')}
					value={lengthOf(totals.heard_ms, i18n.language)}
					change={changeOf(totals.heard_ms, totals.previous_heard_ms)}
				/>
			</Figures>
			<Box>
				<CountChart
					title={t('chart.playsBy')}
					series={trends.series}
					interval={trends.period.interval}
					lines={[{ field: 'plays', label: t('chart.plays'), colour: 1, kind: 'bars' }]}
				/>
			</Box>
		</div>
	);
}

/** What is heard here, by everybody. */
export default function TrendsPage() {
	const { t } = useTranslation();
	const state = useRange();
	const { data, error, mutate } = useTrends(state.query);
	let content: ReactNode = <SkeletonRows count={8} />;
	if (error) content = <ErrorView error={error} retry={() => void mutate()} />;
	else if (data && data.totals.plays === 0 && data.totals.previous_plays === 0)
		content = (
			<EmptyState title={t('trends.empty')}>
				<p>{t('trends.emptyText')}</p>
			</EmptyState>
		);
	else if (data)
		content = (
			<div className="space-y-9">
				<Overview trends={data} />
				<Rising trends={data} />
				<Top state={state} />
			</div>
		);
	return (
		<Page title={t('nav.trends')}>
			<LibraryTabs />
			<header className="mb-6 flex flex-wrap items-end justify-between gap-4">
				<h1 className="text-2xl font-bold">{t('trends.title')}</h1>
				<ExportButton path="/analytics/trends" query={state.query} name="ogma-trends" />
			</header>
			<div className="mb-6">
				<RangePicker state={state} />
			</div>
			{content}
		</Page>
	);
}
