/* Tracks for tests. */
import type { Track } from '../api/types';

export function trackOf(id: number, change: Partial<Track> = {}): Track {
	return {
		id,
		title: `Track ${id}`,
		artist: 'Artist',
		artist_id: 1,
		artists: [{ id: 1, name: 'Artist', role: 'main' }],
		album: 'Album',
		album_id: 1,
		album_artist: 'Artist',
		genre: null,
		genre_guess: null,
		genres: [],
		duration_ms: 180_000,
		track_no: id,
		disc_no: 1,
		year: 1999,
		tempo: null,
		energy: null,
		valence: null,
		danceability: null,
		key: null,
		loudness_lufs: null,
		popularity: 0,
		play_count: 0,
		cover_url: null,
		stream_url: `/api/v1/tracks/${id}/stream`,
		source: 'folder',
		codec: 'flac',
		container: 'flac',
		bitrate: 900_000,
		sample_rate: 44_100,
		channels: 2,
		bit_depth: 16,
		size_bytes: 20_000_000,
		gapless: null,
		replaygain: null,
		composer: null,
		has_lyrics: false,
		created_at: '2026-01-01T00:00:00.000Z',
		updated_at: '2026-01-01T00:00:00.000Z',
		...change,
	};
}

export const tracksOf = (count: number): Track[] => Array.from({ length: count }, (_, at) => trackOf(at + 1));
