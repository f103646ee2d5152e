/* What axe finds: everything in the light theme, and in the dark one what the colours decide. It runs in the page itself,
 * once fetched into it: told over the wire rule by rule, one look took five times as long. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import { expect, type Ogma } from './ogma';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/* Of what axe would fetch for its rules only media are asked for by one; selectors of nodes are told by their markup. */
const LOOK: RunOptions = { resultTypes: ['violations'], preload: { assets: ['media'] }, selectors: false };
const COMING_MS = 15_000;

/** The serious faults within a selector. */
async function faults({ page }: Ogma, part: string, options: RunOptions = {}): Promise<string[]> {
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
	return page.evaluate(
		async ([where, how]) => {
			const { axe } = window as unknown as { axe: { run: (where: string, how: object) => Promise<AxeResults> } };
			const { violations } = await axe.run(where, how);
			return violations
				.filter(({ impact }) => impact === 'serious' || impact === 'critical')
				.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.any[0]?.message ?? ''}`));
		},
		[part, { ...LOOK, ...options }] as const,
	);
}

/** Without motion: while colours glide from one theme to the other, what is measured is neither. */
async function changeTheme({ page }: Ogma, colorScheme: 'light' | 'dark'): Promise<void> {
	await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
	await page.waitForFunction((scheme) => getComputedStyle(document.documentElement).colorScheme === scheme, colorScheme, {
		timeout: COMING_MS,
	});
}

/** No serious fault on the open page, or in the part of it that a selector names. */
export async function expectAccessible(ogma: Ogma, what: string, part = 'html'): Promise<void> {
	await changeTheme(ogma, 'light');
	expect.soft(await faults(ogma, part), `${what}, light`).toEqual([]);
	await changeTheme(ogma, 'dark');
	expect.soft(await faults(ogma, part, { runOnly: ['color-contrast'] }), `${what}, dark`).toEqual([]);
}

/** Goes there within the app, which loads once: by way of an address of nothing, so that nothing stays of the page before. */
async function goWithin({ page }: Ogma, path: string): Promise<void> {
	const move = (to: string) =>
		page.evaluate((address) => {
			history.pushState(null, '', address);
			dispatchEvent(new PopStateEvent('popstate'));
		}, to);
	await move('/nowhere/between');
	const between = page.locator('main').getByText('There is nothing at this address', { exact: true });
	const left = await between.elementHandle({ timeout: COMING_MS });
	await move(path);
	await page.waitForFunction((one) => !one?.isConnected, left, { timeout: COMING_MS });
}

/** Opens a page and waits until nothing of it is still coming. */
export async function openWhole(ogma: Ogma, path: string): Promise<void> {
	const { page } = ogma;
	if (page.url().startsWith(ogma.url)) await goWithin(ogma, path);
	else await page.goto(ogma.url + path);
	await page.waitForFunction(
		() =>
			document.querySelector('main h1, main h2')?.checkVisibility() &&
			!document.querySelector('main .shimmer') &&
			[...document.images].every((image) => image.complete || image.loading === 'lazy'),
		undefined,
		{ timeout: COMING_MS },
	);
}

/** What sticks out sideways, in pixels. A phone shows a wider page smaller, so `innerWidth` would grow with it. */
export async function overhang({ page }: Ogma): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
