import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './ogma';

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`in the ${colorScheme} theme`, () => {
		test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

		test('the main pages have no serious faults of accessibility', async ({ ogma }) => {
			const { album, tracks } = await ogma.album();
			await ogma.playAlbum(album);
			await ogma.page.keyboard.press('k');
			const paths = [
				'/',
				'/search',
				'/search?q=a',
				'/search?q=a&tab=tracks',
				'/albums',
				`/albums/${album.id}`,
				'/artists',
				'/tracks',
			];
			for (const path of [...paths, `/tracks/${tracks[0]!.id}`, '/genres', '/queue', '/settings', '/nowhere']) {
				await ogma.open(path);
				await ogma.page.waitForLoadState('networkidle');
				const { violations } = await new AxeBuilder({ page: ogma.page }).analyze();
				const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
				const told = serious.map(
					({ id, nodes }) =>
						`${id}: ${nodes
							.map((node) => `${node.target} ${node.any[0]?.message ?? ''}`)
							.slice(0, 3)
							.join(' | ')}`,
				);
				expect(told, path).toEqual([]);
			}
		});

		test('the whole player has none either', async ({ ogma }) => {
			const { album } = await ogma.album();
			await ogma.playAlbum(album);
			await ogma.page.keyboard.press('f');
			await expect(ogma.page.getByRole('dialog')).toBeVisible();
			const { violations } = await new AxeBuilder({ page: ogma.page }).include('dialog[open]').analyze();
			expect(
				violations
					.filter(({ impact }) => impact === 'serious' || impact === 'critical')
					.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
			).toEqual([]);
		});
	});
}
