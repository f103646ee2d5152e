import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Ogma } from './ogma';

async function faults(ogma: Ogma, part?: string): Promise<string[]> {
	const axe = new AxeBuilder({ page: ogma.page });
	const { violations } = await (part ? axe.include(part) : axe).analyze();
	return violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.any[0]?.message ?? ''}`));
}

const VISITORS = ['/sign-in', '/register', '/link/spent', '/playlists'];

const OWN = [
	'/',
	'/settings',
	'/account',
	'/account/security',
	'/account/apps',
	'/account/data',
	'/playlists',
	'/playlists/new-rules',
	'/favorites',
	'/history',
];

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`in the ${colorScheme} theme no serious fault of accessibility is in`, () => {
		test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

		test('what visitors see of accounts', async ({ ogma }) => {
			for (const path of VISITORS) {
				await ogma.open(path);
				await ogma.page.waitForLoadState('networkidle');
				expect(await faults(ogma), path).toEqual([]);
			}
		});

		test('one’s own pages, a playlist and its dialogs', async ({ ogma }) => {
			test.setTimeout(180_000);
			await ogma.signUp();
			const { tracks, album } = await ogma.album(3);
			const ids = tracks.map(({ id }) => id);
			await ogma.send('PUT', `/me/favorites/track/${ids[0]}`);
			const { id } = await ogma.send<{ id: number }>('POST', '/playlists', { title: 'Evening', track_ids: ids });
			for (const path of [...OWN, `/playlists/${id}`, `/albums/${album.id}`]) {
				await ogma.open(path);
				await ogma.page.waitForLoadState('networkidle');
				expect(await faults(ogma), path).toEqual([]);
			}
			await ogma.page.locator('main header').getByRole('button', { name: 'Add to playlist…' }).click();
			await expect(ogma.page.getByRole('dialog').getByRole('button', { name: /Evening/ })).toBeVisible();
			expect(await faults(ogma, 'dialog[open]'), 'add to playlist').toEqual([]);
			await ogma.open(`/playlists/${id}`);
			await ogma.page.getByRole('button', { name: 'Share' }).click();
			expect(await faults(ogma, 'dialog[open]'), 'share').toEqual([]);
		});
	});
}

test('nothing sticks out sideways on a phone of 360 px', async ({ ogma }) => {
	test.setTimeout(120_000);
	await ogma.page.setViewportSize({ width: 360, height: 740 });
	await ogma.signUp();
	const { tracks } = await ogma.album(3);
	const { id } = await ogma.send<{ id: number }>('POST', '/playlists', {
		title: 'A playlist with a rather long name, longer than a phone is wide',
		track_ids: tracks.map((track) => track.id),
	});
	for (const path of [...OWN, `/playlists/${id}`, `/playlists/${id}?token=none`]) {
		await ogma.open(path);
		await ogma.page.waitForLoadState('networkidle');
		const over = await ogma.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		expect(over, path).toBeLessThanOrEqual(0);
	}
});
