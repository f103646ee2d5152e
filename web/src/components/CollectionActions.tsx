import { useTranslation } from 'react-i18next';
import type { Track } from '../api/types';
import { currentItem, usePlayer } from '../player/store';
import { Button, IconButton, PlayButton } from './Button';
import { toast } from './toast';

/** Play, shuffle and queue for a list of tracks. Play turns to pause while this very list is playing. */
export function CollectionActions({ tracks, title }: { tracks: Track[]; title: string }) {
	const { t } = useTranslation();
	const { playTracks, toggle, append } = usePlayer.getState();
	const here = usePlayer((state) => {
		const current = currentItem(state)?.track.id;
		return current !== undefined && tracks.some((track) => track.id === current);
	});
	const playing = usePlayer((state) => state.wantsPlay) && here;
	return (
		<>
			<PlayButton
				playing={playing}
				label={t(playing ? 'player.pause' : 'album.play', { title })}
				onClick={() => (here ? toggle() : playTracks(tracks, 0, { shuffle: false }))}
			/>
			{tracks.length > 1 && (
				<Button icon="shuffle" onClick={() => playTracks(tracks, 0, { shuffle: true })}>
					{t('player.shuffle')}
				</Button>
			)}
			<IconButton
				icon="plus"
				size="lg"
				label={t('album.addToQueue')}
				onClick={() => {
					append(tracks);
					toast(t('track.addedToQueue', { title }));
				}}
			/>
		</>
	);
}
