import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAlbums, useArtist, useArtistTracks } from '../../api/hooks';
import { can } from '../../api/roles';
import { useMe } from '../../api/session';
import type { Artist } from '../../api/types';
import { LinkButton } from '../../components/Button';
import { AlbumCard } from '../../components/Card';
import { GRID } from '../../components/grid';
import { CollectionActions } from '../../components/CollectionActions';
import { Heart } from '../../components/Heart';
import { Hero } from '../../components/Hero';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { SkeletonCards, SkeletonHero, SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { TrackList } from '../../components/TrackList';
import { tintStyle, useTint } from '../../design/palette';
import { lengthOf } from '../../i18n/format';

const TRACKS_SHOWN = 10;

/** The way to how the artist is heard, for those who may know. */
function DashboardLink({ artist }: { artist: Artist }) {
	const { t } = useTranslation();
	const { me } = useMe();
	const own = artist.owners?.some(({ id }) => id === me?.id);
	if (!(own && can(me, 'artist')) && !can(me, 'admin')) return null;
	return (
		<LinkButton to={`/artists/${artist.id}/dashboard`} look="quiet" icon="chart">
			{t('nav.stats')}
		</LinkButton>
	);
}

export default function ArtistPage() {
	const { id } = useParams();
	const { t, i18n } = useTranslation();
	const { data: artist, error, mutate } = useArtist(id);
	const tracks = useArtistTracks(id, 100);
	const albums = useAlbums(id === undefined ? null : { artist_id: id, sort: '-year', limit: 100 });
	const tint = useTint(artist?.cover_url, artist?.name ?? '');
	if (error)
		return (
			<Page title="">
				<ErrorView error={error} retry={() => void mutate()} />
			</Page>
		);
	if (!artist)
		return (
			<Page title="">
				<SkeletonHero />
			</Page>
		);
	const facts = [
		t('count.albums', { count: artist.album_count }),
		t('count.tracks', { count: artist.track_count }),
		lengthOf(artist.duration_ms, i18n.language),
	];
	return (
		<Page title={artist.name} className="tinted" style={tintStyle(tint)}>
			<Hero
				kind={t('kind.artist')}
				title={artist.name}
				cover={{ url: artist.cover_url, name: artist.name, round: true }}
				actions={
					<>
						{tracks.data && tracks.data.items.length > 0 && (
							<CollectionActions
								tracks={tracks.data.items}
								title={artist.name}
								from={{ type: 'artist', id: artist.id }}
							/>
						)}
						<Heart kind="artist" id={artist.id} title={artist.name} size="lg" />
						<DashboardLink artist={artist} />
					</>
				}
			>
				{facts.join(' · ')}
			</Hero>
			<Section title={t('home.popular')}>
				{tracks.data ? (
					<TrackList
						from={{ type: 'artist', id: artist.id }}
						tracks={tracks.data.items.slice(0, TRACKS_SHOWN)}
						label={t('home.popular')}
						showAlbum
						ownArtist={artist.name}
						className="-mx-2"
					/>
				) : (
					<SkeletonRows count={5} />
				)}
			</Section>
			{albums.data?.total !== 0 && (
				<Section title={t('nav.albums')}>
					{albums.data ? (
						<ul aria-label={t('nav.albums')} className={GRID}>
							{albums.data.items.map((album) => (
								<li key={album.id}>
									<AlbumCard album={album} showYear />
								</li>
							))}
						</ul>
					) : (
						<SkeletonCards count={6} />
					)}
				</Section>
			)}
		</Page>
	);
}
