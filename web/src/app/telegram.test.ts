import { describe, expect, it } from 'vitest';
import { isDark, launchOf } from './telegram';

describe('a start out of Telegram', () => {
	it('carries the signed data as it was, still encoded inside', () => {
		const initData = 'query_id=AA&user=%7B%22id%22%3A42%7D&auth_date=1700000000&hash=ab';
		const theme = JSON.stringify({ bg_color: '#17212b' });
		const hash = `#tgWebAppData=${encodeURIComponent(initData)}&tgWebAppVersion=8.0&tgWebAppThemeParams=${encodeURIComponent(theme)}`;
		expect(launchOf(hash)).toEqual({ initData, dark: true });
	});
	it('is none without the data', () => {
		expect(launchOf('')).toBeNull();
		expect(launchOf('#tgWebAppVersion=8.0')).toBeNull();
	});
	it('does without colours it cannot read', () => {
		expect(launchOf('#tgWebAppData=a%3Db&tgWebAppThemeParams=%7B')).toEqual({ initData: 'a=b', dark: null });
		expect(isDark('#ffffff')).toBe(false);
		expect(isDark('red')).toBeNull();
		expect(isDark(undefined)).toBeNull();
	});
});
