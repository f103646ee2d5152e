import { useTranslation } from 'react-i18next';
import type { Track } from '../../api/types';
import { TrackRow } from '../../components/TrackRow';
import { usePlayer } from '../../player/store';

interface DiscListProps {
	tracks: Track[];
	artist: string | null;
	album: number;
}

/** An album's tracks, under a heading per disc where there are several. Playing one queues the whole album. */
export function DiscList({ tracks, artist, album }: DiscListProps) {
	const { t } = useTranslation();
	const discs = [...new Set(tracks.map((track) => track.disc_no ?? 1))];
	const play = (index: number) =>
		usePlayer.getState().playTracks(tracks, index, { from: { type: 'album', id: album } });
	const plain = tracks.every((track) => track.artist === artist);
	return (
		<div className="-mx-2">
			{discs.map((disc) => (
				<div key={disc}>
					{discs.length > 1 && <h2 className="px-2 pt-6 pb-2 text-lg">{t('album.disc', { number: disc })}</h2>}
					<ol aria-label={discs.length > 1 ? t('album.disc', { number: disc }) : t('nav.tracks')}>
						{tracks.map((track, index) =>
							(track.disc_no ?? 1) === disc ? (
								<li key={track.id}>
									<TrackRow track={track} index={index} lead={track.track_no ?? 0} showArtist={!plain} onPlay={play} />
								</li>
							) : null,
						)}
					</ol>
				</div>
			))}
		</div>
	);
}
