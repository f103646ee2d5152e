import { expect, test } from './ogma';

test('a heart is kept, shows wherever the thing is, and is taken back', async ({ ogma }) => {
	await ogma.signUp();
	const { album, tracks } = await ogma.album(3);
	const { title } = tracks[0]!;
	await ogma.open(`/albums/${album.id}`);
	const heart = ogma.page.locator('main ol').getByRole('button', { name: `Add ${title} to favourites`, exact: true });
	await heart.focus();
	await ogma.page.keyboard.press('Enter');
	const full = ogma.page.locator('main').getByRole('button', { name: `Remove ${title} from favourites`, exact: true });
	await expect(full).toHaveAttribute('aria-pressed', 'true');
	await ogma.page
		.locator('main header')
		.getByRole('button', { name: `Add ${album.title} to favourites` })
		.click();

	await ogma.open('/favorites');
	await expect(ogma.page.locator('main').getByRole('link', { name: title, exact: true })).toBeVisible();
	await ogma.page.getByRole('link', { name: 'Albums' }).last().click();
	await expect(ogma.page.locator('main article').getByRole('link', { name: new RegExp(album.title) })).toBeVisible();

	await ogma.open(`/tracks/${tracks[0]!.id}`);
	await full.first().click();
	/* The page may be there before the server has heard of it. */
	await expect(async () => {
		await ogma.open('/favorites');
		await expect(ogma.page.getByRole('heading', { name: 'No favourites here yet' })).toBeVisible({ timeout: 2_000 });
	}).toPass();
});

test('stars are given and taken away', async ({ ogma }) => {
	await ogma.signUp();
	const { tracks } = await ogma.album(3);
	const { id } = tracks[0]!;
	const rating = async () => (await ogma.send<{ rating: number | null }>('GET', `/me/favorites/track/${id}`)).rating;
	await ogma.open(`/tracks/${id}`);
	const stars = ogma.page.locator('main header').getByRole('group', { name: /^Your rating/ });
	await stars.getByRole('button', { name: '4 stars' }).click();
	await expect.poll(rating).toBe(4);
	await ogma.page.reload();
	await expect(stars.getByRole('button', { name: '4 stars' })).toHaveAttribute('aria-pressed', 'true');
	await stars.getByRole('button', { name: '4 stars' }).click();
	await expect.poll(rating).toBe(null);
});

test('visitors see no hearts and are asked in where something is theirs', async ({ ogma }) => {
	const { album } = await ogma.album(3);
	await ogma.open(`/albums/${album.id}`);
	await expect(ogma.page.locator('main ol li').first()).toBeVisible();
	await expect(ogma.page.getByRole('button', { name: /to favourites/ })).toHaveCount(0);
	await ogma.open('/playlists');
	await expect(ogma.page.locator('main').getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('what was played is in the history, and how much of it was heard', async ({ ogma }) => {
	await ogma.signUp();
	const { album, tracks } = await ogma.album(3);
	await ogma.open('/history');
	await ogma.playAlbum(album);
	await ogma.expectPlaying(tracks[0]!.title);
	await expect.poll(() => ogma.position(), { timeout: 15_000 }).toBeGreaterThan(2_000);
	await ogma.button('Next').click();
	await ogma.expectPlaying(tracks[1]!.title);
	type History = { items: { track: { title: string }; action: string; heard_ms: number; source: string }[] };
	const history = async () => (await ogma.send<History>('GET', '/me/history')).items;
	await expect.poll(async () => (await history()).map(({ track }) => track.title)).toContain(tracks[0]!.title);
	const first = (await history()).find(({ track }) => track.title === tracks[0]!.title)!;
	expect(first).toMatchObject({ action: 'skip', source: 'album' });
	expect(first.heard_ms).toBeGreaterThan(1_500);
	expect(first.heard_ms).toBeLessThan(tracks[0]!.duration_ms);
	await ogma.open('/history');
	await expect(ogma.page.getByRole('heading', { name: 'Today' })).toBeVisible();
	await expect(ogma.page.locator('main ol').getByRole('link', { name: tracks[0]!.title, exact: true })).toBeVisible();
});

test('the queue and the place in it go along to another device', async ({ ogma, browser }) => {
	const { username, password } = await ogma.signUp();
	const { album, tracks } = await ogma.album(3);
	await ogma.playAlbum(album, 1);
	await ogma.expectPlaying(tracks[1]!.title);
	await expect.poll(() => ogma.position(), { timeout: 15_000 }).toBeGreaterThan(1_500);
	await ogma.button('Pause').click();
	const place = await ogma.position();
	type Saved = { track_ids: number[]; current_index: number; position_ms: number };
	const saved = () => ogma.send<Saved>('GET', '/me/queue');
	await expect.poll(async () => (await saved()).track_ids).toEqual(tracks.map(({ id }) => id));
	await expect.poll(async () => Math.abs((await saved()).position_ms - place)).toBeLessThan(1_000);
	expect((await saved()).current_index).toBe(1);

	const other = await browser.newContext({ locale: 'en-GB' });
	const page = await other.newPage();
	await page.goto(`${ogma.url}/sign-in`);
	await page.getByLabel('Username or e-mail').fill(username);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
	const player = page.getByRole('region', { name: 'Player' });
	await expect(player.getByText(tracks[1]!.title, { exact: true }).filter({ visible: true }).first()).toBeVisible();
	await expect(player.getByRole('button', { name: 'Play', exact: true }).filter({ visible: true })).toBeVisible();
	const there = Number(await player.getByRole('slider', { name: 'Position' }).getAttribute('aria-valuenow'));
	expect(Math.abs(there - place)).toBeLessThan(1_500);
	await other.close();
});
