/* Makes docs/pictures: the main pages, both themes, desktop and phone. `npm run pictures` in tests/. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Browser } from '@playwright/test';
import { Ogma, test } from './ogma';

const folder = resolve(import.meta.dirname, '../../docs/pictures');

const SHAPES = {
	desktop: { viewport: { width: 1280, height: 800 } },
	phone: { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1.5 },
};

type Shape = keyof typeof SHAPES;

interface Picture {
	name: string;
	shape: Shape;
	theme: 'light' | 'dark';
	/** Where, once something plays; the album is the one that plays. */
	path: (album: number) => string;
	sheet?: boolean;
}

const PICTURES: Picture[] = [
	{ name: 'home-dark', shape: 'desktop', theme: 'dark', path: () => '/' },
	{ name: 'home-light', shape: 'desktop', theme: 'light', path: () => '/' },
	{ name: 'album-dark', shape: 'desktop', theme: 'dark', path: (album) => `/albums/${album}` },
	{
		name: 'search-light',
		shape: 'desktop',
		theme: 'light',
		path: () => `/search?q=${encodeURIComponent('xfqrjdcrbq')}`,
	},
	{ name: 'playing-dark', shape: 'desktop', theme: 'dark', path: (album) => `/albums/${album}`, sheet: true },
	{ name: 'phone-home-light', shape: 'phone', theme: 'light', path: () => '/' },
	{ name: 'phone-album-dark', shape: 'phone', theme: 'dark', path: (album) => `/albums/${album}` },
	{ name: 'phone-playing-dark', shape: 'phone', theme: 'dark', path: (album) => `/albums/${album}`, sheet: true },
];

async function take(browser: Browser, url: string, picture: Picture, album: number): Promise<void> {
	const context = await browser.newContext({
		...SHAPES[picture.shape],
		colorScheme: picture.theme,
		locale: 'en-GB',
		reducedMotion: 'reduce',
	});
	const page = await context.newPage();
	const ogma = new Ogma(page, url);
	await ogma.open(`/albums/${album}`);
	await page.locator('main ol [data-result]').nth(1).click();
	await page.waitForTimeout(1500);
	await ogma.open(picture.path(album));
	if (picture.sheet) await page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyF', key: 'f' })));
	await page.waitForLoadState('networkidle');
	await page.waitForTimeout(600);
	/* The focus ring belongs to a person at a keyboard. */
	await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
	await page.evaluate(() => scrollTo(0, 0));
	const file = resolve(folder, `${picture.name}.png`);
	await page.screenshot({ path: file });
	await context.close();
	/* 256 colours are enough for flat pages and a third of the size. */
	execFileSync('convert', [
		file,
		'-dither',
		'FloydSteinberg',
		'-colors',
		'256',
		'-define',
		'png:compression-level=9',
		`PNG8:${file}`,
	]);
}

test('pictures of the main pages', async ({ browser, ogma }) => {
	test.setTimeout(180_000);
	const albums = await ogma.list('/albums/?limit=100');
	const shown =
		albums.filter((album) => album.track_count >= 5).sort((a, b) => b.track_count - a.track_count)[0] ?? albums[0]!;
	for (const picture of PICTURES) await take(browser, ogma.url, picture, shown.id);
});
