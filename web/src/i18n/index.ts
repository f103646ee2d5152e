/* Texts. Only the language in use is fetched, and of it only what the pages need that were gone to: `en.json` and
 * `ru.json` hold what every page needs, `parts/NAME.LANGUAGE.json` one group of texts ("NAME": {…}) each. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { useSettings, type Language } from '../app/settings';

type Texts = Record<string, unknown>;
type Loader = () => Promise<{ default: Texts }>;

const bases: Record<Language, Loader> = {
	en: () => import('./en.json'),
	ru: () => import('./ru.json'),
};
const partLoaders = import.meta.glob<{ default: Texts }>('./parts/*.json');

const parts = new Set<string>();

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

async function loadPart(language: Language, part: string): Promise<void> {
	if (i18next.getResource(language, 'translation', part) !== undefined) return;
	const texts = await partLoaders[`./parts/${part}.${language}.json`]?.();
	if (texts) i18next.addResourceBundle(language, 'translation', texts.default, true);
}

/** Texts of a part of the app, to be there before its first page is drawn. */
export async function loadTexts(part: string): Promise<void> {
	parts.add(part);
	await loadPart(i18next.language as Language, part);
}

async function load(language: Language): Promise<void> {
	if (!i18next.hasResourceBundle(language, 'translation')) {
		i18next.addResourceBundle(language, 'translation', (await bases[language]()).default);
	}
	await Promise.all([...parts].map((part) => loadPart(language, part)));
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
