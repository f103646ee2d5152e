import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { fetchAllTracks } from '../api/hooks';
import type { Playlist } from '../api/playlists';
import type { Hit } from '../api/types';
import { usePlayer } from '../player/store';
import { PlayButton } from './Button';
import { Highlight } from './Highlight';
import { Icon, type IconName } from './Icon';
import { PlaylistCover } from './PlaylistCover';
import { toast } from './toast';

const CARD_SIZES = '(min-width: 1024px) 14rem, (min-width: 640px) 25vw, 45vw';

export const VISIBILITY_ICON: Record<Playlist['visibility'], IconName> = {
	private: 'lock',
	unlisted: 'link',
	public: 'globe',
};

export function PlaylistCard({ playlist }: { playlist: Hit<Playlist> }) {
	const { t } = useTranslation();
	const play = async () => {
		try {
			const tracks = await fetchAllTracks(`/playlists/${playlist.id}/tracks`, {}, 2000);
			usePlayer.getState().playTracks(tracks, 0, { from: { type: 'playlist', id: playlist.id } });
		} catch {
			toast(t('error.play'));
		}
	};
	return (
		<article className="group/card relative">
			<Link to={`/playlists/${playlist.id}`} data-result className="block rounded-sm">
				<span className="relative block transition duration-200 ease-out group-hover/card:-translate-y-0.5">
					<PlaylistCover
						playlist={playlist}
						sizes={CARD_SIZES}
						className="w-full rounded-md shadow-1 group-hover/card:shadow-2"
					/>
					{playlist.kind === 'rules' && (
						<span className="absolute top-2 left-2 grid size-8 place-items-center rounded-full bg-black/60 text-white">
							<Icon name="rules" className="size-4.5" />
						</span>
					)}
				</span>
				<span className="mt-2.5 block truncate font-semibold">
					<Highlight parts={playlist.highlights?.title} text={playlist.title} />
				</span>
				<span className="flex items-center gap-1.5 text-sm text-text-2">
					{playlist.can_edit ? (
						<Icon name={VISIBILITY_ICON[playlist.visibility]} className="size-3.5" />
					) : (
						<span className="truncate">{playlist.owner.username} ·</span>
					)}
					<span className="truncate">{t('count.tracks', { count: playlist.track_count })}</span>
				</span>
			</Link>
			<div className="pointer-events-none absolute inset-x-0 top-0 aspect-square">
				<PlayButton
					playing={false}
					label={t('album.play', { title: playlist.title })}
					className="pointer-events-auto absolute right-2.5 bottom-2.5 size-11 translate-y-1 opacity-0 group-hover/card:translate-y-0 group-hover/card:opacity-100 focus-visible:translate-y-0 focus-visible:opacity-100 pointer-coarse:hidden"
					iconClass="size-5"
					onClick={() => void play()}
				/>
			</div>
		</article>
	);
}
