import { describe, expect, it } from 'vitest';
import enBase from './en.json';
import ruBase from './ru.json';

type Texts = { [key: string]: string | Texts };

const files = import.meta.glob<Texts>('./parts/*.json', { import: 'default', eager: true });

/** What there is once every part has been loaded. */
const allOf = (language: string, base: Texts): Texts =>
	Object.entries(files)
		.filter(([file]) => file.endsWith(`.${language}.json`))
		.reduce((all, [, texts]) => ({ ...all, ...texts }), base);

const en = allOf('en', enBase);
const ru = allOf('ru', ruBase);

const keysOf = (texts: Texts, prefix = ''): string[] =>
	Object.entries(texts).flatMap(([key, value]) =>
		typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
	);
const PLURAL = /_(zero|one|two|few|many|other)$/;
const baseOf = (key: string) => key.replace(PLURAL, '');
const textOf = (texts: Texts, key: string) =>
	key
		.split('.')
		.reduce<string | Texts | undefined>((at, part) => (typeof at === 'object' ? at[part] : undefined), texts);

const keys = { en: keysOf(en), ru: keysOf(ru) };
const bases = { en: new Set(keys.en.map(baseOf)), ru: new Set(keys.ru.map(baseOf)) };

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.ts'], {
	query: '?raw',
	import: 'default',
	eager: true,
});

describe('texts', () => {
	it('of a part are one group, named as its file, and in no other file', () => {
		const owners = new Map(Object.keys(enBase).map((group) => [group, 'en.json']));
		for (const [file, texts] of Object.entries(files)) {
			const name = /parts\/(\w+)\.(?:en|ru)\.json$/.exec(file)?.[1];
			expect(Object.keys(texts), file).toEqual([name]);
			expect(owners.get(name!), file).toBeUndefined();
		}
	});
	it('are the same set in both languages', () => {
		expect([...bases.ru].sort()).toEqual([...bases.en].sort());
	});
	it('have every plural form their language needs', () => {
		for (const [language, own] of Object.entries(keys)) {
			const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
			for (const base of new Set(own.filter((key) => PLURAL.test(key)).map(baseOf))) {
				for (const form of forms) expect(own, `${language}: ${base}`).toContain(`${base}_${form}`);
			}
		}
	});
	it('name the same values in both languages', () => {
		const valuesIn = (text: unknown) => [...String(text).matchAll(/\{\{(\w+)/g)].map(([, name]) => name).sort();
		for (const key of keys.en.filter((own) => keys.ru.includes(own))) {
			expect(valuesIn(textOf(ru, key)), key).toEqual(valuesIn(textOf(en, key)));
		}
	});
	it('exist for every key the code asks for by name', () => {
		const asked = Object.entries(sources).flatMap(([file, text]) =>
			[...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => ({ file, key: key! })),
		);
		expect(asked.length).toBeGreaterThan(50);
		for (const { file, key } of asked) expect(bases.en, `${key} in ${file}`).toContain(key);
	});
	it('exist for every order a list of the library offers', () => {
		const lists = Object.entries(sources).filter(([, text]) => /<LibraryHead/.test(text) && /SORTS = \[/.test(text));
		expect(lists.length).toBeGreaterThan(3);
		for (const [file, text] of lists) {
			const [, sorts] = /SORTS = \[([^\]]*)\]/.exec(text)!;
			for (const [, sort] of sorts!.matchAll(/'([^']+)'/g)) {
				expect(bases.en, `${sort} in ${file}`).toContain(`sort.${sort!.replace('-', 'desc_')}`);
			}
		}
	});
	it('exist for every choice the code makes between keys', () => {
		const quoted = Object.values(sources).flatMap((text) =>
			[...text.matchAll(/'((?:[a-z]\w*\.)+\w+)'/g)].map(([, key]) => key!),
		);
		const groups = new Set([...bases.en].map((key) => key.split('.')[0]));
		for (const key of quoted.filter((own) => groups.has(own.split('.')[0]!))) expect(bases.en, key).toContain(key);
	});
	it('are written in no component: Cyrillic stands only in the texts, alphabets and language names', () => {
		const allowed = /LetterRail|format\.ts|\/index\.ts/;
		for (const [file, text] of Object.entries(sources)) {
			const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
			if (!allowed.test(file)) expect(/[а-яё]/i.test(code), file).toBe(false);
		}
	});
});
