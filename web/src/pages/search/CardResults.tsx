import { useTranslation } from 'react-i18next';
import { useSearchPage } from '../../api/hooks';
import type { Album, Artist, Hit, Playlist } from '../../api/types';
import { AlbumCard, ArtistCard } from '../../components/Card';
import { GRID } from '../../components/grid';
import { PlaylistCard } from '../../components/PlaylistCard';
import { SkeletonCards } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';

const SHOWN = 60;

interface CardsProps<T> {
	kind: 'albums' | 'artists' | 'playlists';
	q: string;
	render: (item: Hit<T>) => React.ReactNode;
}

function Cards<T extends { id: number }>({ kind, q, render }: CardsProps<T>) {
	const { t } = useTranslation();
	const { data, error, mutate } = useSearchPage<T>(kind, q, SHOWN);
	if (error && !data) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonCards round={kind === 'artists'} />;
	return (
		<>
			<ul aria-label={t(`nav.${kind}`)} className={GRID}>
				{data.items.map((item) => (
					<li key={item.id}>{render(item)}</li>
				))}
			</ul>
			{data.total > data.items.length && (
				<p className="mt-6 text-text-2">{t('search.narrow', { count: data.total - data.items.length })}</p>
			)}
		</>
	);
}

export function AlbumResults({ q }: { q: string }) {
	return <Cards<Album> kind="albums" q={q} render={(album) => <AlbumCard album={album} />} />;
}

export function ArtistResults({ q }: { q: string }) {
	return <Cards<Artist> kind="artists" q={q} render={(artist) => <ArtistCard artist={artist} />} />;
}

export function PlaylistResults({ q }: { q: string }) {
	return <Cards<Playlist> kind="playlists" q={q} render={(playlist) => <PlaylistCard playlist={playlist} />} />;
}
