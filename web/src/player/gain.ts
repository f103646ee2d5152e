/* Loudness levelling from ReplayGain tags. */
import type { ReplayGain } from '../api/types';
import type { GainMode } from '../app/settings';

/** Linear factor for a track, lowered where it would push the loudest sample past full scale. */
export function gainOf(tags: ReplayGain | null, mode: GainMode): number {
	if (!tags || mode === 'off') return 1;
	const album = mode === 'album' && tags.album_gain_db !== null;
	const decibels = album ? tags.album_gain_db : tags.track_gain_db;
	const peak = album ? tags.album_peak : tags.track_peak;
	if (decibels === null || !Number.isFinite(decibels)) return 1;
	const factor = 10 ** (decibels / 20);
	/* Without a known peak, gain above 1 could clip: then only turn down. */
	const ceiling = peak !== null && peak > 0 ? 1 / peak : 1;
	return Math.min(factor, ceiling);
}

/** Position of the volume control (0..1) to a factor; the square is close to how loudness is heard. */
export const volumeFactor = (position: number): number => Math.min(1, Math.max(0, position)) ** 2;
