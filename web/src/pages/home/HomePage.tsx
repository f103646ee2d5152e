import { Suspense, lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useGenres, useLibrary, usePopularArtists, usePopularTracks, useRecentAlbums } from '../../api/hooks';
import { useMe } from '../../api/session';
import { AlbumCard, ArtistCard } from '../../components/Card';
import { GenreTile } from '../../components/GenreTile';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { Shelf } from '../../components/Shelf';
import { SkeletonCards, SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { TrackList } from '../../components/TrackList';
import { lengthOf } from '../../i18n/format';
import { EmptyLibrary } from './EmptyLibrary';
import { Continue } from './Continue';

/* For who is signed in only. */
const ForYou = lazy(() => import('./ForYou').then((module) => ({ default: module.ForYou })));

function greetingOf(hour: number): string {
	if (hour < 5) return 'home.night';
	if (hour < 12) return 'home.morning';
	return hour < 18 ? 'home.day' : 'home.evening';
}

function Popular() {
	const { t } = useTranslation();
	const { data } = usePopularTracks(10);
	if (!data) return <SkeletonRows count={5} />;
	return (
		<TrackList
			tracks={data.items}
			label={t('home.popular')}
			className="-mx-2 gap-x-8 lg:columns-2 [&>li]:break-inside-avoid"
		/>
	);
}

export default function HomePage() {
	const { t, i18n } = useTranslation();
	const { me } = useMe();
	const library = useLibrary();
	const recent = useRecentAlbums(18);
	const artists = usePopularArtists(12);
	const genres = useGenres(8);

	if (library.data?.tracks === 0) return <EmptyLibrary library={library.data} />;
	const error = library.error ?? recent.error;
	return (
		<Page title={t('nav.home')}>
			<header className="mb-7 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
				<h1 className="text-2xl font-bold">{t(greetingOf(new Date().getHours()))}</h1>
				{library.data && (
					<p className="text-sm text-text-2">
						<Link to="/tracks" className="hover:text-text hover:underline">
							{t('count.tracks', { count: library.data.tracks })}
						</Link>
						{' · '}
						{lengthOf(library.data.duration_ms, i18n.language)}
					</p>
				)}
			</header>
			{error ? (
				<ErrorView error={error} retry={() => void Promise.all([library.mutate(), recent.mutate()])} />
			) : (
				<>
					<Continue suggestion={recent.data?.items[0]} />
					{me && (
						<Suspense>
							<ForYou />
						</Suspense>
					)}
					<Section title={t('home.recent')} to="/albums?sort=-created_at">
						{recent.data ? (
							<Shelf
								items={recent.data.items}
								keyOf={(album) => album.id}
								render={(album) => <AlbumCard album={album} />}
								label={t('home.recent')}
							/>
						) : (
							<SkeletonCards row count={8} />
						)}
					</Section>
					<Section title={t('home.popular')} to="/tracks?sort=-popularity">
						<Popular />
					</Section>
					<Section title={t('nav.genres')} to="/genres">
						<div className="grid grid-cols-2 gap-gap md:grid-cols-4">
							{genres.data?.items.map((genre) => (
								<GenreTile key={genre.id} genre={genre} />
							))}
						</div>
					</Section>
					<Section title={t('home.artists')} to="/artists">
						{artists.data ? (
							<Shelf
								items={artists.data.items}
								keyOf={(artist) => artist.id}
								render={(artist) => <ArtistCard artist={artist} />}
								label={t('home.artists')}
							/>
						) : (
							<SkeletonCards row round count={8} />
						)}
					</Section>
				</>
			)}
		</Page>
	);
}
