/* What axe finds: everything in the light theme, and in the dark one what the colours decide. It runs in the page itself,
 * once fetched into it: told over the wire rule by rule, one look took five times as long. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import { expect, type Ogma } from './ogma';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The serious faults within a selector. */
async function faults({ page }: Ogma, part: string, options: RunOptions = {}): Promise<string[]> {
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
	return page.evaluate(
		async ([where, how]) => {
			const { axe } = window as unknown as { axe: { run: (where: string, how: object) => Promise<AxeResults> } };
			const { violations } = await axe.run(where, { ...how, resultTypes: ['violations'] });
			return violations
				.filter(({ impact }) => impact === 'serious' || impact === 'critical')
				.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.any[0]?.message ?? ''}`));
		},
		[part, options] as const,
	);
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
export async function expectAccessible(ogma: Ogma, what: string, part = 'html'): Promise<void> {
	expect.soft(await faults(ogma, part), `${what}, light`).toEqual([]);
	await changeTheme(ogma, 'dark');
	expect.soft(await faults(ogma, part, { runOnly: ['color-contrast'] }), `${what}, dark`).toEqual([]);
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
