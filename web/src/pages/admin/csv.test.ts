import '../../test/page';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { allRows, csvCell, csvOf } from './csv';

describe('a file for spreadsheets', () => {
	it('quotes what would break its rows', () => {
		expect(csvCell('a,b')).toBe('"a,b"');
		expect(csvCell('say "hi"\nthere')).toBe('"say ""hi""\nthere"');
		expect(csvCell('plain')).toBe('plain');
	});
	it('lets no name become a formula', () => {
		for (const name of ['=1+1', '+1', '-1', '@SUM(A1)']) expect(csvCell(name)).toBe(`'${name}`);
		expect(csvCell(-1)).toBe('-1');
	});
	it('begins with its heads and ends each row as the standard says', () => {
		expect(csvOf(['a', 'б'], [[1, null]])).toBe('\ufeffa,б\r\n1,\r\n');
	});
});

describe('all rows of a list', () => {
	afterEach(() => vi.restoreAllMocks());

	it('come page after page until there are no more', async () => {
		const asked: string[] = [];
		vi.spyOn(globalThis, 'fetch').mockImplementation((url) => {
			asked.push(String(url));
			const last = String(url).includes('cursor=2');
			return Promise.resolve(new Response(JSON.stringify({ items: [asked.length], next_cursor: last ? null : '2' })));
		});
		expect(await allRows('/genres/', { sort: 'name' })).toEqual([1, 2]);
		expect(asked).toEqual(['/api/v1/genres/?sort=name&limit=100', '/api/v1/genres/?sort=name&limit=100&cursor=2']);
	});
});
