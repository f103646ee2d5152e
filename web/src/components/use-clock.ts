/* A clock for components that count seconds: those of a page are drawn together, once a second. */
import { useSyncExternalStore } from 'react';

const STEP_MS = 1000;
const listeners = new Set<() => void>();
let timer = 0;

function subscribe(listener: () => void): () => void {
	listeners.add(listener);
	if (!timer) timer = window.setInterval(() => listeners.forEach((each) => each()), STEP_MS);
	return () => {
		listeners.delete(listener);
		if (listeners.size > 0) return;
		window.clearInterval(timer);
		timer = 0;
	};
}

const tick = () => Math.floor(performance.now() / STEP_MS) * STEP_MS;

/** performance.now(), in whole seconds. */
export const useClock = (): number => useSyncExternalStore(subscribe, tick);
