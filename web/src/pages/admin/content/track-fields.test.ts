import { describe, expect, it } from 'vitest';
import { trackOf } from '../../../test/tracks';
import { trackBody, trackSpecs } from './track-fields';

const track = trackOf(1, {
	artists: [
		{ id: 1, name: 'Ada', role: 'main' },
		{ id: 2, name: 'Grace', role: 'featured' },
	],
});

describe('the artists of an edited track', () => {
	it('are its main ones in the form', () => {
		expect(trackSpecs(track).find(({ name }) => name === 'artists')!.value).toEqual(['Ada']);
	});
	it('keep those in other roles when the main ones change', () => {
		expect(trackBody(track, { artists: ['Sofia'] })).toEqual({
			artists: [
				{ name: 'Sofia', role: 'main' },
				{ id: 2, role: 'featured' },
			],
		});
	});
	it('are not sent when they did not change', () => {
		expect(trackBody(track, { title: 'New' })).toEqual({ title: 'New' });
	});
});
