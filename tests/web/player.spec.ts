import { expect, test } from './ogma';

test.use({ contextOptions: { reducedMotion: 'no-preference' } });

test('a track plays to its end and the next one starts', async ({ ogma }) => {
	const { album, tracks } = await ogma.album();
	await ogma.playAlbum(album);
	await ogma.expectPlaying(tracks[0]!.title);
	const end = tracks[0]!.duration_ms;
	if (end > 8_000) {
		/* Long tracks: hear the beginning, then the last seconds. */
		const box = (await ogma.seekBar().boundingBox())!;
		await ogma.page.mouse.click(box.x + box.width * (1 - 4_000 / end), box.y + box.height / 2);
	}
	await ogma.expectPlaying(tracks[1]!.title);
	expect(await ogma.position()).toBeLessThan(10_000);
});

test('seeking by pointer and by key goes there and plays on', async ({ ogma }) => {
	const track = (await ogma.list('/tracks/?sort=duration&limit=100')).at(-1);
	await ogma.open(`/tracks/${track!.id}`);
	await ogma.page.getByRole('button', { name: `Play ${track!.title}`, exact: true }).click();
	await ogma.expectPlaying(track!.title);
	const box = (await ogma.seekBar().boundingBox())!;
	await ogma.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
	const half = track!.duration_ms / 2;
	await expect.poll(() => ogma.position()).toBeGreaterThan(half * 0.95);
	await ogma.expectPlaying(track!.title);
	const before = await ogma.position();
	await ogma.seekBar().press('ArrowRight');
	await expect.poll(() => ogma.position()).toBeGreaterThanOrEqual(Math.min(before + 4_500, track!.duration_ms - 500));
	await ogma.seekBar().press('Home');
	await expect.poll(() => ogma.position()).toBeLessThan(3_000);
});

test('an album plays in its order', async ({ ogma }) => {
	const { album, tracks } = await ogma.album();
	await ogma.open(`/albums/${album.id}`);
	await ogma.page.getByRole('button', { name: `Play ${album.title}`, exact: true }).click();
	for (const track of tracks.slice(0, 3)) {
		await ogma.expectPlaying(track.title);
		await ogma.button('Next').click();
	}
	await ogma.open('/queue');
	expect(await ogma.queue()).toEqual(tracks.slice(0, (await ogma.queue()).length).map((track) => track.title));
});

test('the queue is reordered by keyboard and by dragging, and tracks leave it', async ({ ogma }) => {
	const { album, tracks } = await ogma.album(3);
	await ogma.playAlbum(album);
	await ogma.page.keyboard.press('k');
	await ogma.open('/queue');
	const [first, second, third] = tracks.map((track) => track.title);
	await ogma.page.getByRole('button', { name: `Move ${first}`, exact: true }).press('ArrowDown');
	await expect.poll(async () => (await ogma.queue()).slice(0, 3)).toEqual([second, first, third]);
	await expect(ogma.page.getByRole('button', { name: `Move ${first}`, exact: true })).toBeFocused();

	const grip = ogma.page.getByRole('button', { name: `Move ${third}`, exact: true });
	const from = (await grip.boundingBox())!;
	await ogma.page.mouse.move(from.x + 5, from.y + 20);
	await ogma.page.mouse.down();
	for (let step = 1; step <= 8; step += 1) await ogma.page.mouse.move(from.x + 5, from.y + 20 - step * 16);
	await ogma.page.mouse.up();
	await expect.poll(async () => (await ogma.queue()).slice(0, 3)).toEqual([third, second, first]);

	await ogma.page.getByRole('button', { name: `Remove ${second}`, exact: true }).click();
	await expect.poll(async () => (await ogma.queue()).slice(0, 2)).toEqual([third, first]);
});

test('"play next" and "add to queue" put tracks where they say', async ({ ogma }) => {
	const { album, tracks } = await ogma.album(3);
	await ogma.playAlbum(album);
	const menuOf = (title: string) => ogma.page.getByRole('button', { name: `More for ${title}`, exact: true }).first();
	await menuOf(tracks[2]!.title).click();
	await ogma.page.getByRole('menuitem', { name: 'Play next' }).click();
	await menuOf(tracks[0]!.title).click();
	await ogma.page.getByRole('menuitem', { name: 'Add to queue' }).click();
	await ogma.page.keyboard.press('k');
	await ogma.open('/queue');
	const queue = await ogma.queue();
	expect(queue[1]).toBe(tracks[2]!.title);
	await ogma.page.locator('main ol').hover();
	await ogma.page.mouse.wheel(0, 20_000);
	await expect.poll(async () => (await ogma.queue()).at(-1)).toBe(tracks[0]!.title);
});

