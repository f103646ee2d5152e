import { describe, expect, it } from 'vitest';
import { clickedThing } from './clicks';

describe('a click on a result', () => {
	it('is told by what its link leads to', () => {
		expect(clickedThing('/albums/4')).toEqual({ clicked_type: 'album', clicked_id: 4 });
		expect(clickedThing('/tracks/17')).toEqual({ clicked_type: 'track', clicked_id: 17 });
	});
	it.each(['/search?q=a', '/albums', '/genres/3', 'https://example.org/albums/4', null])('is not told for %s', (href) =>
		expect(clickedThing(href)).toBeNull(),
	);
});
