/* Which stream of a track to ask for: the original file where the browser can play it and the setting allows, else a
 * transcoded one. */
import type { Track } from '../api/types';
import type { StreamFormat } from '../app/settings';

export interface SourceChoice {
	format: StreamFormat;
	/** kbit/s */
	bitrate: number;
}

export interface Source {
	url: string;
	/** Whether the server makes this stream now; then it may have no length and no ranges yet. */
	transcoded: boolean;
}

export type CanPlay = (mime: string) => boolean;

const MIME_OF_CODEC: Record<string, string> = {
	mp3: 'audio/mpeg',
	flac: 'audio/flac',
	aac: 'audio/mp4; codecs="mp4a.40.2"',
	alac: 'audio/mp4; codecs="alac"',
	vorbis: 'audio/ogg; codecs="vorbis"',
	opus: 'audio/ogg; codecs="opus"',
};

const LOSSLESS = /^(flac|alac|pcm|wav|wavpack|ape|dsd)/;

export function mimeOf(track: Pick<Track, 'codec' | 'container'>): string | null {
	if (track.codec.startsWith('pcm')) return /wav/.test(track.container) ? 'audio/wav' : null;
	return MIME_OF_CODEC[track.codec] ?? null;
}

function playsAsIs(track: Track, canPlay: CanPlay): boolean {
	const mime = mimeOf(track);
	return mime !== null && canPlay(mime);
}

/** A lossy file that is already at or under the wanted rate only loses by another encoding. */
function smallEnough(track: Track, bitrate: number): boolean {
	return !LOSSLESS.test(track.codec) && track.bitrate !== null && track.bitrate <= bitrate * 1000;
}

export function sourceOf(track: Track, choice: SourceChoice, canPlay: CanPlay, offsetMs = 0): Source {
	const asIs = playsAsIs(track, canPlay);
	const wantsOriginal = choice.format === 'original' || smallEnough(track, choice.bitrate);
	if (asIs && wantsOriginal) return { url: track.stream_url, transcoded: false };
	return transcodedSource(track, choice, canPlay, offsetMs);
}

export function transcodedSource(track: Track, choice: SourceChoice, canPlay: CanPlay, offsetMs = 0): Source {
	const opusPlays = canPlay(MIME_OF_CODEC.opus ?? '');
	let format: StreamFormat = choice.format === 'original' ? 'opus' : choice.format;
	if (format === 'opus' && !opusPlays) format = 'mp3';
	const query = new URLSearchParams({ format, bitrate: String(choice.bitrate) });
	if (offsetMs > 0) query.set('offset_ms', String(Math.round(offsetMs)));
	return { url: `${track.stream_url}?${query.toString()}`, transcoded: true };
}

let probe: HTMLAudioElement | null = null;

export function browserCanPlay(mime: string): boolean {
	probe ??= document.createElement('audio');
	return probe.canPlayType(mime) !== '';
}

/** Whether a server answers there at all, whatever it says. */
export async function answers(url: string): Promise<boolean> {
	try {
		await fetch(url, { method: 'HEAD' });
		return true;
	} catch {
		return false;
	}
}
