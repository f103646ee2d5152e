/* A page is its own chunk, fetched when it is gone to, together with the texts only it needs. */
import { lazy, type ComponentType } from 'react';
import { loadTexts } from '../i18n';

export function lazyPage(page: () => Promise<{ default: ComponentType }>, ...parts: string[]) {
	return lazy(async () => {
		const [module] = await Promise.all([page(), ...parts.map(loadTexts)]);
		return module;
	});
}
