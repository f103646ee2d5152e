import { describe, expect, it } from 'vitest';
import type { RuleField, RuleFields, Rules } from '../../api/playlists';
import { added, countRules, faultPath, isComplete, newRule, nodeAt, replaced, withField, withOp } from './rules';

const field = (name: string, type: RuleField['type'], ops: string[], more: Partial<RuleField> = {}): RuleField => ({
	name,
	type,
	ops,
	label: { en: name, ru: name },
	unit: null,
	min: null,
	max: null,
	choices: null,
	per_user: false,
	whole: false,
	...more,
});

const fields: RuleFields = {
	fields: [
		field('genre', 'text', ['is', 'contains']),
		field('artist', 'text', ['is', 'starts_with']),
		field('year', 'number', ['is', 'gt', 'between', 'is_known'], { min: 1900, max: 2100 }),
		field('added', 'date', ['before', 'in_last']),
		field('favorite', 'bool', ['is']),
		field('codec', 'choice', ['is'], { choices: ['flac', 'mp3'] }),
	],
	ops: [
		{ name: 'is', label: { en: '', ru: '' }, value: 'one' },
		{ name: 'contains', label: { en: '', ru: '' }, value: 'one' },
		{ name: 'starts_with', label: { en: '', ru: '' }, value: 'one' },
		{ name: 'gt', label: { en: '', ru: '' }, value: 'one' },
		{ name: 'before', label: { en: '', ru: '' }, value: 'one' },
		{ name: 'between', label: { en: '', ru: '' }, value: 'range' },
		{ name: 'in_last', label: { en: '', ru: '' }, value: 'days' },
		{ name: 'is_known', label: { en: '', ru: '' }, value: 'none' },
	],
	sorts: [],
	limits: { rules: 50, depth: 4, limit: 10_000, text: 200, days: 36_500 },
};

const tree: Rules = {
	match: 'all',
	rules: [
		{ field: 'genre', op: 'is', value: 'Rock' },
		{ match: 'any', rules: [{ field: 'year', op: 'gt', value: 1990 }] },
	],
	sort: 'random',
};

describe('a rule', () => {
	it('begins with a value of its field’s kind', () => {
		expect(newRule(fields)).toEqual({ field: 'genre', op: 'is', value: '' });
		expect(newRule(fields, 'favorite').value).toBe(true);
		expect(newRule(fields, 'codec').value).toBe('flac');
		expect(newRule(fields, 'no such')).toEqual(newRule(fields));
	});
	it('keeps comparison and value when the other field can have them', () => {
		const rock = { field: 'genre', op: 'is', value: 'Rock' };
		expect(withField(fields, rock, 'artist')).toEqual({ field: 'artist', op: 'is', value: 'Rock' });
		expect(withField(fields, { ...rock, op: 'contains' }, 'artist')).toEqual({ field: 'artist', op: 'is', value: '' });
		expect(withField(fields, rock, 'year')).toEqual({ field: 'year', op: 'is', value: '' });
	});
	it('gets a value of another shape with another kind of comparison', () => {
		const year = { field: 'year', op: 'is', value: 1990 };
		expect(withOp(fields, year, 'gt')).toEqual({ field: 'year', op: 'gt', value: 1990 });
		expect(withOp(fields, year, 'between')).toEqual({ field: 'year', op: 'between', value: [1900, 2100] });
		expect(withOp(fields, year, 'is_known')).toEqual({ field: 'year', op: 'is_known' });
		expect(withOp(fields, { field: 'added', op: 'before', value: '' }, 'in_last').value).toBe(30);
	});
	it('is complete when it has its value', () => {
		expect(isComplete(fields, tree)).toBe(true);
		expect(isComplete(fields, { match: 'all', rules: [] })).toBe(false);
		expect(isComplete(fields, newRule(fields))).toBe(false);
		expect(isComplete(fields, { field: 'year', op: 'between', value: [1990, NaN] })).toBe(false);
		expect(isComplete(fields, { field: 'year', op: 'is_known' })).toBe(true);
	});
});

describe('the tree of rules', () => {
	it('is changed at a place and nowhere else', () => {
		const next = replaced(tree, [1, 0], { field: 'year', op: 'gt', value: 2000 });
		expect(nodeAt(next, [1, 0])).toEqual({ field: 'year', op: 'gt', value: 2000 });
		expect(next.rules[0]).toBe(tree.rules[0]);
		expect(next.sort).toBe('random');
		expect(nodeAt(tree, [1, 0])).toEqual({ field: 'year', op: 'gt', value: 1990 });
	});
	it('changes its root without losing order and limit', () => {
		expect(replaced(tree, [], { match: 'any', rules: tree.rules })).toEqual({ ...tree, match: 'any' });
	});
	it('grows and shrinks', () => {
		const grown = added(tree, [1], newRule(fields));
		expect(countRules(grown)).toBe(3);
		expect(countRules(replaced(grown, [1], null))).toBe(1);
		expect(added(tree, [0], newRule(fields))).toBe(tree);
	});
	it('knows where a fault of the server’s belongs', () => {
		expect(faultPath('rules.rules[1].rules[0].value')).toBe('1.0');
		expect(faultPath('rules.limit')).toBe('');
	});
});
