import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAlbum, useAlbums, useAlbumTracks } from '../../api/hooks';
import type { Album, Track } from '../../api/types';
import { ArtistLinks } from '../../components/ArtistLinks';
import { AlbumCard } from '../../components/Card';
import { CollectionActions } from '../../components/CollectionActions';
import { Heart } from '../../components/Heart';
import { Hero } from '../../components/Hero';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { Shelf } from '../../components/Shelf';
import { SkeletonHero, SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { tintStyle, useTint } from '../../design/palette';
import { lengthOf } from '../../i18n/format';
import { DiscList } from './DiscList';
import { albumArtist } from '../../i18n/names';

function MoreOfArtist({ album }: { album: Album }) {
	const { t } = useTranslation();
	const { data } = useAlbums(
		album.artist_id === null ? null : { artist_id: album.artist_id, sort: '-popularity', limit: 13 },
	);
	const others = data?.items.filter((other) => other.id !== album.id) ?? [];
	if (others.length === 0 || album.is_compilation) return null;
	return (
		<Section title={t('album.moreOf', { artist: albumArtist(album) })} to={`/artists/${album.artist_id}`}>
			<Shelf
				items={others}
				keyOf={(other) => other.id}
				render={(other) => <AlbumCard album={other} showYear />}
				label={t('nav.albums')}
			/>
		</Section>
	);
}

function Facts({ album, tracks }: { album: Album; tracks: Track[] }) {
	const { t, i18n } = useTranslation();
	const facts = [
		album.year ? String(album.year) : '',
		t('count.tracks', { count: album.track_count || tracks.length }),
		lengthOf(album.duration_ms, i18n.language),
	];
	return (
		<>
			<ArtistLinks
				text={albumArtist(album)}
				artistId={album.artist_id}
				artists={album.artists}
				className="font-semibold text-text"
			/>
			<span className="block sm:inline">
				<span className="hidden sm:inline"> · </span>
				{facts.filter(Boolean).join(' · ')}
			</span>
			{album.genres.length > 0 && (
				<span className="mt-3 flex flex-wrap justify-center gap-1.5 sm:justify-start">
					{album.genres.map((genre) => (
						<Link
							key={genre.id}
							to={`/genres/${genre.id}`}
							className="rounded-full border border-line-strong px-3 py-1 text-sm hover:border-current hover:text-text"
						>
							{genre.name}
						</Link>
					))}
				</span>
			)}
		</>
	);
}

export default function AlbumPage() {
	const { id } = useParams();
	const { t } = useTranslation();
	const { data: album, error, mutate } = useAlbum(id);
	const tracks = useAlbumTracks(id);
	const tint = useTint(album?.cover_url, album?.title ?? '');
	if (error)
		return (
			<Page title="">
				<ErrorView error={error} retry={() => void mutate()} />
			</Page>
		);
	if (!album)
		return (
			<Page title="">
				<SkeletonHero />
			</Page>
		);
	return (
		<Page title={`${album.title} — ${albumArtist(album)}`} className="tinted" style={tintStyle(tint)}>
			<Hero
				kind={t(album.is_compilation ? 'kind.compilation' : 'kind.album')}
				title={album.title}
				cover={{ url: album.cover_url, name: album.title }}
				actions={
					tracks.data &&
					tracks.data.length > 0 && (
						<>
							<CollectionActions tracks={tracks.data} title={album.title} from={{ type: 'album', id: album.id }} />
							<Heart kind="album" id={album.id} title={album.title} size="lg" />
						</>
					)
				}
			>
				<Facts album={album} tracks={tracks.data ?? []} />
			</Hero>
			{tracks.error && <ErrorView error={tracks.error} retry={() => void tracks.mutate()} />}
			{tracks.data ? (
				<DiscList tracks={tracks.data} artist={album.artist} album={album.id} />
			) : (
				!tracks.error && <SkeletonRows count={album.track_count || 8} />
			)}
			<MoreOfArtist album={album} />
		</Page>
	);
}
