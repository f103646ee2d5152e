import { describe, expect, it } from 'vitest';
import { trackOf } from '../test/tracks';
import { gainOf, volumeFactor } from './gain';
import { jointWanted } from './joint';
import { sourceOf } from './source';

const all = () => true;
const none = () => false;
const original = { format: 'original', bitrate: 192 } as const;

describe('the stream asked for', () => {
	it('is the file itself where the browser plays it', () => {
		expect(sourceOf(trackOf(1), original, all)).toEqual({ url: '/api/v1/tracks/1/stream', transcoded: false });
	});
	it('is Opus where the browser cannot play the file', () => {
		const playsOpus = (mime: string) => mime.includes('opus');
		expect(sourceOf(trackOf(1, { codec: 'alac' }), original, playsOpus).url).toBe(
			'/api/v1/tracks/1/stream?format=opus&bitrate=192',
		);
	});
	it('is MP3 where Opus does not play either', () => {
		expect(sourceOf(trackOf(1, { codec: 'ape' }), original, none).url).toContain('format=mp3');
	});
	it('is what the person chose', () => {
		expect(sourceOf(trackOf(1), { format: 'aac', bitrate: 128 }, all)).toEqual({
			url: '/api/v1/tracks/1/stream?format=aac&bitrate=128',
			transcoded: true,
		});
	});
	it('stays the file when that is small already', () => {
		const track = trackOf(1, { codec: 'mp3', container: 'mp3', bitrate: 128_000 });
		expect(sourceOf(track, { format: 'opus', bitrate: 192 }, all).transcoded).toBe(false);
	});
	it('starts at an offset', () => {
		expect(sourceOf(trackOf(1), { format: 'mp3', bitrate: 320 }, all, 61_500.4).url).toContain('offset_ms=61500');
	});
});

describe('loudness', () => {
	const tags = { track_gain_db: -6, track_peak: 0.9, album_gain_db: 3, album_peak: 0.8 };
	it('follows the track or the album', () => {
		expect(gainOf(tags, 'track')).toBeCloseTo(0.501, 3);
		expect(gainOf(tags, 'album')).toBeCloseTo(1.25, 3);
	});
	it('never lifts a peak past full scale', () => {
		expect(gainOf({ ...tags, album_gain_db: 20 }, 'album')).toBeCloseTo(1 / 0.8);
		expect(gainOf({ ...tags, track_gain_db: 6, track_peak: null }, 'track')).toBe(1);
	});
	it('leaves sound alone without tags or when off', () => {
		expect(gainOf(null, 'track')).toBe(1);
		expect(gainOf(tags, 'off')).toBe(1);
	});
	it('falls back to the track where the album has none', () => {
		expect(gainOf({ ...tags, album_gain_db: null }, 'album')).toBeCloseTo(0.501, 3);
	});
	it('takes the volume control by its square, within bounds', () => {
		expect(volumeFactor(0.5)).toBe(0.25);
		expect(volumeFactor(7)).toBe(1);
		expect(volumeFactor(-1)).toBe(0);
	});
});

describe('joints from decoded samples', () => {
	const device = { deviceMemory: 8 };
	it('are for neighbours of one album', () => {
		expect(jointWanted(trackOf(1), trackOf(2), device)).toBe(true);
		expect(jointWanted(trackOf(1), trackOf(2, { album_id: 2 }), device)).toBe(false);
		expect(jointWanted(trackOf(1, { album_id: null }), trackOf(2, { album_id: null }), device)).toBe(false);
	});
	it('are not for long tracks, small devices or metered lines', () => {
		expect(jointWanted(trackOf(1), trackOf(2, { duration_ms: 1_800_000 }), device)).toBe(false);
		expect(jointWanted(trackOf(1), trackOf(2), { deviceMemory: 2 })).toBe(false);
		expect(jointWanted(trackOf(1), trackOf(2), { connection: { saveData: true } })).toBe(false);
	});
});
