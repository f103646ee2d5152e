import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { InfiniteList } from '../api/hooks';
import type { Track } from '../api/types';
import type { Source } from '../player/queue';
import { usePlayer } from '../player/store';
import { remPx } from './rem';
import { TrackRow } from './TrackRow';

const ROW_REM = 3.75;
const AHEAD = 30;

interface VirtualTracksProps {
	list: InfiniteList<Track>;
	label: string;
	from?: Source['type'];
}

/** A list of any length: only the rows in view exist, pages come as one nears the end. */
export function VirtualTracks({ list, label, from = 'library' }: VirtualTracksProps) {
	const { items, hasMore, loadMore } = list;
	const box = useRef<HTMLOListElement>(null);
	const [top, setTop] = useState(0);
	useEffect(() => setTop(box.current?.offsetTop ?? 0), []);
	const virtual = useWindowVirtualizer({
		count: items.length,
		estimateSize: () => ROW_REM * remPx(),
		overscan: 12,
		scrollMargin: top,
	});
	const rows = virtual.getVirtualItems();
	const last = rows.at(-1)?.index ?? 0;
	useEffect(() => {
		if (hasMore && last >= items.length - AHEAD) loadMore();
	}, [hasMore, last, items.length, loadMore]);
	const play = useCallback(
		(index: number) => usePlayer.getState().playTracks(items, index, { from: { type: from } }),
		[items, from],
	);

	return (
		<ol ref={box} aria-label={label} className="relative" style={{ height: virtual.getTotalSize() }}>
			{rows.map((row) => (
				<li
					key={row.key}
					aria-posinset={row.index + 1}
					aria-setsize={list.total ?? -1}
					className="absolute inset-x-0 top-0"
					style={{ transform: `translateY(${row.start - top}px)` }}
				>
					<TrackRow track={items[row.index]!} index={row.index} lead="cover" showAlbum onPlay={play} />
				</li>
			))}
		</ol>
	);
}
