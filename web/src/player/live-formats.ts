import type { LiveFormat } from '../api/channels';
import type { CanPlay } from './source';

const MIME: [LiveFormat, string][] = [
	['opus', 'audio/ogg; codecs="opus"'],
	['aac', 'audio/aac'],
	['mp3', 'audio/mpeg'],
];

/** Formats of a channel this browser can play, the one that was chosen in the settings first. */
export function formatsFor(wanted: string, canPlay: CanPlay): LiveFormat[] {
	const playable = MIME.filter(([, mime]) => canPlay(mime)).map(([format]) => format);
	const order = playable.sort((a, b) => Number(b === wanted) - Number(a === wanted));
	return order.length > 0 ? order : ['mp3'];
}
