import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Named, type Ogma } from './ogma';

/** Ids of an album that plays meanwhile, and of its first track. */
type PathOf = (album: Named, track: Named) => string;

const PAGES: [string, PathOf][] = [
	['the home page', () => '/'],
	['the search page', () => '/search'],
	['a search', () => '/search?q=a'],
	['a search among tracks', () => '/search?q=a&tab=tracks'],
	['the albums', () => '/albums'],
	['an album', (album) => `/albums/${album.id}`],
	['the artists', () => '/artists'],
	['the tracks', () => '/tracks'],
	['a track', (_album, track) => `/tracks/${track.id}`],
	['the genres', () => '/genres'],
	['the queue', () => '/queue'],
	['the settings', () => '/settings'],
	['the page of an address that is none', () => '/nowhere'],
];

async function expectNoFaults(ogma: Ogma, part?: string): Promise<void> {
	const axe = new AxeBuilder({ page: ogma.page });
	const { violations } = await (part ? axe.include(part) : axe).analyze();
	const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
	const told = serious.flatMap(({ id, nodes }) =>
		nodes.map((node) => `${id}: ${node.html} ${node.any[0]?.message ?? ''}`),
	);
	expect(told).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`in the ${colorScheme} theme no serious fault of accessibility is in`, () => {
		test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

		for (const [name, pathOf] of PAGES) {
			test(name, async ({ ogma }) => {
				const { album, tracks } = await ogma.album();
				await ogma.playAlbum(album);
				await ogma.page.keyboard.press('k');
				await ogma.open(pathOf(album, tracks[0]!));
				await ogma.page.waitForLoadState('networkidle');
				await expectNoFaults(ogma);
			});
		}

		test('the whole-screen player', async ({ ogma }) => {
			const { album } = await ogma.album();
			await ogma.playAlbum(album);
			await ogma.page.keyboard.press('f');
			await expect(ogma.page.getByRole('dialog')).toBeVisible();
			await expectNoFaults(ogma, 'dialog[open]');
		});
	});
}
