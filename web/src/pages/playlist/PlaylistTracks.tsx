import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Playlist } from '../../api/playlists';
import { faultsOf } from '../../components/form/use-form';
import { Icon } from '../../components/Icon';
import type { MenuEntry } from '../../components/Menu';
import { remPx } from '../../components/rem';
import { toast } from '../../components/toast';
import { TrackRow } from '../../components/TrackRow';
import { useReorder } from '../../components/use-reorder';
import { usePlayer } from '../../player/store';
import type { PlaylistTracks as Tracks } from './use-playlist-tracks';

const ROW_REM = 3.75;
const AHEAD = 30;

interface PlaylistTracksProps {
	playlist: Playlist;
	tracks: Tracks;
}

/** The tracks in their order, of any number. Who may edit moves them by their grips and takes them out. */
export function PlaylistTracks({ playlist, tracks }: PlaylistTracksProps) {
	const { t } = useTranslation();
	const { items, hasMore, loadMore, rest } = tracks;
	const editable = playlist.can_edit && playlist.kind === 'manual';
	const box = useRef<HTMLOListElement>(null);
	const [top, setTop] = useState(0);
	const [said, setSaid] = useState('');
	useEffect(() => setTop(box.current?.offsetTop ?? 0), [playlist.description]);
	const height = ROW_REM * remPx();
	const keyOf = (at: number) => items[at]?.item_id ?? `at-${at}`;
	const virtual = useWindowVirtualizer({
		count: items.length,
		estimateSize: () => height,
		overscan: 12,
		scrollMargin: top,
		getItemKey: keyOf,
	});
	const rows = virtual.getVirtualItems();
	const last = rows.at(-1)?.index ?? 0;
	useEffect(() => {
		if (hasMore && last >= items.length - AHEAD) loadMore();
	}, [hasMore, last, items.length, loadMore]);

	const play = useCallback(
		(index: number) => {
			const source = { type: 'playlist' as const, id: playlist.id };
			const { playTracks, append } = usePlayer.getState();
			playTracks(items, index, { from: source });
			if (!hasMore) return;
			const begun = usePlayer.getState().queue.items[0]?.key;
			/* The rest of a long list follows, unless something else was put on meanwhile. */
			void rest().then(
				(more) => usePlayer.getState().queue.items[0]?.key === begun && append(more, source),
				() => undefined,
			);
		},
		[items, hasMore, rest, playlist.id],
	);

	const focusGrip = (key: number | string) =>
		requestAnimationFrame(() =>
			requestAnimationFrame(() =>
				box.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(String(key))}"] [data-grip]`)?.focus(),
			),
		);
	const fail = (error: unknown) => toast(faultsOf(error, {}).rest);
	const move = (at: number, to: number) => {
		const track = items[at];
		if (!track) return;
		tracks.move(at, to).catch(fail);
		virtual.scrollToIndex(to, { align: 'auto' });
		focusGrip(keyOf(at));
		setSaid(t('queue.moved', { title: track.title, position: to + 1, total: items.length }));
	};
	const remove = (at: number) => {
		const track = items[at];
		if (!track) return;
		const neighbour = items[at + 1] ?? items[at - 1];
		tracks.remove(at).then(
			() =>
				toast(t('playlist.removed', { title: track.title }), {
					label: t('action.undo'),
					run: () => void tracks.insert(track.id, at).catch(fail),
				}),
			fail,
		);
		if (neighbour?.item_id) focusGrip(neighbour.item_id);
	};
	const reorder = useReorder({ count: items.length, height, onMove: move, onRemove: remove });
	const extra = (at: number): MenuEntry[] => [
		{ icon: 'close', label: t('playlist.removeFrom'), run: () => remove(at) },
	];

	return (
		<>
			<div role="status" className="sr-only">
				{said}
			</div>
			<ol ref={box} aria-label={t('nav.tracks')} className="relative -mx-2" style={{ height: virtual.getTotalSize() }}>
				{rows.map((row) => {
					const track = items[row.index];
					if (!track) return null;
					const lifted = reorder.lifted === row.index;
					return (
						<li
							key={row.key}
							data-key={row.key}
							aria-posinset={row.index + 1}
							aria-setsize={tracks.total ?? -1}
							className={`absolute inset-x-0 top-0 ${reorder.lifted !== null && !lifted ? 'transition-transform duration-150' : ''} ${lifted ? 'z-10 rounded-sm bg-surface-3 shadow-2' : ''}`}
							style={{ transform: `translateY(${row.start - top + reorder.wayOf(row.index)}px)` }}
						>
							<div className={editable ? 'grid grid-cols-[1.75rem_minmax(0,1fr)] items-center' : ''}>
								{editable && (
									<button
										type="button"
										data-grip
										aria-label={t('queue.grip', { title: track.title })}
										title={t('queue.gripHint')}
										className="grid h-11 touch-none cursor-grab place-items-center rounded-xs text-text-3 hover:text-text active:cursor-grabbing"
										{...reorder.grip(row.index)}
									>
										<Icon name="grip" />
									</button>
								)}
								<TrackRow
									track={track}
									index={row.index}
									lead="cover"
									showAlbum
									onPlay={play}
									{...(editable && { extra: () => extra(row.index) })}
								/>
							</div>
						</li>
					);
				})}
			</ol>
		</>
	);
}
