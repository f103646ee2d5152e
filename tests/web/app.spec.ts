import { overhang } from './accessibility';
import { expect, test } from './ogma';

test.use({ contextOptions: { reducedMotion: 'no-preference' } });

test('language and theme change at once and survive a reload', async ({ ogma }) => {
	await ogma.open('/settings');
	await ogma.page.getByText('Русский').click();
	await expect(ogma.page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
	await expect(ogma.page.locator('html')).toHaveAttribute('lang', 'ru');
	const ground = () => ogma.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
	const dark = await ground();
	await ogma.page.getByText('Светлая').click();
	await expect(ogma.page.locator('html')).toHaveAttribute('data-theme', 'light');
	expect(await ground()).not.toBe(dark);
	await ogma.page.reload();
	await expect(ogma.page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
	await expect(ogma.page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('the theme follows the system unless one is chosen', async ({ ogma }) => {
	await ogma.open('/');
	await expect(ogma.page.locator('html')).toHaveAttribute('data-theme', 'dark');
	await ogma.page.emulateMedia({ colorScheme: 'light' });
	await expect(ogma.page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('a forced theme is there before the first paint', async ({ ogma }) => {
	await ogma.page.addInitScript(() => localStorage.setItem('ogma.settings', '{"state":{"theme":"light"},"version":1}'));
	await ogma.page.route('**/assets/*.js', (route) => route.abort());
	await ogma.page.goto(`${ogma.url}/`);
	await expect(ogma.page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('a listener finds and plays with the keyboard alone', async ({ ogma }) => {
	const { album } = await ogma.album();
	await ogma.open('/');
	await ogma.page.keyboard.press('Tab');
	await expect(ogma.page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
	await ogma.page.keyboard.press('Enter');
	await expect(ogma.page.locator('main')).toBeFocused();
	await ogma.page.keyboard.press('Control+k');
	await ogma.page.keyboard.type(album.title);
	await expect(
		ogma.page
			.locator('main')
			.getByRole('link', { name: new RegExp(`^${album.title}`) })
			.first(),
	).toBeVisible();
	await expect(ogma.page).toHaveURL(new RegExp(`q=${encodeURIComponent(album.title).replaceAll('%20', '\\+')}`));
	for (let presses = 0; presses < 40; presses += 1) {
		await ogma.page.keyboard.press('ArrowDown');
		const href = await ogma.page.evaluate(() => document.activeElement?.getAttribute('href'));
		if (href === `/albums/${album.id}`) break;
	}
	await ogma.page.keyboard.press('Enter');
	await expect(ogma.page).toHaveURL(new RegExp(`/albums/${album.id}$`));
	/* the page before, which may show the album too, is gone */
	await expect(ogma.page.getByRole('heading', { name: album.title, level: 1, exact: true })).toBeVisible();
	const play = ogma.page.getByRole('button', { name: `Play ${album.title}`, exact: true });
	await expect(play).toBeVisible();
	for (
		let presses = 0;
		presses < 60 && !(await play.evaluate((button) => button === document.activeElement));
		presses += 1
	) {
		await ogma.page.keyboard.press('Tab');
	}
	await expect(play).toBeFocused();
	await ogma.page.keyboard.press('Enter');
	await expect(ogma.button('Pause')).toBeVisible();
	await ogma.page.keyboard.press('f');
	await expect(ogma.page.getByRole('dialog')).toBeVisible();
	await ogma.page.keyboard.press('Escape');
	await expect(ogma.page.getByRole('dialog')).toBeHidden();
});

test('going back returns to the place in a long list', async ({ ogma }) => {
	await ogma.open('/tracks');
	await expect(ogma.page.locator('main ol > li').first()).toBeVisible();
	const longest = await ogma.page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
	const goal = Math.min(1500, Math.floor(longest * 0.8));
	await ogma.page.mouse.move(700, 500);
	await ogma.page.mouse.wheel(0, goal);
	await expect.poll(() => ogma.page.evaluate(() => scrollY)).toBeGreaterThan(goal * 0.8);
	const place = await ogma.page.evaluate(() => scrollY);
	/* One in view: a click on another would scroll to it first. */
	await ogma.page.evaluate(() => {
		const links = [...document.querySelectorAll<HTMLElement>('main ol > li a[href^="/albums/"]')];
		const inView = links.find(
			(link) => link.getBoundingClientRect().top > 150 && link.getBoundingClientRect().bottom < innerHeight - 150,
		);
		inView!.click();
	});
	await expect(ogma.page).toHaveURL(/\/albums\/\d+/);
	await expect.poll(() => ogma.page.evaluate(() => scrollY)).toBe(0);
	await ogma.page.goBack();
	await expect.poll(() => ogma.page.evaluate(() => Math.round(scrollY))).toBe(Math.round(place));
});

test('an address of nothing and an id of nothing say so', async ({ ogma }) => {
	await ogma.open('/nowhere/at/all');
	await expect(ogma.page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
	await ogma.open('/albums/99999999');
	await expect(ogma.page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
});

test('a server that is away is told as such, and trying again works', async ({ ogma }) => {
	let away = true;
	await ogma.page.route('**/api/v1/albums/*', (route) => (away ? route.abort() : route.continue()));
	const { album } = await ogma.album();
	await ogma.open(`/albums/${album.id}`);
	await expect(ogma.page.getByRole('heading', { name: 'The server cannot be reached' })).toBeVisible();
	away = false;
	await ogma.page.getByRole('button', { name: 'Try again' }).click();
	await expect(ogma.page.getByRole('heading', { name: album.title, level: 1 })).toBeVisible();
});

test('an empty library tells how music gets in', async ({ ogma }) => {
	const nothing = {
		tracks: 0,
		albums: 0,
		artists: 0,
		genres: 0,
		duration_ms: 0,
		size_bytes: 0,
		last_scan_at: null,
		scanning: false,
	};
	await ogma.page.route('**/api/v1/library', (route) => route.fulfill({ json: nothing }));
	await ogma.open('/');
	await expect(ogma.page.getByText('ogma scan /path/to/music')).toBeVisible();
});

test.describe('on a phone of 360 points', () => {
	test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

	test('no page is wider than the screen', async ({ ogma }) => {
		const { album, tracks } = await ogma.album();
		const [artist] = await ogma.list('/artists/?limit=1');
		const [genre] = await ogma.list('/genres/?limit=1');
		const paths = [
			'/',
			'/search',
			'/search?q=a',
			'/search?q=a&tab=tracks',
			'/albums',
			`/albums/${album.id}`,
			'/artists',
			`/artists/${artist!.id}`,
		];
		for (const path of [
			...paths,
			'/tracks',
			`/tracks/${tracks[0]!.id}`,
			'/genres',
			`/genres/${genre!.id}`,
			'/queue',
			'/settings',
		]) {
			await ogma.open(path);
			const over = await overhang(ogma);
			expect(over, path).toBeLessThanOrEqual(0);
		}
	});

	test('a tap plays, the small bar opens the whole player, swiping is not needed to close it', async ({ ogma }) => {
		const { album, tracks } = await ogma.album();
		await ogma.open(`/albums/${album.id}`);
		await ogma.page.locator('main ol > li').first().tap();
		await expect(ogma.button('Pause')).toBeVisible();
		await ogma.button('Open the player').tap();
		const sheet = ogma.page.getByRole('dialog', { name: 'Player' });
		await expect(sheet.getByRole('heading', { name: tracks[0]!.title })).toBeVisible();
		await sheet.getByRole('button', { name: 'Next' }).tap();
		await expect(sheet.getByRole('heading', { name: tracks[1]!.title })).toBeVisible();
		await sheet.getByText('Queue').tap();
		await expect(sheet.getByRole('list', { name: 'Queue' })).toBeVisible();
		await sheet.getByRole('button', { name: 'Close' }).tap();
		await expect(sheet).toBeHidden();
	});
});

test.describe('on a screen of 4K', () => {
	test.use({ viewport: { width: 3840, height: 2160 } });

	test('pages fill it, and the cover of an album is as fine as it is large', async ({ ogma }) => {
		const { album } = await ogma.album();
		for (const path of ['/', '/albums', '/search?q=a', '/tracks', `/albums/${album.id}`]) {
			await ogma.open(path);
			expect(await overhang(ogma), path).toBeLessThanOrEqual(0);
			expect((await ogma.page.locator('main').boundingBox())!.width, path).toBeGreaterThan(3000);
		}
		const cover = ogma.page.locator('main img').first();
		const drawn = (await cover.boundingBox())!.width;
		expect(drawn).toBeGreaterThan(300);
		await expect(cover).toHaveJSProperty('complete', true);
		const source = await cover.evaluate((image: HTMLImageElement) => image.currentSrc);
		expect(Number(/size=(\d+)/.exec(source)![1])).toBeGreaterThanOrEqual(drawn);
	});
});

test('of a list of fifty thousand tracks only the rows in view are made', async ({ ogma }) => {
	const total = 50_000;
	const [track] = await ogma.list('/tracks/?limit=1');
	await ogma.page.route(/\/api\/v1\/tracks\/?\?/, (route) => {
		const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
		const items = Array.from({ length: 100 }, (_, index) => ({
			...track,
			id: 1_000_000 + from + index,
			title: `Number ${from + index + 1}`,
		}));
		return route.fulfill({ json: { items, total, next_cursor: from + 100 < total ? String(from + 100) : null } });
	});
	await ogma.open('/tracks');
	const rows = ogma.page.locator('main ol > li');
	await expect(rows.first()).toHaveAttribute('aria-setsize', String(total));
	await ogma.page.mouse.move(700, 500);
	await expect(async () => {
		await ogma.page.mouse.wheel(0, 20_000);
		await expect(ogma.page.getByText(/^Number [2-9]\d\d$/).first()).toBeVisible({ timeout: 500 });
	}).toPass();
	expect(await rows.count()).toBeLessThan(60);
});
