/* Statistics and the administration, as a screen reader, a phone and either theme have them. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Ogma } from './ogma';

const ADMIN = [
	'',
	'/analytics',
	'/users',
	'/users/1',
	'/invitations',
	'/tracks',
	'/albums',
	'/artists',
	'/genres',
	'/playlists',
	'/sources',
	'/jobs',
	'/audit',
	'/settings',
	'/backups',
].map((part) => `/admin${part}`);

async function paths(ogma: Ogma): Promise<string[]> {
	await ogma.signInAsKeeper();
	const track = (await ogma.list('/tracks/?limit=100')).find(({ duration_ms: length }) => length > 31_000)!;
	const { artist_id: artist } = await ogma.ask<{ artist_id: number }>(`/tracks/${track.id}`);
	const listening = { action: 'complete', duration_played_ms: track.duration_ms };
	await ogma.send('POST', '/analytics/listen', { track_id: track.id, ...listening });
	const own = ['/me/stats', '/me/recap', '/trends', `/artists/${artist}/dashboard`, `/tracks/${track.id}/stats`];
	return [...own, ...ADMIN];
}

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`in the ${colorScheme} theme`, () => {
		test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

		test('no serious fault of accessibility is in statistics and administration', async ({ ogma }) => {
			test.setTimeout(240_000);
			for (const path of await paths(ogma)) {
				await ogma.open(path);
				await expect(ogma.page.locator('main .shimmer')).toHaveCount(0);
				const { violations } = await new AxeBuilder({ page: ogma.page }).analyze();
				const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
				const told = serious.flatMap(({ id, nodes }) =>
					nodes.map((node) => `${id}: ${node.html} ${node.any[0]?.message ?? ''}`),
				);
				expect.soft(told, path).toEqual([]);
			}
		});
	});
}

test.describe('on a phone of 360 points', () => {
	test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

	test('no page of statistics and administration is wider than the screen', async ({ ogma }) => {
		test.setTimeout(120_000);
		for (const path of await paths(ogma)) {
			await ogma.open(path);
			await expect(ogma.page.locator('main .shimmer')).toHaveCount(0);
			const over = await ogma.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			expect.soft(over, path).toBeLessThanOrEqual(0);
		}
	});
});
