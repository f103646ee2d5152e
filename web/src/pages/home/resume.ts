import type { ContinueItem } from '../../api/history';
import { fetchAllTracks } from '../../api/hooks';
import type { Track } from '../../api/types';
import { queueFrom } from '../../player/queue';
import { usePlayer } from '../../player/store';

function tracksOf({ type, id, track }: ContinueItem): Promise<Track[]> {
	if (type === 'track') return Promise.resolve([track]);
	if (type === 'genre') return fetchAllTracks('/tracks/', { genre_id: id });
	return fetchAllTracks(`/${type}s/${id}/tracks`, {}, 2000);
}

/** Goes on in an album, a playlist, an artist where it was left, to the second. */
export async function resume(item: ContinueItem): Promise<void> {
	const tracks = await tracksOf(item);
	const same = (at: number) => tracks[at]?.id === item.track.id;
	const at = same(item.index) ? item.index : tracks.findIndex((track) => track.id === item.track.id);
	/* The track has left the list since: play it, then the list. */
	const list = at < 0 ? [item.track, ...tracks] : tracks;
	const from = item.type === 'track' ? { type: 'library' as const } : { type: item.type, id: item.id };
	const { adopt, play, repeat } = usePlayer.getState();
	adopt(queueFrom(list, Math.max(0, at), from), item.position_ms, repeat);
	play();
}
