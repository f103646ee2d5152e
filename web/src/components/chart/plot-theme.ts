/* Colours of the theme in use, for what is drawn on a canvas. */
import { useSyncExternalStore } from 'react';

function subscribe(changed: () => void): () => void {
	const observer = new MutationObserver(changed);
	observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
	return () => observer.disconnect();
}

/** "light" or "dark"; a component that asks is drawn anew when it changes. */
export const useThemeName = (): string =>
	useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme ?? 'dark');

export function token(name: string): string {
	return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
