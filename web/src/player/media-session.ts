/* The system's own controls: media keys, lock screen, headset buttons. */
import { currentItem, engine, onPlayerTime, playerDuration, playerPosition, usePlayer } from './store';
import { coverSrc } from '../components/cover-url';
import { trackArtist } from '../i18n/names';

const SEEK_STEP_MS = 10_000;

function showMetadata(): void {
	const item = currentItem(usePlayer.getState());
	if (!item) {
		navigator.mediaSession.metadata = null;
		return;
	}
	const { title, album, cover_url } = item.track;
	const artist = trackArtist(item.track);
	const artwork = cover_url
		? [300, 1200].map((size) => ({ src: coverSrc(cover_url, size), sizes: `${size}x${size}` }))
		: [{ src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' }];
	navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album: album ?? '', artwork });
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
	const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
		['play', () => player().play()],
		['pause', () => player().pause()],
		['stop', () => player().pause()],
		['nexttrack', () => player().next()],
		['previoustrack', () => player().previous()],
		['seekforward', (details) => player().seekBy((details.seekOffset ?? 0) * 1000 || SEEK_STEP_MS)],
		['seekbackward', (details) => player().seekBy(-((details.seekOffset ?? 0) * 1000 || SEEK_STEP_MS))],
		['seekto', (details) => player().seek((details.seekTime ?? 0) * 1000)],
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
		const now = currentItem(player())?.key;
		if (now !== key) showMetadata();
		key = now;
		showState();
	};
	update();
	usePlayer.subscribe(update);
	let lastSecond = -1;
	onPlayerTime(() => {
		const second = Math.floor(engine.position());
		if (second === lastSecond) return;
		lastSecond = second;
		showPosition();
	});
}
