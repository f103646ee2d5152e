/* The tree of a rule playlist as plain data. A place in it is a path of positions from the root: [] is the root itself,
 * [1, 0] the first rule of the group that stands second. Nothing here changes what it is given. */
import type { Rule, RuleField, RuleFields, RuleGroup, RuleOp, Rules } from '../../api/playlists';

export type Path = number[];
export type RuleNode = Rule | RuleGroup;

export const isGroup = (node: RuleNode): node is RuleGroup => 'rules' in node;

export const fieldOf = (fields: RuleFields, name: string): RuleField | undefined =>
	fields.fields.find((field) => field.name === name);

export const opOf = (fields: RuleFields, name: string): RuleOp | undefined => fields.ops.find((op) => op.name === name);

/** What a rule starts with when its field or its comparison is chosen anew. */
function valueFor(field: RuleField, op: RuleOp | undefined): Rule['value'] {
	if (op?.value === 'none') return undefined;
	if (op?.value === 'days') return 30;
	if (op?.value === 'range') return [field.min ?? 0, field.max ?? 0];
	if (field.type === 'bool') return true;
	if (field.type === 'choice') return field.choices?.[0] ?? '';
	return '';
}

function made(field: RuleField, op: RuleOp | undefined, name: string): Rule {
	const value = valueFor(field, op);
	return value === undefined ? { field: field.name, op: name } : { field: field.name, op: name, value };
}

export function newRule(fields: RuleFields, name?: string): Rule {
	const field = (name && fieldOf(fields, name)) || fields.fields[0]!;
	const op = field.ops[0] ?? 'is';
	return made(field, opOf(fields, op), op);
}

/** Another field keeps the comparison where it has it too. */
export function withField(fields: RuleFields, rule: Rule, name: string): Rule {
	const field = fieldOf(fields, name);
	if (!field) return rule;
	const op = field.ops.includes(rule.op) ? rule.op : (field.ops[0] ?? 'is');
	const sameKind = fieldOf(fields, rule.field)?.type === field.type && field.type === 'text';
	const next = made(field, opOf(fields, op), op);
	return sameKind && op === rule.op && rule.value !== undefined ? { ...next, value: rule.value } : next;
}

/** Another comparison keeps the value where it takes one of the same shape. */
export function withOp(fields: RuleFields, rule: Rule, name: string): Rule {
	const field = fieldOf(fields, rule.field);
	const op = opOf(fields, name);
	if (!field) return rule;
	if (op?.value === opOf(fields, rule.op)?.value) return { ...rule, op: name };
	return made(field, op, name);
}

export function nodeAt(root: RuleGroup, path: Path): RuleNode | undefined {
	let node: RuleNode | undefined = root;
	for (const step of path) node = node && isGroup(node) ? node.rules[step] : undefined;
	return node;
}

/** The tree with the node at `path` replaced; null takes it out. */
export function replaced<T extends RuleGroup>(root: T, path: Path, next: RuleNode | null): T {
	const [step, ...rest] = path;
	if (step === undefined) return { ...root, ...(next as T) };
	const rules = root.rules.flatMap((node, at) => {
		if (at !== step) return [node];
		if (rest.length === 0) return next ? [next] : [];
		return isGroup(node) ? [replaced(node, rest, next)] : [node];
	});
	return { ...root, rules };
}

export function added<T extends RuleGroup>(root: T, path: Path, node: RuleNode): T {
	const group = nodeAt(root, path);
	return group && isGroup(group) ? replaced(root, path, { ...group, rules: [...group.rules, node] }) : root;
}

export const countRules = (node: RuleNode): number =>
	isGroup(node) ? node.rules.reduce((sum, child) => sum + countRules(child), 0) : 1;

const blank = (value: unknown) => value === '' || value === undefined || Number.isNaN(value);

/** Whether it says enough to be asked for: every rule has its value, every group a rule. */
export function isComplete(fields: RuleFields, node: RuleNode): boolean {
	if (isGroup(node)) return node.rules.length > 0 && node.rules.every((child) => isComplete(fields, child));
	if (opOf(fields, node.op)?.value === 'none') return true;
	return Array.isArray(node.value) ? node.value.length === 2 && !node.value.some(blank) : !blank(node.value);
}

/** Where a fault of the server's belongs: "rules.rules[1].rules[0].value" is the rule at "1.0". */
export function faultPath(field: string): string {
	return [...field.matchAll(/\[(\d+)\]/g)].map(([, at]) => at).join('.');
}

export const emptyRules = (fields: RuleFields): Rules => ({
	match: 'all',
	rules: [newRule(fields, 'genre')],
	sort: 'random',
	limit: 100,
});
