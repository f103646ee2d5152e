/* Every page as axe, and a phone of 360 points, have it. */
import { expectAccessible, openWhole, overhang } from './accessibility';
import { expect, test, type Ogma } from './ogma';

/* The longest file: all browsers share its scenarios. */
test.describe.configure({ mode: 'parallel' });

const MUSIC = ['/', '/search', '/search?q=a', '/search?q=a&tab=tracks', '/albums', '/artists', '/tracks', '/genres'];
const VISITORS = ['/nowhere', '/sign-in', '/register', '/link/spent', '/playlists', '/queue', '/settings'];
const ACCOUNT = ['/', '/settings', '/account', '/account/security', '/account/apps', '/account/data'];
const COLLECTION = ['/playlists', '/playlists/new-rules', '/favorites', '/history'];
const CONSOLE = ['', '/programme', '/djs', '/listeners', '/pushes', '/settings'];
const ADMIN_PEOPLE = [
	'',
	'/monitoring',
	'/analytics',
	'/users',
	'/users/1',
	'/invitations',
	'/audit',
	'/settings',
	'/backups',
];
const ADMIN_MUSIC = [
	'/tracks',
	'/albums',
	'/artists',
	'/genres',
	'/playlists',
	'/duplicates',
	'/cleanup',
	'/quality?check=tracks_without_genre',
	'/sources',
	'/files',
	'/jobs',
	'/schedules',
];

/** Somebody with a playlist and a favourite; answers with the playlist's path. */
async function collector(ogma: Ogma): Promise<string> {
	await ogma.signUp();
	const { tracks } = await ogma.album(3);
	const ids = tracks.map(({ id }) => id);
	await ogma.send('PUT', `/me/favorites/track/${ids[0]}`);
	const title = 'A playlist with a rather long name, longer than a phone is wide';
	const { id } = await ogma.send<{ id: number }>('POST', '/playlists', { title, track_ids: ids });
	return `/playlists/${id}`;
}

/** The keeper has heard a track; answers with the pages of figures about it. */
async function figures(ogma: Ogma): Promise<string[]> {
	await ogma.signInAsKeeper();
	const track = (await ogma.list('/tracks/?limit=100')).find(({ duration_ms: length }) => length > 31_000)!;
	const { artist_id: artist } = await ogma.ask<{ artist_id: number }>(`/tracks/${track.id}`);
	const listening = { action: 'complete', duration_played_ms: track.duration_ms };
	await ogma.send('POST', '/analytics/listen', { track_id: track.id, ...listening });
	return ['/upload', '/me/stats', '/me/recap', '/trends', `/artists/${artist}/dashboard`, `/tracks/${track.id}/stats`];
}

/** A channel of the keeper's, on the air with something in its queue; answers with its pages. */
async function channel(ogma: Ogma): Promise<string[]> {
	await ogma.signInAsKeeper();
	const title = 'A channel with a rather long name, longer than a phone is wide';
	const { id } = await ogma.send<{ id: number }>('POST', '/channels', { title });
	const { tracks } = await ogma.album(3);
	for (const { id: track_id, title: name } of tracks)
		await ogma.send('POST', `/queue/${id}/items`, { source: 'track', track_id, title: name });
	await ogma.send('POST', `/channels/${id}/start`);
	return ['/radio', `/radio/${id}`, ...CONSOLE.map((part) => `/radio/${id}/console${part}`)];
}

test.describe('no serious fault of accessibility is in', () => {
	test.use({ colorScheme: 'light' });
	test.setTimeout(180_000);

	async function expectAllAccessible(ogma: Ogma, paths: string[]): Promise<void> {
		for (const path of paths) {
			await openWhole(ogma, path);
			await expectAccessible(ogma, path);
		}
	}

	test('the pages of music, while something plays', async ({ ogma }) => {
		const { album, tracks } = await ogma.album();
		await ogma.playAlbum(album);
		await ogma.page.keyboard.press('k');
		await expectAllAccessible(ogma, [...MUSIC, `/albums/${album.id}`, `/tracks/${tracks[0]!.id}`]);
	});

	test('the whole-screen player', async ({ ogma }) => {
		const { album } = await ogma.album();
		await ogma.playAlbum(album);
		await ogma.page.keyboard.press('f');
		await expect(ogma.page.getByRole('dialog')).toBeVisible();
		await expectAccessible(ogma, 'the player', 'dialog[open]');
	});

	test('what visitors see', async ({ ogma }) => {
		await expectAllAccessible(ogma, VISITORS);
	});

	test('one’s account', async ({ ogma }) => {
		await ogma.signUp();
		await expectAllAccessible(ogma, ACCOUNT);
	});

	test('one’s collection, a playlist and its dialogs', async ({ ogma }) => {
		const playlist = await collector(ogma);
		const { album } = await ogma.album(3);
		await expectAllAccessible(ogma, [...COLLECTION, playlist]);
		await ogma.page.getByRole('button', { name: 'Share' }).click();
		await expectAccessible(ogma, 'share', 'dialog[open]');
		await openWhole(ogma, `/albums/${album.id}`);
		await ogma.page.locator('main header').getByRole('button', { name: 'Add to playlist…' }).click();
		await expect(
			ogma.page
				.getByRole('dialog')
				.getByRole('button', { name: /A playlist/ })
				.first(),
		).toBeVisible();
		await expectAccessible(ogma, 'add to playlist', 'dialog[open]');
	});

	test('live channels and their console, while one is listened to', async ({ ogma }) => {
		const pages = await channel(ogma);
		await ogma.open(pages[1]!);
		await ogma.page
			.locator('main')
			.getByRole('button', { name: /^Listen to/ })
			.click();
		await expect(ogma.page.locator('[data-live]')).toBeVisible();
		await expectAccessible(ogma, 'the live player');
		await expectAllAccessible(ogma, pages);
		await ogma.open(pages[1]!);
		await ogma.page.getByRole('button', { name: 'In another player' }).click();
		await expectAccessible(ogma, 'in another player', 'dialog[open]');
	});

	test('statistics', async ({ ogma }) => {
		await expectAllAccessible(ogma, await figures(ogma));
	});

	for (const [name, pages] of [
		['the administration of people and the site', ADMIN_PEOPLE],
		['the administration of music', ADMIN_MUSIC],
	] as const) {
		test(name, async ({ ogma }) => {
			await ogma.signInAsKeeper();
			await expectAllAccessible(
				ogma,
				pages.map((page) => `/admin${page}`),
			);
		});
	}
});

test.describe('on a phone of 360 points nothing sticks out sideways of', () => {
	test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
	test.setTimeout(120_000);

	async function expectAllNarrow(ogma: Ogma, paths: string[]): Promise<void> {
		for (const path of paths) {
			await openWhole(ogma, path);
			expect.soft(await overhang(ogma), path).toBeLessThanOrEqual(0);
		}
	}

	test('one’s own pages', async ({ ogma }) => {
		const playlist = await collector(ogma);
		await expectAllNarrow(ogma, [...ACCOUNT, ...COLLECTION, playlist, `${playlist}?token=none`]);
	});

	test('live channels', async ({ ogma }) => {
		await expectAllNarrow(ogma, await channel(ogma));
	});

	test('statistics and the administration', async ({ ogma }) => {
		const administration = [...ADMIN_PEOPLE, ...ADMIN_MUSIC].map((page) => `/admin${page}`);
		await expectAllNarrow(ogma, [...(await figures(ogma)), ...administration]);
	});
});
