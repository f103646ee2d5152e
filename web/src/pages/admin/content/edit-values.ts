/* Fields of a thing as texts to be edited, and what was changed as the server wants it. */
import type { Json } from '../../../api/admin';

export interface FieldSpec {
	name: string;
	/** Key of its words. */
	label: string;
	kind: 'text' | 'number' | 'list' | 'area';
	value: Json;
	/** May be emptied; the server then gets null. */
	nullable?: boolean;
	/** Key of words under it. */
	hint?: string;
	max?: number;
}

export type Texts = Record<string, string>;

const SEPARATOR = /\s*;\s*/;

export function textOf(value: Json): string {
	if (value === null) return '';
	return Array.isArray(value) ? value.map((entry) => String(entry)).join('; ') : String(value);
}

export const textsOf = (specs: FieldSpec[]): Texts =>
	Object.fromEntries(specs.map(({ name, value }) => [name, textOf(value)]));

export function valueOf(spec: Pick<FieldSpec, 'kind' | 'nullable'>, text: string): Json {
	const plain = text.trim();
	if (spec.kind === 'list') return plain.split(SEPARATOR).filter(Boolean);
	if (plain === '' && spec.nullable) return null;
	return spec.kind === 'number' ? Number(plain) : plain;
}

/** Only what differs from how it was. */
export function changedValues(specs: FieldSpec[], texts: Texts): Record<string, Json> {
	const changed = specs.filter((spec) => texts[spec.name]!.trim() !== textOf(spec.value).trim());
	return Object.fromEntries(changed.map((spec) => [spec.name, valueOf(spec, texts[spec.name]!)]));
}
