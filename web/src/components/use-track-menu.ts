import { useTranslation } from 'react-i18next';
import { setFavorite, useFavorites } from '../api/favorites';
import { useMe } from '../api/session';
import { apiGet, apiPath } from '../api/client';
import type { Page, Track } from '../api/types';
import { currentItem, usePlayer } from '../player/store';
import { addToPlaylist } from './add-to-playlist';
import type { MenuEntry } from './Menu';
import { toast } from './toast';

const LIKE = 30; // tracks

/** What one can do with a track, wherever it is shown. */
export function useTrackMenu(): (track: Track) => MenuEntry[] {
	const { t } = useTranslation();
	const { me } = useMe();
	const { insertNext, append, playTracks } = usePlayer.getState();
	/** Goes on with it where it plays, else begins with it. */
	const playLike = async (track: Track) => {
		try {
			const { items } = await apiGet<Page<Track>>(apiPath(`/tracks/${track.id}/similar`, { limit: LIKE }));
			if (items.length === 0) return toast(t('track.noneLike'));
			if (currentItem(usePlayer.getState())?.track.id === track.id) insertNext(items);
			else playTracks([track, ...items], 0, { shuffle: false, from: { type: 'recommendation' } });
			toast(t('track.similar'));
		} catch {
			toast(t('error.text'));
		}
	};
	return (track) => {
		const entries: MenuEntry[] = [
			{
				icon: 'playNext',
				label: t('track.playNext'),
				run: () => {
					insertNext([track]);
					toast(t('track.willPlayNext', { title: track.title }));
				},
			},
			{
				icon: 'plus',
				label: t('track.addToQueue'),
				run: () => {
					append([track]);
					toast(t('track.addedToQueue', { title: track.title }));
				},
			},
		];
		entries.push({ icon: 'shuffle', label: t('track.moreLike'), run: () => void playLike(track) });
		if (me) {
			const liked = useFavorites.getState().track?.ids.has(track.id) ?? false;
			entries.push(
				{
					icon: 'playlistAdd',
					label: t('track.addToPlaylist'),
					run: () => addToPlaylist({ title: track.title, ids: [track.id] }),
				},
				{
					icon: liked ? 'heartFull' : 'heart',
					label: t(liked ? 'track.unlike' : 'track.like'),
					run: () => void setFavorite('track', track.id, !liked).catch(() => toast(t('error.text'))),
				},
			);
		}
		if (track.album_id !== null) {
			entries.push({ icon: 'albums', label: t('track.goToAlbum'), to: `/albums/${track.album_id}` });
		}
		if (track.artist_id !== null) {
			entries.push({ icon: 'artists', label: t('track.goToArtist'), to: `/artists/${track.artist_id}` });
		}
		entries.push(
			{ icon: 'info', label: t('track.details'), to: `/tracks/${track.id}` },
			{ icon: 'download', label: t('track.download'), href: `/api/v1/tracks/${track.id}/download` },
		);
		return entries;
	};
}
