import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Hit, Track } from '../api/types';
import { clockOf } from '../i18n/format';
import { currentItem, usePlayer } from '../player/store';
import { ArtistLinks } from './ArtistLinks';
import { Cover } from './Cover';
import { Heart } from './Heart';
import { Highlight } from './Highlight';
import { Icon } from './Icon';
import { Menu, type MenuEntry } from './Menu';
import { Strokes } from './Strokes';
import { useTrackMenu } from './use-track-menu';
import { trackArtist } from '../i18n/names';

interface TrackRowProps {
	track: Hit<Track>;
	index: number;
	/** What stands at the left: the cover, or a number (an album's own list). */
	lead: 'cover' | number;
	showAlbum?: boolean;
	/** An album's list names artists only where they differ from the album's. */
	showArtist?: boolean;
	onPlay: (index: number) => void;
	/** What is said of it here, after its artist. */
	note?: string | undefined;
	/** More of what can be done with it in this list, before the rest of its menu. */
	extra?: () => MenuEntry[];
}

function isCoarse(): boolean {
	return matchMedia('(pointer: coarse)').matches;
}

function Lead({
	track,
	lead,
	current,
	playing,
}: {
	track: Track;
	lead: 'cover' | number;
	current: boolean;
	playing: boolean;
}) {
	const overlay = 'absolute inset-0 grid place-items-center';
	if (lead === 'cover') {
		return (
			<>
				<Cover url={track.cover_url} name={track.album ?? track.title} sizes="48px" className="size-full rounded-xs" />
				<span
					className={`${overlay} rounded-xs bg-black/55 text-white transition-opacity ${current ? '' : 'opacity-0 group-hover/row:opacity-100 group-focus-visible/play:opacity-100'}`}
				>
					{current ? <Strokes moving={playing} className="size-5 text-white!" /> : <Icon name="play" />}
				</span>
			</>
		);
	}
	return (
		<span className={`${overlay} tabular text-sm text-text-3`}>
			{current ? (
				<Strokes moving={playing} />
			) : (
				<>
					<span className="group-hover/row:opacity-0 group-focus-visible/play:opacity-0">{lead || '·'}</span>
					<span
						className={`${overlay} text-text opacity-0 group-hover/row:opacity-100 group-focus-visible/play:opacity-100`}
					>
						<Icon name="play" className="size-4.5" />
					</span>
				</>
			)}
		</span>
	);
}

/** One track in a list: double click, Enter or the lead plays it; on touch the whole row does. */
export const TrackRow = memo(function TrackRow(props: TrackRowProps) {
	const { track, index, lead, showAlbum = false, showArtist = true, note, onPlay, extra } = props;
	const { t } = useTranslation();
	const menu = useTrackMenu();
	const current = usePlayer((state) => currentItem(state)?.track.id === track.id);
	const playing = usePlayer((state) => state.wantsPlay && currentItem(state)?.track.id === track.id);
	const { toggle } = usePlayer.getState();
	const activate = () => (current ? toggle() : onPlay(index));
	const columns = showAlbum ? 'md:grid-cols-[3rem_minmax(0,1.5fr)_minmax(0,1fr)_auto_2.5rem]' : '';

	return (
		<div
			className={`group/row relative grid h-15 grid-cols-[3rem_minmax(0,1fr)_auto_2.5rem] items-center gap-x-3 rounded-sm px-2 transition-colors duration-100 hover:bg-surface-2 ${columns} ${current ? 'bg-accent-soft' : ''}`}
			onDoubleClick={() => !isCoarse() && onPlay(index)}
			onClick={(event) => {
				if (isCoarse() && !(event.target as Element).closest('a,button,[popover]')) activate();
			}}
			role="presentation"
		>
			<button
				type="button"
				data-result
				className="group/play relative size-11 justify-self-center rounded-xs"
				aria-label={t(playing ? 'track.pauseThis' : 'track.playThis', {
					title: track.title,
					artist: trackArtist(track),
				})}
				onClick={activate}
				onDoubleClick={(event) => event.stopPropagation()}
			>
				<Lead track={track} lead={lead} current={current} playing={playing} />
			</button>
			<div className="min-w-0">
				<Link
					to={`/tracks/${track.id}`}
					className={`block truncate font-medium underline-offset-3 hover:underline pointer-coarse:pointer-events-none ${current ? 'text-accent-text' : ''}`}
				>
					<Highlight parts={track.highlights?.title} text={track.title} />
				</Link>
				{showArtist && (
					<div className="truncate text-sm text-text-2 pointer-coarse:pointer-events-none">
						{track.highlights?.artist ? (
							<Highlight parts={track.highlights.artist} text={trackArtist(track)} />
						) : (
							<ArtistLinks text={trackArtist(track)} artistId={track.artist_id} artists={track.artists} />
						)}
						{note && <span className="text-text-3">{` · ${note}`}</span>}
					</div>
				)}
			</div>
			{showAlbum && (
				<div className="hidden truncate text-sm text-text-2 md:block">
					{track.album_id !== null && (
						<Link to={`/albums/${track.album_id}`} className="underline-offset-3 hover:text-text hover:underline">
							<Highlight parts={track.highlights?.album} text={track.album ?? ''} />
						</Link>
					)}
				</div>
			)}
			<span className="flex items-center justify-end gap-1.5">
				<Heart
					kind="track"
					id={track.id}
					title={track.title}
					size="sm"
					className="max-sm:hidden aria-[pressed=false]:opacity-0 aria-[pressed=false]:group-hover/row:opacity-100 aria-[pressed=false]:group-focus-within/row:opacity-100 pointer-coarse:opacity-100!"
				/>
				<span className="tabular min-w-11 text-right text-sm text-text-3">{clockOf(track.duration_ms)}</span>
			</span>
			<Menu label={t('track.more', { title: track.title })} entries={() => [...(extra?.() ?? []), ...menu(track)]} />
		</div>
	);
});
