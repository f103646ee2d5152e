import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { fetchAllTracks } from '../api/hooks';
import type { Album, Artist, Hit } from '../api/types';
import { usePlayer } from '../player/store';
import { PlayButton } from './Button';
import { Cover } from './Cover';
import { Highlight } from './Highlight';
import { toast } from './toast';
import { albumArtist } from '../i18n/names';

const CARD_SIZES = '(min-width: 1024px) 14rem, (min-width: 640px) 25vw, 45vw';

async function playAlbum(id: number, failed: string) {
	try {
		const tracks = await fetchAllTracks(`/albums/${id}/tracks`);
		usePlayer.getState().playTracks(tracks, 0, { from: { type: 'album', id } });
	} catch {
		toast(failed);
	}
}

export function AlbumCard({ album, showYear = false }: { album: Hit<Album>; showYear?: boolean }) {
	const { t } = useTranslation();
	const year = album.year ? String(album.year) : '';
	return (
		<article className="group/card relative">
			<Link to={`/albums/${album.id}`} data-result className="block rounded-sm">
				<span className="relative block transition duration-200 ease-out group-hover/card:-translate-y-0.5">
					<Cover
						url={album.cover_url}
						name={album.title}
						sizes={CARD_SIZES}
						className="w-full rounded-md shadow-1 group-hover/card:shadow-2"
					/>
				</span>
				<span className="mt-2.5 block truncate font-semibold">
					<Highlight parts={album.highlights?.title} text={album.title} />
				</span>
				<span className="block truncate text-sm text-text-2">
					{showYear ? (
						year || albumArtist(album)
					) : (
						<Highlight parts={album.highlights?.artist} text={albumArtist(album)} />
					)}
				</span>
			</Link>
			<div className="pointer-events-none absolute inset-x-0 top-0 aspect-square">
				<PlayButton
					playing={false}
					label={t('album.play', { title: album.title })}
					className="pointer-events-auto absolute right-2.5 bottom-2.5 size-11 translate-y-1 opacity-0 group-hover/card:translate-y-0 group-hover/card:opacity-100 focus-visible:translate-y-0 focus-visible:opacity-100 pointer-coarse:hidden"
					iconClass="size-5"
					onClick={() => void playAlbum(album.id, t('error.play'))}
				/>
			</div>
		</article>
	);
}

export function ArtistCard({ artist }: { artist: Hit<Artist> }) {
	const { t } = useTranslation();
	return (
		<article className="group/card">
			<Link to={`/artists/${artist.id}`} data-result className="block rounded-md text-center">
				<span className="block transition duration-200 ease-out group-hover/card:-translate-y-0.5">
					<Cover
						url={artist.cover_url}
						name={artist.name}
						sizes={CARD_SIZES}
						round
						className="w-full shadow-1 group-hover/card:shadow-2"
					/>
				</span>
				<span className="mt-3 block truncate font-semibold">
					<Highlight parts={artist.highlights?.title} text={artist.name} />
				</span>
				<span className="block truncate text-sm text-text-2">{t('count.tracks', { count: artist.track_count })}</span>
			</Link>
		</article>
	);
}
