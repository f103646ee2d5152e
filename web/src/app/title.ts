/* The browser's title: what plays first, then the page. */
import { useEffect } from 'react';
import { currentPageTitle } from '../components/Page';
import { currentItem, usePlayer } from '../player/store';
import { trackArtist } from '../i18n/names';

export function useTitle(): void {
	const track = usePlayer((state) => (state.wantsPlay ? currentItem(state)?.track : undefined));
	useEffect(() => {
		const update = () => {
			const page = currentPageTitle();
			const rest = page ? `${page} · Ogma` : 'Ogma';
			document.title = track ? `${track.title} · ${trackArtist(track)} — ${rest}` : rest;
		};
		update();
		addEventListener('ogma:title', update);
		return () => removeEventListener('ogma:title', update);
	}, [track]);
}
