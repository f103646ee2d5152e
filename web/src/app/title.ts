/* The browser's title: what plays first, then the page. */
import { useEffect } from 'react';
import { currentPageTitle } from '../components/Page';
import { radioSounds, useRadio } from '../player/radio';
import { currentItem, usePlayer } from '../player/store';
import { trackArtist } from '../i18n/names';

export function useTitle(): void {
	const track = usePlayer((state) => (state.wantsPlay ? currentItem(state)?.track : undefined));
	const live = useRadio((state) =>
		radioSounds(state) && state.station
			? [state.now?.title, state.now?.artist, state.station.title].filter(Boolean).join(' · ')
			: '',
	);
	useEffect(() => {
		const update = () => {
			const page = currentPageTitle();
			const rest = page ? `${page} · Ogma` : 'Ogma';
			const playing = live || (track ? `${track.title} · ${trackArtist(track)}` : '');
			document.title = playing ? `${playing} — ${rest}` : rest;
		};
		update();
		addEventListener('ogma:title', update);
		return () => removeEventListener('ogma:title', update);
	}, [track, live]);
}
