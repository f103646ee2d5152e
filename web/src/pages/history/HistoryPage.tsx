import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useInfiniteList } from '../../api/hooks';
import type { Listened } from '../../api/history';
import type { Track } from '../../api/types';
import { Button } from '../../components/Button';
import { LibraryTabs } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { Segmented } from '../../components/Segmented';
import { SkeletonRows } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { TrackRow } from '../../components/TrackRow';
import { dayOf, timeOf } from '../../i18n/dates';
import { clockOf } from '../../i18n/format';
import { usePlayer } from '../../player/store';

interface Day {
	name: string;
	rows: { item: Listened; at: number }[];
}

/** Rows under the days they belong to, in the listener's own time. */
function daysOf(items: Listened[], language: string): Day[] {
	const days: Day[] = [];
	items.forEach((item, at) => {
		const name = dayOf(item.played_at, language);
		if (days.at(-1)?.name !== name) days.push({ name, rows: [] });
		days.at(-1)!.rows.push({ item, at });
	});
	return days;
}

function Row({ item, onPlay }: { item: Listened; onPlay: (track: Track) => void }) {
	const { t, i18n } = useTranslation();
	const time = timeOf(item.played_at, i18n.language);
	const heard = t(item.counted ? 'mine.counted' : 'mine.heard', { time: clockOf(item.heard_ms) });
	return (
		<li className="grid grid-cols-[3.25rem_minmax(0,1fr)] items-center gap-1 sm:grid-cols-[3.25rem_minmax(0,1fr)_8rem]">
			<span className="tabular pl-2 text-sm text-text-3">{time}</span>
			{item.track ? (
				<TrackRow track={item.track} index={0} lead="cover" onPlay={() => item.track && onPlay(item.track)} />
			) : (
				<span className="flex h-15 items-center px-2 text-text-3 italic">{t('mine.gone')}</span>
			)}
			<span className={`text-right text-sm max-sm:hidden ${item.counted ? 'text-text-2' : 'text-text-3'}`}>
				{heard}
			</span>
		</li>
	);
}

export default function HistoryPage() {
	const { t, i18n } = useTranslation();
	const [params, setParams] = useSearchParams();
	const plays = params.get('plays') === 'true';
	const list = useInfiniteList<Listened>('/me/history', { plays: plays || null }, 50, true);
	const days = useMemo(() => daysOf(list.items, i18n.language), [list.items, i18n.language]);
	const play = (track: Track) => usePlayer.getState().playTracks([track], 0, { from: { type: 'library' } });
	return (
		<Page title={t('nav.history')}>
			<LibraryTabs />
			<header className="mb-6 flex flex-wrap items-end justify-between gap-3">
				<h1 className="text-2xl font-bold">{t('nav.history')}</h1>
				<Segmented
					label={t('mine.which')}
					value={plays ? 'plays' : 'all'}
					options={[
						{ value: 'all', label: t('mine.everything') },
						{ value: 'plays', label: t('mine.plays') },
					]}
					onChange={(value) => setParams(value === 'plays' ? { plays: 'true' } : {}, { replace: true })}
				/>
			</header>
			{list.error ? <ErrorView error={list.error} retry={list.retry} /> : null}
			{list.loading && <SkeletonRows count={10} />}
			{!list.loading && !list.error && list.items.length === 0 && (
				<EmptyState title={t('mine.noHistory')}>
					<p>{t('mine.noHistoryText')}</p>
				</EmptyState>
			)}
			{days.map((day) => (
				<section key={day.name} className="mb-7">
					<h2 className="mb-2 text-lg">{day.name}</h2>
					<ol aria-label={day.name} className="-mx-2">
						{day.rows.map(({ item, at }) => (
							<Row key={`${item.played_at}-${item.track_id}-${at}`} item={item} onPlay={play} />
						))}
					</ol>
				</section>
			))}
			{list.hasMore && (
				<div className="text-center">
					<Button onClick={list.loadMore}>{t('action.more')}</Button>
				</div>
			)}
		</Page>
	);
}
