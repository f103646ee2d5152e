import { describe, expect, it } from 'vitest';
import { changesOf, valueText } from './diff';

describe('the changes of a row of the audit log', () => {
	it('are the fields that differ, and no others', () => {
		expect(changesOf({ role: 'user', status: 'active' }, { role: 'admin', status: 'active' })).toEqual([
			{ field: 'role', before: 'user', after: 'admin' },
		]);
	});
	it('of something new or removed are all its fields', () => {
		expect(changesOf(null, { title: 'Evening', year: null })).toEqual([
			{ field: 'title', before: undefined, after: 'Evening' },
			{ field: 'year', before: undefined, after: null },
		]);
		expect(changesOf({ title: 'Evening' }, null)).toEqual([{ field: 'title', before: 'Evening', after: undefined }]);
		expect(changesOf(null, null)).toEqual([]);
	});
	it('name fields inside others by their path', () => {
		const before = { rules: { limit: 10, rules: [{ field: 'genre', value: 'Rock' }] } };
		const after = { rules: { limit: 20, rules: [{ field: 'genre', value: 'Jazz' }] } };
		expect(changesOf(before, after).map(({ field }) => field)).toEqual(['rules.limit', 'rules.rules[0].value']);
	});
	it('keep lists of plain values whole', () => {
		const [change] = changesOf({ genres: ['Rock'] }, { genres: ['Rock', 'Jazz'] });
		expect(change).toEqual({ field: 'genres', before: ['Rock'], after: ['Rock', 'Jazz'] });
		expect(valueText(change!.after!)).toBe('Rock, Jazz');
	});
	it('tell nothing, false and zero apart', () => {
		expect(changesOf({ a: null, b: 0, c: false }, { a: 0, b: false, c: null })).toHaveLength(3);
		expect([null, 0, false, ''].map(valueText)).toEqual(['—', '0', 'false', '']);
	});
});