test('a reload loses neither the queue nor the place in the track', async ({ ogma }) => {
	const { album, tracks } = await ogma.album(3);
	await ogma.playAlbum(album, 1);
	await ogma.expectPlaying(tracks[1]!.title);
	const half = Math.floor(tracks[1]!.duration_ms / 2);
	const box = (await ogma.seekBar().boundingBox())!;
	await ogma.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
	await ogma.button('Pause').click();
	const place = await ogma.position();
	expect(Math.abs(place - half)).toBeLessThan(half * 0.5);
	await ogma.page.reload();
	await expect(ogma.player().getByText(tracks[1]!.title).filter({ visible: true }).first()).toBeVisible();
	expect(Math.abs((await ogma.position()) - place)).toBeLessThan(600);
	await ogma.button('Play').click();
	await ogma.expectPlaying(tracks[1]!.title);
	expect(await ogma.position()).toBeGreaterThan(place - 600);
});

test('shuffle, repeat, mute and volume answer to their keys', async ({ ogma }) => {
	const { album } = await ogma.album(3);
	await ogma.playAlbum(album);
	await ogma.page.locator('main').focus();
	await ogma.page.keyboard.press('s');
	await expect(ogma.button('Shuffle')).toHaveAttribute('aria-pressed', 'true');
	await ogma.page.keyboard.press('r');
	await expect(ogma.button('Repeat: all')).toBeVisible();
	await ogma.page.keyboard.press('r');
	await expect(ogma.button('Repeat: one')).toBeVisible();
	await ogma.page.keyboard.press('m');
	await expect(ogma.button('Unmute')).toBeVisible();
	await ogma.page.keyboard.press('Shift+ArrowDown');
	await expect(ogma.button('Mute')).toBeVisible();
	await ogma.page.keyboard.press('Space');
	await expect(ogma.button('Play')).toBeVisible();
	await ogma.page.keyboard.press('?');
	await expect(ogma.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});

test('the system’s own media controls know the track and steer the player', async ({ ogma }) => {
	await ogma.page.addInitScript(() => {
		const handlers: Record<string, () => void> = {};
		Object.assign(window, { mediaHandlers: handlers });
		navigator.mediaSession.setActionHandler = (action, handler) => {
			handlers[action] = handler as () => void;
		};
	});
	const { album, tracks } = await ogma.album(3);
	await ogma.playAlbum(album);
	await ogma.expectPlaying(tracks[0]!.title);
	const title = () => ogma.page.evaluate(() => navigator.mediaSession.metadata?.title);
	const press = (action: string) =>
		ogma.page.evaluate(
			(name) => (window as unknown as { mediaHandlers: Record<string, () => void> }).mediaHandlers[name]!(),
			action,
		);
	expect(await title()).toBe(tracks[0]!.title);
	await press('nexttrack');
	await expect.poll(title).toBe(tracks[1]!.title);
	await press('pause');
	await expect(ogma.button('Play')).toBeVisible();
	expect(await ogma.page.evaluate(() => navigator.mediaSession.playbackState)).toBe('paused');
});

test('lyrics light up line by line as the time goes, and a line leads to its time', async ({ ogma }) => {
	const track = (await ogma.list('/tracks/?limit=100')).find(({ title }) => title === 'Во поле берёза стояла')!;
	const { lines } = await ogma.ask<{ lines: { time_ms: number; text: string }[] }>(`/tracks/${track.id}/lyrics`);
	await ogma.open(`/tracks/${track.id}`);
	await ogma.page.getByRole('button', { name: `Play ${track.title}`, exact: true }).click();
	await ogma.expectPlaying(track.title);
	await ogma.button('Pause').click();
	await ogma.button('Open the player').first().click();
	const sheet = ogma.page.getByRole('dialog', { name: 'Player' });
	await sheet.getByText('Lyrics', { exact: true }).click();
	const lit = sheet.locator('li[aria-current]');
	await sheet.getByRole('button', { name: lines[1]!.text, exact: true }).first().click();
	await expect(lit).toHaveText(lines[1]!.text);
	const bar = sheet.getByRole('slider', { name: 'Position' });
	const place = async () => Number(await bar.getAttribute('aria-valuenow'));
	await expect.poll(async () => Math.abs((await place()) - lines[1]!.time_ms)).toBeLessThan(600);

	const box = (await bar.boundingBox())!;
	const before = lines[2]!.time_ms - 1_000;
	await bar.click({ position: { x: (box.width * before) / track.duration_ms, y: box.height / 2 } });
	await expect.poll(async () => Math.abs((await place()) - before)).toBeLessThan(600);
	await expect(lit).toHaveText(lines[1]!.text);
	await sheet.getByRole('button', { name: 'Play', exact: true }).click();
	await expect(lit).toHaveText(lines[2]!.text);
});
