import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAlbums, useGenre, useGenreStats, useInfiniteList } from '../../api/hooks';
import type { Genre, Track } from '../../api/types';
import { AlbumCard, ArtistCard } from '../../components/Card';
import { CollectionActions } from '../../components/CollectionActions';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { Shelf } from '../../components/Shelf';
import { SkeletonHero, SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { VirtualTracks } from '../../components/VirtualTracks';
import { tintOfName, tintStyle } from '../../design/palette';
import { lengthOf } from '../../i18n/format';

function Content({ genre }: { genre: Genre }) {
	const { t, i18n } = useTranslation();
	const stats = useGenreStats(genre.id);
	const albums = useAlbums({ genre: genre.name, sort: '-popularity', limit: 18 });
	const tracks = useInfiniteList<Track>('/tracks/', { genre_id: genre.id, sort: '-popularity' });
	const facts = [
		t('count.tracks', { count: genre.track_count }),
		t('count.albums', { count: genre.album_count }),
		stats.data ? lengthOf(stats.data.duration_ms, i18n.language) : '',
	];
	return (
		<>
			<header className="mb-10 pt-6">
				<p className="text-sm font-semibold text-text-2">{t('kind.genre')}</p>
				<h1 className="mt-2 text-3xl font-bold wrap-anywhere">{genre.name}</h1>
				<p className="mt-3 text-text-2">{facts.filter(Boolean).join(' · ')}</p>
				{tracks.items.length > 0 && (
					<div className="mt-6 flex items-center gap-3">
						<CollectionActions tracks={tracks.items} title={genre.name} from={{ type: 'genre', id: genre.id }} />
					</div>
				)}
			</header>
			{Boolean(albums.data?.items.length) && (
				<Section title={t('nav.albums')}>
					<Shelf
						items={albums.data?.items ?? []}
						keyOf={(album) => album.id}
						render={(album) => <AlbumCard album={album} />}
						label={t('nav.albums')}
					/>
				</Section>
			)}
			{Boolean(stats.data?.top_artists.length) && (
				<Section title={t('nav.artists')}>
					<Shelf
						items={stats.data?.top_artists ?? []}
						keyOf={(artist) => artist.id}
						render={(artist) => <ArtistCard artist={artist} />}
						label={t('nav.artists')}
					/>
				</Section>
			)}
			<Section title={t('nav.tracks')}>
				{tracks.loading && <SkeletonRows />}
				{tracks.error ? <ErrorView error={tracks.error} retry={tracks.retry} /> : null}
				<div className="-mx-2">
					<VirtualTracks list={tracks} label={t('nav.tracks')} />
				</div>
			</Section>
		</>
	);
}

export default function GenrePage() {
	const { id } = useParams();
	const { data: genre, error, mutate } = useGenre(id);
	return (
		<Page title={genre?.name ?? ''} className="tinted" style={tintStyle(tintOfName(genre?.name ?? ''))}>
			{error ? (
				<ErrorView error={error} retry={() => void mutate()} />
			) : genre ? (
				<Content key={genre.id} genre={genre} />
			) : (
				<SkeletonHero />
			)}
		</Page>
	);
}
