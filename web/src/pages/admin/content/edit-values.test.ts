import { describe, expect, it } from 'vitest';
import { changedValues, textsOf, valueOf, type FieldSpec } from './edit-values';

const specs: FieldSpec[] = [
	{ name: 'title', label: '', kind: 'text', value: 'Nocturne' },
	{ name: 'year', label: '', kind: 'number', value: 1894, nullable: true },
	{ name: 'genres', label: '', kind: 'list', value: ['Piano', 'Classical'] },
	{ name: 'composer', label: '', kind: 'text', value: null, nullable: true },
];

describe('an edit', () => {
	it('begins with what is there', () => {
		expect(textsOf(specs)).toEqual({ title: 'Nocturne', year: '1894', genres: 'Piano; Classical', composer: '' });
	});
	it('sends only what was changed', () => {
		expect(changedValues(specs, textsOf(specs))).toEqual({});
		expect(changedValues(specs, { ...textsOf(specs), title: ' Nocturne ' })).toEqual({});
		expect(changedValues(specs, { ...textsOf(specs), title: 'Étude', composer: 'Debussy' })).toEqual({
			title: 'Étude',
			composer: 'Debussy',
		});
	});
	it('empties a field with null, and a list with no entries', () => {
		expect(changedValues(specs, { ...textsOf(specs), year: '', genres: ' ; ' })).toEqual({ year: null, genres: [] });
	});
	it('leaves an empty title to the server, which refuses it', () => {
		expect(changedValues(specs, { ...textsOf(specs), title: '' })).toEqual({ title: '' });
	});
	it('separates a list by semicolons, for names may have commas', () => {
		expect(valueOf({ kind: 'list' }, 'Crosby, Stills & Nash;  Neil Young ;')).toEqual([
			'Crosby, Stills & Nash',
			'Neil Young',
		]);
	});
});
