import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { ArtistLinks } from '../components/ArtistLinks';
import { IconButton } from '../components/Button';
import { Cover } from '../components/Cover';
import { Heart } from '../components/Heart';
import { addToPlaylist } from '../components/add-to-playlist';
import { Menu } from '../components/Menu';
import { Segmented } from '../components/Segmented';
import { useTrackMenu } from '../components/use-track-menu';
import { useMe } from '../api/session';
import type { Track } from '../api/types';
import { tintStyle, useTint } from '../design/palette';
import { LyricsView } from './LyricsView';
import { QueueList } from './QueueList';
import { SeekBar } from './SeekBar';
import { currentItem, usePlayer } from './store';
import { Transport } from './Transport';
import { Volume } from './Volume';
import { trackArtist } from '../i18n/names';

type Side = 'none' | 'queue' | 'lyrics';

/** The whole screen for what is playing: a modal dialog, so focus stays in it and Escape closes it. */
export default function NowPlaying() {
	const open = usePlayer((state) => state.sheetOpen);
	const track = usePlayer((state) => currentItem(state)?.track);
	const dialog = useRef<HTMLDialogElement>(null);
	const { setSheet } = usePlayer.getState();
	const { t } = useTranslation();
	const shown = open && track !== undefined;
	/* A link in the sheet leads to a page under it. */
	const { key } = useLocation();
	const lastKey = useRef(key);
	useEffect(() => {
		if (lastKey.current !== key) setSheet(false);
		lastKey.current = key;
	}, [key, setSheet]);
	useEffect(() => {
		if (shown) dialog.current?.showModal();
		else dialog.current?.close();
	}, [shown]);
	return (
		<dialog
			ref={dialog}
			aria-label={t('player.label')}
			onClose={() => setSheet(false)}
			className="m-0 h-dvh max-h-none w-screen max-w-none bg-bg text-text open:animate-sheet"
		>
			{shown && <Sheet track={track} />}
		</dialog>
	);
}

function Sheet({ track }: { track: Track }) {
	const { t } = useTranslation();
	const [side, setSide] = useState<Side>('none');
	const menu = useTrackMenu();
	const { me } = useMe();
	const tint = useTint(track.cover_url, track.album ?? track.title);
	const options = [
		{ value: 'none' as const, label: t('player.cover') },
		{ value: 'queue' as const, label: t('nav.queue') },
		...(track.has_lyrics ? [{ value: 'lyrics' as const, label: t('lyrics.title') }] : []),
	];
	const shown = side === 'lyrics' && !track.has_lyrics ? 'none' : side;
	return (
		<div
			className="sheet-glow flex h-full flex-col px-gutter pt-3 pb-[calc(1rem+env(safe-area-inset-bottom))]"
			style={tintStyle(tint)}
		>
			<div className="flex items-center justify-between gap-2">
				<IconButton
					icon="down"
					size="lg"
					label={t('action.close')}
					onClick={() => usePlayer.getState().setSheet(false)}
				/>
				<Segmented label={t('player.view')} value={shown} options={options} onChange={setSide} />
				<Menu label={t('track.more', { title: track.title })} entries={() => menu(track)} />
			</div>
			<div className="mx-auto grid min-h-0 w-full max-w-[96rem] flex-1 grid-rows-[minmax(0,1fr)_auto] gap-x-16 gap-y-4 md:grid-cols-2 md:grid-rows-1 md:items-center">
				<div className="grid h-full min-h-0 place-items-center py-3 [container-type:size]">
					{shown === 'none' && (
						<Cover
							key={track.id}
							url={track.cover_url}
							name={track.album ?? track.title}
							sizes="(min-width: 768px) 45vw, 88vw"
							eager
							className="w-[min(100cqw,100cqh,44rem)] animate-rise rounded-lg! shadow-2"
						/>
					)}
					{shown === 'queue' && <QueueList className="size-full" />}
					{shown === 'lyrics' && (
						<div className="size-full overflow-y-auto px-1">
							<LyricsView track={track} />
						</div>
					)}
				</div>
				<div className="mx-auto w-full max-w-xl space-y-4 md:space-y-7">
					<div className="flex items-start justify-between gap-4">
						<div className="min-w-0">
							<h2 className="text-2xl font-bold wrap-anywhere">
								<Link to={`/tracks/${track.id}`} className="underline-offset-4 hover:underline">
									{track.title}
								</Link>
							</h2>
							<ArtistLinks
								text={trackArtist(track)}
								artistId={track.artist_id}
								artists={track.artists}
								className="mt-1.5 block text-lg text-text-2"
							/>
							{track.album_id !== null && (
								<Link
									to={`/albums/${track.album_id}`}
									className="mt-0.5 hidden text-text-3 hover:text-text hover:underline sm:block"
								>
									{track.album}
								</Link>
							)}
						</div>
						<span className="flex shrink-0">
							<Heart kind="track" id={track.id} title={track.title} size="lg" />
							{me && (
								<IconButton
									icon="playlistAdd"
									size="lg"
									label={t('track.addToPlaylist')}
									onClick={() => addToPlaylist({ title: track.title, ids: [track.id] })}
								/>
							)}
						</span>
					</div>
					<SeekBar stacked />
					<Transport large />
					<Volume className="mx-auto hidden w-56 md:flex" />
				</div>
			</div>
		</div>
	);
}
