import { useTranslation } from 'react-i18next';
import { useMe } from '../api/session';
import type { Track } from '../api/types';
import type { Source } from '../player/queue';
import { currentItem, usePlayer } from '../player/store';
import { Button, IconButton, PlayButton } from './Button';
import { addToPlaylist } from './add-to-playlist';
import { toast } from './toast';

interface CollectionActionsProps {
	tracks: Track[];
	title: string;
	/** What they are played out of. */
	from?: Source;
	/** Those of a long list that have not been fetched yet. */
	rest?: () => Promise<Track[]>;
}

/** Play, shuffle and queue for a list of tracks. Play turns to pause while this very list is playing. */
export function CollectionActions({ tracks, title, from = { type: 'library' }, rest }: CollectionActionsProps) {
	const { t } = useTranslation();
	const { me } = useMe();
	const { playTracks, toggle, append } = usePlayer.getState();
	const here = usePlayer((state) => {
		const current = currentItem(state)?.track.id;
		return current !== undefined && tracks.some((track) => track.id === current);
	});
	const all = async () => (rest ? [...tracks, ...(await rest())] : tracks);
	const withAll = (use: (own: Track[]) => void) => void all().then(use, () => toast(t('error.text')));
	const playing = usePlayer((state) => state.wantsPlay) && here;
	return (
		<>
			<PlayButton
				playing={playing}
				label={t(playing ? 'player.pause' : 'album.play', { title })}
				onClick={() => (here ? toggle() : withAll((own) => playTracks(own, 0, { shuffle: false, from })))}
			/>
			{tracks.length > 1 && (
				<Button icon="shuffle" onClick={() => withAll((own) => playTracks(own, 0, { shuffle: true, from }))}>
					{t('player.shuffle')}
				</Button>
			)}
			<IconButton
				icon="queueAdd"
				size="lg"
				label={t('album.addToQueue')}
				onClick={() =>
					withAll((own) => {
						append(own, from);
						toast(t('track.addedToQueue', { title }));
					})
				}
			/>
			{me && (
				<IconButton
					icon="playlistAdd"
					size="lg"
					label={t('track.addToPlaylist')}
					onClick={() => withAll((own) => addToPlaylist({ title, ids: own.map((track) => track.id) }))}
				/>
			)}
		</>
	);
}
