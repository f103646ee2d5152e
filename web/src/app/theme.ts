/* Keeps <html data-theme> in step with the setting and the system; the first value is set by public/theme.js. */
import { useEffect } from 'react';
import { useSettings, type Theme } from './settings';

const BAR_COLOUR = { dark: '#0b0f17', light: '#f5f6f9' } as const;

function apply(theme: Theme, systemIsDark: boolean): void {
	/* Set by an app around us (app/telegram.ts). */
	const { host } = document.documentElement.dataset;
	const system = host === 'dark' || host === 'light' ? host : systemIsDark ? 'dark' : 'light';
	const shown = theme === 'system' ? system : theme;
	document.documentElement.dataset.theme = shown;
	document.querySelector('meta[name="theme-color"]')?.setAttribute('content', BAR_COLOUR[shown]);
}

export function useTheme(): void {
	const theme = useSettings((settings) => settings.theme);
	useEffect(() => {
		const system = matchMedia('(prefers-color-scheme: dark)');
		const update = () => apply(theme, system.matches);
		update();
		system.addEventListener('change', update);
		return () => system.removeEventListener('change', update);
	}, [theme]);
}
