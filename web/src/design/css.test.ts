import { describe, expect, it } from 'vitest';

const sheets = import.meta.glob<string>('./*.css', { query: '?raw', import: 'default', eager: true });

describe('style sheets', () => {
	it('give every variant of ours a place for the style: without one Tailwind makes rules that browsers drop', () => {
		const variants = Object.values(sheets).flatMap((text) => [...text.matchAll(/@custom-variant\s+\S+\s+([^\n]*)/g)]);
		expect(variants.length).toBeGreaterThan(0);
		for (const [line, body] of variants) expect(/^\(&/.test(body!) || line.includes('@slot'), line).toBe(true);
	});
});
