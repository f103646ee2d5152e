import { expect, test } from './ogma';

const QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const RUSSIAN = 'йцукенгшщзхъфывапролджэячсмитьбю';

const typed = (word: string) =>
	[...word.toLowerCase()].map((letter) => QWERTY[RUSSIAN.indexOf(letter)] ?? letter).join('');

/** A word with one letter in its middle changed. */
const mistyped = (word: string) => {
	const at = Math.floor(word.length / 2);
	return word.slice(0, at) + (word[at] === 'o' ? 'u' : 'o') + word.slice(at + 1);
};

const words = (name: string) => name.split(/[^\p{L}]+/u).filter((word) => word.length >= 6);

test('typing finds, and a word with a typo still does', async ({ ogma }) => {
	const artists = await ogma.list('/artists/?limit=100');
	const artist = artists.find(({ name }) => words(name).some((word) => /^[A-Za-z]+$/.test(word)))!;
	const word = words(artist.name).find((own) => /^[A-Za-z]+$/.test(own))!;
	await ogma.open('/');
	await ogma.page.keyboard.press('/');
	const field = ogma.page.getByRole('searchbox');
	await expect(field).toBeFocused();
	await field.pressSequentially(word.slice(0, 4));
	await expect(ogma.page).toHaveURL(/\/search\?q=/);
	await expect(ogma.page.locator('main').getByText(artist.name).first()).toBeVisible();
	await expect(ogma.page.locator('main mark').first()).toBeVisible();
	await field.fill(mistyped(word));
	await expect(ogma.page).toHaveURL(new RegExp(mistyped(word)));
	await expect(
		ogma.page
			.locator('main')
			.getByRole('link', { name: new RegExp(artist.name) })
			.first(),
	).toBeVisible();
});

test('a slow device keeps every letter that is typed while results come', async ({ ogma }) => {
	const word = 'arriving';
	await ogma.open('/');
	const device = await ogma.page.context().newCDPSession(ogma.page);
	await device.send('Emulation.setCPUThrottlingRate', { rate: 12 });
	const field = ogma.page.getByRole('searchbox');
	await ogma.page.keyboard.press('/');
	await expect(field).toBeFocused();
	const seen: string[] = [];
	for (const letter of word) {
		await ogma.page.keyboard.type(letter, { delay: 20 });
		await ogma.page.waitForTimeout(100); // longer than the field waits for the next letter
		seen.push(await field.inputValue());
	}
	expect(seen).toEqual([...word].map((_, at) => word.slice(0, at + 1)));
	await expect(ogma.page).toHaveURL(/q=arriving$/);
	await expect(field).toHaveValue(word);
	await device.detach();
});

test('a Russian word typed in the English layout finds', async ({ ogma }) => {
	const artists = await ogma.list('/artists/?limit=100');
	const artist = artists.find(({ name }) => words(name).some((word) => /^[а-я]+$/i.test(word)))!;
	const word = words(artist.name).find((own) => /^[а-я]+$/i.test(own))!;
	await ogma.open('/search');
	await ogma.page.getByRole('searchbox').pressSequentially(typed(word));
	await expect(
		ogma.page
			.locator('main')
			.getByRole('link', { name: new RegExp(artist.name) })
			.first(),
	).toBeVisible();
});

test('results are walked with the arrow keys and opened with Enter', async ({ ogma }) => {
	const { album } = await ogma.album();
	await ogma.open('/search');
	const field = ogma.page.getByRole('searchbox');
	await field.fill(album.title);
	const results = ogma.page.locator('main [data-result]');
	await expect(results.first()).toBeVisible();
	await expect(ogma.page).toHaveURL(/q=/);
	await field.press('ArrowDown');
	await expect(results.first()).toBeFocused();
	await ogma.page.keyboard.press('ArrowDown');
	await expect(results.nth(1)).toBeFocused();
	await ogma.page.keyboard.press('ArrowUp');
	await ogma.page.keyboard.press('ArrowUp');
	await expect(field).toBeFocused();
	await ogma.page.keyboard.press('ArrowDown');
	await ogma.page.keyboard.press('Enter');
	await expect(ogma.page).not.toHaveURL(/\/search/);
});

test('facets narrow the tracks and are taken back', async ({ ogma }) => {
	const tracks = await ogma.list('/tracks/?limit=100');
	const letter =
		[...'aeioмнв'].find((own) => tracks.filter(({ title }) => title.toLowerCase().startsWith(own)).length > 3) ?? 'a';
	await ogma.open(`/search?q=${encodeURIComponent(letter)}&tab=tracks`);
	const group = ogma.page.getByRole('group', { name: 'Artist' });
	await expect(group).toBeVisible();
	const rows = ogma.page.locator('main ol > li');
	const before = await rows.count();
	const facet = group.getByRole('button').last();
	await facet.click();
	await expect(ogma.page).toHaveURL(/artist_id=/);
	await expect.poll(() => rows.count()).toBeLessThan(before);
	await group.getByRole('button', { pressed: true }).click();
	await expect.poll(() => rows.count()).toBe(before);
});

test('nothing found says so and keeps the field', async ({ ogma }) => {
	await ogma.open('/search?q=qqqqxxxxzzzz');
	await expect(ogma.page.getByRole('heading', { name: /Nothing found/ })).toBeVisible();
	await expect(ogma.page.getByRole('searchbox')).toHaveValue('qqqqxxxxzzzz');
});
