import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import { bitrateOf, clockOf, dateOf, lengthOf, sampleRateOf, sizeOf } from './format';
import { preferredLanguage } from './index';
import ru from './ru.json';
import en from './en.json';

/** Intl uses several kinds of space; tests should not care which. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('numbers and times', () => {
	it.each([
		[0, '0:00'],
		[999, '0:00'],
		[61_000, '1:01'],
		[3_599_999, '59:59'],
		[3_723_000, '1:02:03'],
		[NaN, '0:00'],
		[Infinity, '0:00'],
		[-5, '0:00'],
	])('shows %d ms as %s', (ms, expected) => expect(clockOf(ms)).toBe(expected));
	it('tells lengths in the two largest units', () => {
		expect(plain(lengthOf(11_520_000, 'en'))).toBe('3 hr 12 min');
		expect(plain(lengthOf(11_520_000, 'ru'))).toBe('3 ч 12 мин');
		expect(plain(lengthOf(7_200_000, 'en'))).toBe('2 hr');
		expect(plain(lengthOf(12_000, 'en'))).toBe('12 sec');
		expect(plain(lengthOf(90_000_000, 'en'))).toBe('1 day 1 hr');
	});
	it('tells sizes and rates', () => {
		expect(plain(sizeOf(1_500_000, 'en'))).toBe('1.5 MB');
		expect(plain(sizeOf(25_000_000_000, 'ru'))).toBe('25 ГБ');
		expect(plain(sizeOf(0, 'en'))).toBe('0 byte');
		expect(plain(bitrateOf(912_345, 'ru'))).toBe('912 кбит/с');
		expect(plain(sampleRateOf(44_100, 'ru'))).toBe('44,1 кГц');
	});
	it('has no words for a date that is none', () => expect(dateOf('nonsense', 'en')).toBe(''));
});

describe('language', () => {
	it('is the first one wanted that there is, else English', () => {
		expect(preferredLanguage(['de-DE', 'ru-RU', 'en'])).toBe('ru');
		expect(preferredLanguage(['en-GB', 'ru'])).toBe('en');
		expect(preferredLanguage(['de'])).toBe('en');
		expect(preferredLanguage([])).toBe('en');
	});
	it('counts as people of it do', async () => {
		const texts = i18next.createInstance();
		await texts.init({ lng: 'ru', resources: { ru: { translation: ru }, en: { translation: en } } });
		const counted = [1, 2, 5, 11, 21, 22, 112, 1234].map((count) => plain(texts.t('count.tracks', { count })));
		expect(counted).toEqual([
			'1 трек',
			'2 трека',
			'5 треков',
			'11 треков',
			'21 трек',
			'22 трека',
			'112 треков',
			'1 234 трека',
		]);
		await texts.changeLanguage('en');
		expect(texts.t('count.albums', { count: 1 })).toBe('1 album');
		expect(texts.t('count.albums', { count: 2 })).toBe('2 albums');
	});
});
