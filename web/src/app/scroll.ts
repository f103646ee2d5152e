/* New pages start at the top, "back" returns to the place one left. A page needs some frames to grow to its height, so
 * the place is tried for a moment, until it is reached or the reader scrolls. */
import { useEffect, useLayoutEffect, useSyncExternalStore } from 'react';
import { useLocation, useNavigationType } from 'react-router';

const KEY = 'ogma.scroll';
const PLACES_MAX = 60;
const TRY_FRAMES = 40;

function readPlaces(): Map<string, number> {
	try {
		return new Map(JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as [string, number][]);
	} catch {
		return new Map();
	}
}

const places = readPlaces();

function remember(key: string): void {
	places.delete(key);
	places.set(key, scrollY);
	for (const oldest of places.keys()) {
		if (places.size <= PLACES_MAX) break;
		places.delete(oldest);
	}
}

function restore(goal: number): () => void {
	let frames = TRY_FRAMES;
	let frame = 0;
	const stop = () => cancelAnimationFrame(frame);
	const attempt = () => {
		scrollTo(0, goal);
		frames -= 1;
		if (frames > 0 && Math.abs(scrollY - goal) > 1) frame = requestAnimationFrame(attempt);
	};
	attempt();
	addEventListener('wheel', stop, { once: true, passive: true });
	addEventListener('touchstart', stop, { once: true, passive: true });
	return stop;
}

export function useScrollPlaces(): void {
	const { key, pathname } = useLocation();
	const how = useNavigationType();

	useEffect(() => {
		history.scrollRestoration = 'manual';
		const save = () => sessionStorage.setItem(KEY, JSON.stringify([...places]));
		addEventListener('pagehide', save);
		return () => removeEventListener('pagehide', save);
	}, []);

	/* Before the paint and before the next effect: the jump to the top must already count for the new page. */
	useLayoutEffect(() => {
		const onScroll = () => remember(key);
		addEventListener('scroll', onScroll, { passive: true });
		return () => removeEventListener('scroll', onScroll);
	}, [key]);

	useLayoutEffect(() => {
		const place = how === 'POP' ? places.get(key) : undefined;
		if (place !== undefined) return restore(place);
		if (how !== 'REPLACE') scrollTo(0, 0);
		/* pathname: a replaced address on another page (search) starts at the top as well */
	}, [key, pathname, how]);
}

const onWindowScroll = (listener: () => void) => {
	addEventListener('scroll', listener, { passive: true });
	return () => removeEventListener('scroll', listener);
};

/** Whether the page has left its top, and the header needs a ground of its own. */
export const useScrolled = (): boolean => useSyncExternalStore(onWindowScroll, () => scrollY > 8);
