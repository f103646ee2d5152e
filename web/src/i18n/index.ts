/* Texts. Only the language in use is fetched; the other one comes when it is asked for. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { useSettings, type Language } from '../app/settings';

const loaders: Record<Language, () => Promise<{ default: Record<string, unknown> }>> = {
	en: () => import('./en.json'),
	ru: () => import('./ru.json'),
};

export const LANGUAGES: { code: Language; name: string }[] = [
	{ code: 'ru', name: 'Русский' },
	{ code: 'en', name: 'English' },
];

export function preferredLanguage(wanted: readonly string[]): Language {
	for (const tag of wanted) {
		const code = tag.toLowerCase().split('-')[0];
		if (code === 'ru' || code === 'en') return code;
	}
	return 'en';
}

async function load(language: Language): Promise<void> {
	if (!i18next.hasResourceBundle(language, 'translation')) {
		i18next.addResourceBundle(language, 'translation', (await loaders[language]()).default);
	}
}

export async function setLanguage(language: Language): Promise<void> {
	await load(language);
	await i18next.changeLanguage(language);
	document.documentElement.lang = language;
}

export async function startI18n(): Promise<void> {
	const language = useSettings.getState().language ?? preferredLanguage(navigator.languages);
	await i18next.use(initReactI18next).init({
		lng: language,
		resources: {},
		fallbackLng: false,
		interpolation: { escapeValue: false },
		react: { useSuspense: false },
	});
	await setLanguage(language);
}
