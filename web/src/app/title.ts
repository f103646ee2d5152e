/* The browser's title: what plays first, then the page. */
import { useEffect } from 'react';
import { currentPageTitle } from '../components/Page';
import { currentItem, usePlayer } from '../player/store';

export function useTitle(): void {
	const track = usePlayer((state) => (state.wantsPlay ? currentItem(state)?.track : undefined));
	useEffect(() => {
		const update = () => {
			const page = currentPageTitle();
			const rest = page ? `${page} · Ogma` : 'Ogma';
			document.title = track ? `${track.title} · ${track.artist} — ${rest}` : rest;
		};
		update();
		addEventListener('ogma:title', update);
		return () => removeEventListener('ogma:title', update);
	}, [track]);
}
