import { expect, test, type Ogma } from './ogma';

interface Playlist {
	id: number;
	title: string;
	version: number;
}

interface Item {
	id: number;
	title: string;
	artist: string;
}

const rows = (ogma: Ogma) => ogma.page.locator('main ol[aria-label="Tracks"] > li');

/** Titles as they stand on the page, from the top. */
async function shown(ogma: Ogma): Promise<string[]> {
	const titles = await rows(ogma).evaluateAll((list) =>
		list
			.map((row) => ({ top: row.getBoundingClientRect().top, title: row.querySelector('a')?.textContent ?? '' }))
			.sort((a, b) => a.top - b.top)
			.map(({ title }) => title),
	);
	return titles;
}

const stored = async (ogma: Ogma, id: number) =>
	(await ogma.send<{ items: Item[] }>('GET', `/playlists/${id}/tracks?limit=100`)).items.map(({ title }) => title);

async function some(ogma: Ogma, count: number): Promise<Item[]> {
	const all = (await ogma.list('/tracks/?limit=100')) as Item[];
	const seen = new Set<string>();
	return all.filter(({ title }) => !seen.has(title) && seen.add(title)).slice(0, count);
}

async function made(ogma: Ogma, count: number, more: object = {}) {
	const tracks = await some(ogma, count);
	const playlist = await ogma.send<Playlist>('POST', '/playlists', {
		title: 'Evening',
		track_ids: tracks.map(({ id }) => id),
		...more,
	});
	return { playlist, tracks, titles: tracks.map(({ title }) => title) };
}

const openId = (ogma: Ogma) => Number(/playlists\/(\d+)/.exec(ogma.page.url())![1]);

