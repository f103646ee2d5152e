/* What axe finds: everything in the light theme, and in the dark one what the colours decide. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Ogma } from './ogma';

async function faults(axe: AxeBuilder): Promise<string[]> {
	const { violations } = await axe.analyze();
	return violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.any[0]?.message ?? ''}`));
}

/** Colours glide from one theme to the other; what is measured on the way is neither. */
async function changeTheme({ page }: Ogma, colorScheme: 'light' | 'dark'): Promise<void> {
	await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
	await expect(page.locator('html')).toHaveCSS('color-scheme', colorScheme);
	await page.waitForFunction(() =>
		document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState === 'finished'),
	);
}

/** No serious fault on the open page, or in the part of it that a selector names. Ends in the light theme. */
export async function expectAccessible(ogma: Ogma, what: string, part?: string): Promise<void> {
	const { page } = ogma;
	const axe = () => (part ? new AxeBuilder({ page }).include(part) : new AxeBuilder({ page }));
	expect.soft(await faults(axe()), `${what}, light`).toEqual([]);
	await changeTheme(ogma, 'dark');
	expect.soft(await faults(axe().withRules(['color-contrast'])), `${what}, dark`).toEqual([]);
	await changeTheme(ogma, 'light');
}

/** Opens a page and waits until nothing of it is still coming. */
export async function openWhole(ogma: Ogma, path: string): Promise<void> {
	await ogma.open(path);
	await expect(ogma.page.locator('main .shimmer')).toHaveCount(0);
	await ogma.page.waitForFunction(() =>
		[...document.images].every((image) => image.complete || image.loading === 'lazy'),
	);
}

/** What sticks out sideways, in pixels. */
export async function overhang({ page }: Ogma): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
