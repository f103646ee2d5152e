import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserStats } from '../../api/analytics';
import { TopList, type By } from '../../components/chart/TopList';
import { Segmented } from '../../components/Segmented';
import { trackArtist } from '../../i18n/names';

/** What was heard most; by number of plays or by time. */
export function TopLists({ stats }: { stats: UserStats }) {
	const { t } = useTranslation();
	const [by, setBy] = useState<By>('plays');
	const lists: ReactNode = (
		<div className="grid gap-6 lg:grid-cols-2">
			<TopList
				title={t('nav.artists')}
				by={by}
				round
				entries={stats.top_artists.map(({ artist, ...heard }) => ({
					id: artist.id,
					to: `/artists/${artist.id}`,
					title: artist.name,
					cover: artist.cover_url,
					...heard,
				}))}
			/>
			<TopList
				title={t('nav.tracks')}
				by={by}
				entries={stats.top_tracks.map(({ track, ...heard }) => ({
					id: track.id,
					to: `/tracks/${track.id}`,
					title: track.title,
					subtitle: trackArtist(track),
					cover: track.cover_url,
					...heard,
				}))}
			/>
			<TopList
				title={t('nav.albums')}
				by={by}
				entries={stats.top_albums.map(({ album, ...heard }) => ({
					id: album.id,
					to: `/albums/${album.id}`,
					title: album.title,
					subtitle: album.artist ?? '',
					cover: album.cover_url,
					...heard,
				}))}
			/>
			<TopList
				title={t('nav.genres')}
				by={by}
				entries={stats.top_genres.map(({ genre, ...heard }) => ({
					id: genre.id,
					to: `/genres/${genre.id}`,
					title: genre.name,
					...heard,
				}))}
			/>
		</div>
	);
	return (
		<section aria-label={t('stats.top')}>
			<div className="mb-4 flex flex-wrap items-center justify-between gap-3">
				<h2 className="text-xl">{t('stats.top')}</h2>
				<Segmented
					label={t('stats.by')}
					value={by}
					options={[
						{ value: 'plays', label: t('stats.byPlays') },
						{ value: 'heard_ms', label: t('stats.byTime') },
					]}
					onChange={setBy}
				/>
			</div>
			{lists}
		</section>
	);
}