test('a playlist is made, filled from a track’s menu and from an album, and asks about duplicates', async ({
	ogma,
}) => {
	await ogma.signUp();
	const { album, tracks } = await ogma.album(3);
	await ogma.open('/playlists');
	await ogma.page.getByRole('button', { name: 'New playlist' }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.getByRole('button', { name: 'Create' }).click();
	await expect(dialog.getByText('A title, please')).toBeVisible();
	await dialog.getByLabel('Title').fill('Для вечера <b>');
	await dialog.getByRole('button', { name: 'Create' }).click();
	await expect(ogma.page.getByRole('heading', { name: 'Для вечера <b>', level: 1 })).toBeVisible();
	const id = openId(ogma);

	await ogma.open(`/albums/${album.id}`);
	await ogma.page
		.getByRole('button', { name: `More for ${tracks[1]!.title}`, exact: true })
		.first()
		.click();
	await ogma.page.getByRole('menuitem', { name: 'Add to playlist…' }).click();
	await dialog.getByRole('button', { name: /Для вечера/ }).click();
	await expect(dialog).toBeHidden();
	expect(await stored(ogma, id)).toEqual([tracks[1]!.title]);

	await ogma.page.locator('main header').getByRole('button', { name: 'Add to playlist…' }).click();
	await dialog.getByRole('button', { name: /Для вечера/ }).click();
	await expect(dialog.getByText('1 of them is in “Для вечера <b>” already.')).toBeVisible();
	await dialog.getByRole('button', { name: 'Add only the others' }).click();
	await expect(dialog).toBeHidden();
	const others = tracks.filter((_, at) => at !== 1).map(({ title }) => title);
	expect(await stored(ogma, id)).toEqual([tracks[1]!.title, ...others]);
	await ogma.page.getByRole('link', { name: 'Open' }).click();
	await expect(ogma.page).toHaveURL(new RegExp(`/playlists/${id}$`));
	await expect(rows(ogma)).toHaveCount(tracks.length);
});

test('tracks are put in order by dragging their grips', async ({ ogma }) => {
	await ogma.signUp();
	const { playlist, titles } = await made(ogma, 4);
	await ogma.open(`/playlists/${playlist.id}`);
	await expect(rows(ogma)).toHaveCount(4);
	const grip = ogma.page.getByRole('button', { name: `Move ${titles[3]}`, exact: true });
	await grip.scrollIntoViewIfNeeded();
	const from = (await grip.boundingBox())!;
	const height = (await rows(ogma).first().boundingBox())!.height;
	await ogma.page.mouse.move(from.x + 8, from.y + 20);
	await ogma.page.mouse.down();
	for (let step = 1; step <= 8; step += 1) {
		await ogma.page.mouse.move(from.x + 8, from.y + 20 - (step * height * 3) / 8);
	}
	await ogma.page.mouse.up();
	const wanted = [titles[3], titles[0], titles[1], titles[2]];
	await expect.poll(() => shown(ogma)).toEqual(wanted);
	await expect.poll(() => stored(ogma, playlist.id)).toEqual(wanted);
});

test('tracks are put in order with the arrow keys, which say where they went', async ({ ogma }) => {
	await ogma.signUp();
	const { playlist, titles } = await made(ogma, 3);
	await ogma.open(`/playlists/${playlist.id}`);
	const grip = ogma.page.getByRole('button', { name: `Move ${titles[0]}`, exact: true });
	await grip.press('ArrowDown');
	await expect.poll(() => shown(ogma)).toEqual([titles[1], titles[0], titles[2]]);
	await expect(grip).toBeFocused();
	await expect(ogma.page.getByRole('status').getByText(`${titles[0]} is number 2 of 3`)).toBeAttached();
	await ogma.page.keyboard.press('End');
	await expect.poll(() => stored(ogma, playlist.id)).toEqual([titles[1], titles[2], titles[0]]);
	await ogma.page.keyboard.press('Home');
	await expect.poll(() => stored(ogma, playlist.id)).toEqual(titles);
});

test('a track is taken out and brought back', async ({ ogma }) => {
	await ogma.signUp();
	const { playlist, titles } = await made(ogma, 3);
	await ogma.open(`/playlists/${playlist.id}`);
	await ogma.page.getByRole('button', { name: `More for ${titles[1]}`, exact: true }).click();
	await ogma.page.getByRole('menuitem', { name: 'Remove from this playlist' }).click();
	await expect.poll(() => stored(ogma, playlist.id)).toEqual([titles[0], titles[2]]);
	await ogma.page.getByRole('button', { name: 'Undo' }).click();
	await expect.poll(() => stored(ogma, playlist.id)).toEqual(titles);
	await expect.poll(() => shown(ogma)).toEqual(titles);
});

test('what somebody else adds meanwhile is not lost by a move', async ({ ogma }) => {
	await ogma.signUp();
	const { playlist, titles } = await made(ogma, 3);
	const extra = (await some(ogma, 4))[3]!;
	await ogma.open(`/playlists/${playlist.id}`);
	await expect(rows(ogma)).toHaveCount(3);
	await ogma.send('POST', `/playlists/${playlist.id}/tracks`, { track_ids: [extra.id], position: 0 });
	await ogma.page.getByRole('button', { name: `Move ${titles[2]}`, exact: true }).press('Home');
	const wanted = [titles[2], extra.title, titles[0], titles[1]];
	await expect.poll(() => stored(ogma, playlist.id)).toEqual(wanted);
	await expect.poll(() => shown(ogma)).toEqual(wanted);
});

test('a playlist is renamed, described, shared by a secret link and deleted', async ({ ogma, browser }) => {
	await ogma.signUp();
	const { playlist, titles } = await made(ogma, 2);
	await ogma.open('/playlists');
	await ogma.page.locator('main').getByRole('link', { name: playlist.title }).click();
	const more = ogma.page.locator('main header').getByRole('button', { name: /^More for/ });
	await more.click();
	await ogma.page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.getByLabel('Title').fill('Morning');
	await dialog.getByLabel('Description').fill('Slow\nand quiet');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(ogma.page.getByRole('heading', { name: 'Morning', level: 1 })).toBeVisible();
	await expect(ogma.page.getByText('and quiet')).toBeVisible();

	const visitor = await (await browser.newContext()).newPage();
	await visitor.goto(`${ogma.url}/playlists/${playlist.id}`);
	await expect(visitor.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();

	await ogma.page.getByRole('button', { name: 'Share' }).click();
	await dialog.getByText('Who has the link').click();
	const link = dialog.getByRole('textbox', { name: 'Link to this playlist' });
	await expect(link).toHaveValue(/\/playlists\/shared\//);
	await visitor.goto(await link.inputValue());
	await expect(visitor.getByRole('heading', { name: 'Morning', level: 1 })).toBeVisible();
	await expect(visitor.getByText(titles[0]!).first()).toBeVisible();
	await expect(visitor.getByRole('button', { name: /^Move / })).toHaveCount(0);
	await visitor.context().close();

	await dialog.getByRole('button', { name: 'Close' }).click();
	await more.click();
	await ogma.page.getByRole('menuitem', { name: 'Delete playlist' }).click();
	await ogma.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(ogma.page).toHaveURL(/\/playlists$/);
	await expect(ogma.page.getByRole('heading', { name: 'No playlists yet' })).toBeVisible();
});

test('a list file is looked at first, imported, and comes out again', async ({ ogma }) => {
	await ogma.signUp();
	const [first, second] = await some(ogma, 2);
	const file = ['#EXTM3U', `#EXTINF:1,${first!.artist} - ${first!.title}`, `${first!.title}.flac`];
	file.push(`#EXTINF:1,${second!.artist} - ${second!.title}`, `x/${second!.title}.mp3`);
	file.push('#EXTINF:200,Nobody - A song that is not there', 'nowhere.mp3');
	await ogma.open('/playlists');
	await ogma.page.getByRole('button', { name: 'Import' }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.locator('input[type=file]').setInputFiles({
		name: 'old list.m3u8',
		mimeType: 'audio/x-mpegurl',
		buffer: Buffer.from(file.join('\n')),
	});
	await expect(dialog.getByText('2 of 3 tracks found')).toBeVisible();
	await expect(dialog.getByText('Nobody — A song that is not there')).toBeVisible();
	await dialog.getByLabel('Title').fill('Brought along');
	await dialog.getByRole('button', { name: 'Import 2 tracks' }).click();
	await expect(ogma.page.getByRole('heading', { name: 'Brought along', level: 1 })).toBeVisible();
	await expect.poll(() => shown(ogma)).toEqual([first!.title, second!.title]);

	await ogma.page
		.locator('main header')
		.getByRole('button', { name: /^More for/ })
		.click();
	const [download] = await Promise.all([
		ogma.page.waitForEvent('download'),
		ogma.page.getByRole('menuitem', { name: 'Export as M3U8' }).click(),
	]);
	expect(download.suggestedFilename()).toMatch(/\.m3u8$/);
});

test('rules choose the tracks, with groups, and show at once what they choose', async ({ ogma }) => {
	await ogma.signUp();
	const genre = (await ogma.list('/genres/?limit=100')).sort((a, b) => b.track_count - a.track_count)[0]!;
	await ogma.open('/playlists/new-rules');
	await ogma.page.getByLabel('Title').fill('By rules');
	await ogma.page.getByLabel('Value').fill(genre.name);
	const total = (rules: object) => ogma.send<{ total: number }>('POST', '/playlists/rules/preview', { rules });
	const one = { match: 'all', rules: [{ field: 'genre', op: 'is', value: genre.name }] };
	const { total: fits } = await total(one);
	const preview = ogma.page.getByRole('region', { name: 'What they choose now' });
	await expect(preview.getByRole('status').filter({ hasText: `${fits} track` })).toBeVisible();
	await expect(preview.getByRole('listitem')).toHaveCount(Math.min(50, fits));

	await ogma.page.getByRole('button', { name: 'Group', exact: true }).click();
	const group = ogma.page.getByRole('group', { name: 'Group of rules' });
	await group.getByLabel('What is looked at').selectOption('year');
	await group.getByLabel('How it is compared').selectOption('gt');
	await group.getByLabel('Value').fill('1000');
	await expect(preview.getByRole('status')).toBeVisible();
	await ogma.page.getByRole('button', { name: 'Create', exact: true }).click();
	await expect(ogma.page.getByRole('heading', { name: 'By rules', level: 1 })).toBeVisible();
	const id = openId(ogma);
	const { rules } = await ogma.send<{ rules: { rules: object[] } }>('GET', `/playlists/${id}`);
	expect(rules.rules).toEqual([
		{ field: 'genre', op: 'is', value: genre.name },
		{ match: 'any', rules: [{ field: 'year', op: 'gt', value: 1000 }] },
	]);
	await expect(ogma.page.getByRole('button', { name: /^Move / })).toHaveCount(0);

	await ogma.page.getByRole('link', { name: 'Edit rules' }).click();
	await ogma.page.getByRole('button', { name: 'Remove this group' }).click();
	await ogma.page.getByRole('button', { name: 'Save' }).click();
	await expect(rows(ogma)).toHaveCount(fits);
});
