import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useInfiniteList } from '../../api/hooks';
import type { Kind } from '../../api/favorites';
import type { Playlist } from '../../api/playlists';
import type { Album, Artist, Track } from '../../api/types';
import { AlbumCard, ArtistCard } from '../../components/Card';
import { CardGrid } from '../../components/CardGrid';
import { CollectionActions } from '../../components/CollectionActions';
import { LibraryTabs } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { PlaylistCard } from '../../components/PlaylistCard';
import { SkeletonCards, SkeletonRows } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { TabLinks } from '../../components/TabLinks';
import { VirtualTracks } from '../../components/VirtualTracks';

const KINDS: Kind[] = ['track', 'album', 'artist', 'playlist'];

function Nothing() {
	const { t } = useTranslation();
	return (
		<EmptyState title={t('mine.noFavorites')}>
			<p>{t('mine.noFavoritesText')}</p>
		</EmptyState>
	);
}

function Tracks() {
	const { t } = useTranslation();
	const list = useInfiniteList<Track>('/me/favorites/track');
	if (list.error) return <ErrorView error={list.error} retry={list.retry} />;
	if (list.loading) return <SkeletonRows count={10} />;
	if (list.items.length === 0) return <Nothing />;
	return (
		<>
			<div className="mb-5 flex items-center gap-3">
				<CollectionActions tracks={list.items} title={t('nav.favorites')} from={{ type: 'favorites' }} />
			</div>
			<div className="-mx-2">
				<VirtualTracks list={list} label={t('nav.favorites')} from="favorites" />
			</div>
		</>
	);
}

function Cards({ kind }: { kind: Exclude<Kind, 'track'> }) {
	const list = useInfiniteList<Album | Artist | Playlist>(`/me/favorites/${kind}`, {}, 60);
	if (list.error) return <ErrorView error={list.error} retry={list.retry} />;
	if (list.loading) return <SkeletonCards count={12} round={kind === 'artist'} />;
	if (list.items.length === 0) return <Nothing />;
	return (
		<CardGrid
			items={list.items}
			keyOf={(item) => item.id}
			render={(item) => {
				if (kind === 'album') return <AlbumCard album={item as Album} />;
				if (kind === 'artist') return <ArtistCard artist={item as Artist} />;
				return <PlaylistCard playlist={item as Playlist} />;
			}}
			hasMore={list.hasMore}
			loadMore={list.loadMore}
		/>
	);
}

export default function FavoritesPage() {
	const { t } = useTranslation();
	const { kind = 'track' } = useParams();
	const shown = KINDS.includes(kind as Kind) ? (kind as Kind) : 'track';
	return (
		<Page title={t('nav.favorites')}>
			<LibraryTabs />
			<h1 className="mb-4 text-2xl font-bold">{t('nav.favorites')}</h1>
			<TabLinks
				label={t('nav.favorites')}
				tabs={[
					{ to: '/favorites', label: t('nav.tracks'), end: true },
					{ to: '/favorites/album', label: t('nav.albums') },
					{ to: '/favorites/artist', label: t('nav.artists') },
					{ to: '/favorites/playlist', label: t('nav.playlists') },
				]}
			/>
			{shown === 'track' ? <Tracks /> : <Cards key={shown} kind={shown} />}
		</Page>
	);
}
