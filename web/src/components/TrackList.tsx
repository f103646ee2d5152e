import { useCallback } from 'react';
import type { Hit, Track } from '../api/types';
import type { Source } from '../player/queue';
import { usePlayer } from '../player/store';
import { TrackRow } from './TrackRow';

interface TrackListProps {
	tracks: Hit<Track>[];
	label: string;
	numbered?: boolean;
	showAlbum?: boolean;
	/** Artists are named only where they differ from this one. */
	ownArtist?: string;
	className?: string;
	/** What they are played out of. */
	from?: Source;
	/** What is said of each beside its artist. */
	noteOf?: (track: Track) => string;
}

/** A short list of tracks; playing one queues the whole list. Long ones: VirtualTracks. */
export function TrackList({
	tracks,
	label,
	numbered = false,
	showAlbum,
	ownArtist,
	className = '',
	from,
	noteOf,
}: TrackListProps) {
	const { type = 'library', id } = from ?? {};
	const play = useCallback(
		(index: number) =>
			usePlayer.getState().playTracks(tracks, index, { from: id === undefined ? { type } : { type, id } }),
		[tracks, type, id],
	);
	return (
		<ol aria-label={label} className={className}>
			{tracks.map((track, index) => (
				<li key={track.id}>
					<TrackRow
						track={track}
						index={index}
						lead={numbered ? (track.track_no ?? index + 1) : 'cover'}
						showAlbum={showAlbum ?? false}
						showArtist={ownArtist === undefined || track.artist !== ownArtist}
						onPlay={play}
						note={noteOf?.(track)}
					/>
				</li>
			))}
		</ol>
	);
}
