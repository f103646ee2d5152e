/* What axe finds: everything in the light theme, and in the dark one what the colours decide. It runs in the page itself,
 * once fetched into it: told over the wire rule by rule, one look took five times as long. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import { expect, type Ogma } from './ogma';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/* Most of a look goes into colours, each a new object for each thing behind each text. axe is compiled for browsers without
 * private fields, which it keeps in weak maps, six for a colour: here they are kept on the object itself. And what a colour is
 * called it would read anew each time. Both make a look take less than half the time, and find the same. */
const source = `(WeakMap => {${axe}})(class {
	key = Symbol();
	has(owner) { return this.key in owner; }
	get(owner) { return owner[this.key]; }
	set(owner, value) { owner[this.key] = value; return this; }
	delete(owner) { return delete owner[this.key]; }
});
{
	const { prototype } = axe.commons.color.Color;
	const { parseString } = prototype;
	const read = new Map();
	prototype.parseString = function (text) {
		if (!read.has(text)) {
			parseString.call(this, text);
			const { r, g, b, alpha } = this;
			read.set(text, { r, g, b, alpha });
		}
		return Object.assign(this, read.get(text));
	};
}
undefined`;

/* Of what axe would fetch for its rules only media are asked for by one; selectors of nodes are told by their markup. What
 * `region` finds is never serious, and it looks long for it. */
const LOOK: RunOptions = {
	resultTypes: ['violations'],
	preload: { assets: ['media'] },
	selectors: false,
	rules: { region: { enabled: false } },
};
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

/** Opens a page and waits until nothing of it is still coming. */
export async function openWhole(ogma: Ogma, path: string): Promise<void> {
	await ogma.open(path);
	await ogma.page.waitForFunction(
		() =>
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
