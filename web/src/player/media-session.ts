/* The system's own controls: media keys, lock screen, headset buttons. */
import { radioSounds, useRadio } from './radio';
import { currentItem, engine, onPlayerTime, playerDuration, playerPosition, usePlayer } from './store';
import { coverSrc, trackCover } from '../components/cover-url';
import { trackArtist } from '../i18n/names';

const SEEK_STEP_MS = 10_000;

const artworkOf = (cover: string | null): MediaImage[] =>
	cover
		? [300, 1200].map((size) => ({ src: coverSrc(cover, size), sizes: `${size}x${size}` }))
		: [{ src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' }];

/** A live channel: no length and no place in it. True: one is tuned in to. */
function showLive(): boolean {
	const radio = useRadio.getState();
	if (!radio.station) return false;
	const { title } = radio.station;
	navigator.mediaSession.metadata = new MediaMetadata({
		title: radio.now?.title ?? title,
		artist: radio.now?.artist ?? '',
		album: title,
		artwork: artworkOf(radio.now?.cover ?? null),
	});
	navigator.mediaSession.playbackState = radioSounds(radio) ? 'playing' : 'paused';
	navigator.mediaSession.setPositionState();
	return true;
}

function showMetadata(): void {
	const item = currentItem(usePlayer.getState());
	if (!item) {
		navigator.mediaSession.metadata = null;
		return;
	}
	const { title, album } = item.track;
	const artist = trackArtist(item.track);
	navigator.mediaSession.metadata = new MediaMetadata({
		title,
		artist,
		album: album ?? '',
		artwork: artworkOf(trackCover(item.track)),
	});
}

function showState(): void {
	const { wantsPlay, queue } = usePlayer.getState();
	navigator.mediaSession.playbackState = queue.index < 0 ? 'none' : wantsPlay ? 'playing' : 'paused';
}

function showPosition(): void {
	const duration = playerDuration() / 1000;
	if (!(duration > 0)) return;
	const position = Math.min(playerPosition() / 1000, duration);
	navigator.mediaSession.setPositionState({ duration, position, playbackRate: 1 });
}

export function startMediaSession(): void {
	if (!('mediaSession' in navigator)) return;
	const player = usePlayer.getState;
	const radio = useRadio.getState;
	const forTracks =
		(work: MediaSessionActionHandler): MediaSessionActionHandler =>
		(details) => {
			if (!radio().station) work(details);
		};
	const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
		['play', () => (radio().station ? radio().play() : player().play())],
		['pause', () => (radio().station ? radio().stop() : player().pause())],
		['stop', () => (radio().station ? radio().stop() : player().pause())],
		['nexttrack', forTracks(() => player().next())],
		['previoustrack', forTracks(() => player().previous())],
		['seekforward', forTracks((details) => player().seekBy((details.seekOffset ?? 0) * 1000 || SEEK_STEP_MS))],
		['seekbackward', forTracks((details) => player().seekBy(-((details.seekOffset ?? 0) * 1000 || SEEK_STEP_MS)))],
		['seekto', forTracks((details) => player().seek((details.seekTime ?? 0) * 1000))],
	];
	for (const [action, handler] of handlers) {
		try {
			navigator.mediaSession.setActionHandler(action, handler);
		} catch {
			/* this browser does not know the action */
		}
	}
	let key: string | undefined;
	const update = () => {
		if (showLive()) {
			key = undefined;
			return;
		}
		const now = currentItem(player())?.key;
		if (now !== key) showMetadata();
		key = now;
		showState();
	};
	update();
	usePlayer.subscribe(() => {
		if (!radio().station) update();
	});
	useRadio.subscribe(update);
	let lastSecond = -1;
	onPlayerTime(() => {
		const second = Math.floor(engine.position());
		if (second === lastSecond || radio().station) return;
		lastSecond = second;
		showPosition();
	});
}
