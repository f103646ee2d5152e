import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ArtistLinks } from '../components/ArtistLinks';
import { IconButton } from '../components/Button';
import { Cover } from '../components/Cover';
import { Heart } from '../components/Heart';
import { Icon } from '../components/Icon';
import { lazyPage } from '../app/lazy-page';
import { useRadio } from './radio';
import { PlayPause, Transport } from './Transport';
import { ProgressLine, SeekBar } from './SeekBar';
import { currentItem, usePlayer } from './store';
import { Volume } from './Volume';
import { trackArtist } from '../i18n/names';

const LiveBar = lazyPage(() => import('./LiveBar'), 'radio');

/** The player at the foot of every page: a full bar from `md` on, a small one on phones. */
export function PlayerBar() {
	const { t } = useTranslation();
	const track = usePlayer((state) => currentItem(state)?.track);
	const live = useRadio((state) => state.station !== null);
	const { setSheet, next } = usePlayer.getState();
	if (live) {
		return (
			<Suspense>
				<LiveBar />
			</Suspense>
		);
	}
	if (!track) return null;
	const open = () => setSheet(true);
	const cover = <Cover url={track.cover_url} name={track.album ?? track.title} sizes="56px" className="size-full" />;

	return (
		<section
			aria-label={t('player.label')}
			className="glass fixed inset-x-2 bottom-[calc(var(--tabbar)+env(safe-area-inset-bottom)+0.375rem)] z-(--z-player) rounded-md border border-line shadow-2 md:inset-x-3 md:bottom-3 md:rounded-lg"
		>
			<div className="flex h-15 items-center gap-3 px-2.5 md:hidden">
				<button
					type="button"
					onClick={open}
					aria-label={t('player.open')}
					className="flex min-w-0 flex-1 items-center gap-3 rounded-xs text-left"
				>
					<span className="size-11 shrink-0">{cover}</span>
					<span className="min-w-0">
						<span className="block truncate text-sm font-semibold">{track.title}</span>
						<span className="block truncate text-xs text-text-2">{trackArtist(track)}</span>
					</span>
				</button>
				<PlayPause />
				<IconButton icon="next" label={t('player.next')} onClick={next} />
				<ProgressLine />
			</div>

			<div className="hidden h-(--player) grid-cols-[minmax(0,1fr)_minmax(16rem,1.3fr)_minmax(0,1fr)] items-center gap-5 px-4 md:grid">
				<div className="flex min-w-0 items-center gap-3.5">
					<button
						type="button"
						onClick={open}
						aria-label={t('player.open')}
						title={t('player.open')}
						className="size-14 shrink-0 rounded-sm transition hover:brightness-110"
					>
						{cover}
					</button>
					<div className="min-w-0">
						<Link
							to={`/tracks/${track.id}`}
							className="block truncate font-semibold underline-offset-3 hover:underline"
						>
							{track.title}
						</Link>
						<ArtistLinks
							text={trackArtist(track)}
							artistId={track.artist_id}
							artists={track.artists}
							className="block truncate text-sm text-text-2"
						/>
					</div>
					<Heart kind="track" id={track.id} title={track.title} />
				</div>
				<div className="flex flex-col items-center">
					<Transport />
					<SeekBar />
				</div>
				<div className="flex items-center justify-end gap-1">
					<Volume className="hidden w-40 lg:flex" />
					<Link
						to="/queue"
						aria-label={t('nav.queue')}
						title={t('nav.queue')}
						className="inline-grid size-10 shrink-0 place-items-center rounded-full text-text-2 transition hover:bg-surface-2 hover:text-text"
					>
						<Icon name="queue" />
					</Link>
					<IconButton icon="expand" label={t('player.open')} onClick={open} />
				</div>
			</div>
		</section>
	);
}
