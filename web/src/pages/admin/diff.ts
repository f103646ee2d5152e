/* What a change changed, out of the values before and after it. */
import type { Json } from '../../api/admin';

export interface Change {
	/** Path of the field: "rules.limit", "artists[0].name". */
	field: string;
	/** undefined: was not there. */
	before: Json | undefined;
	/** undefined: is no longer there. */
	after: Json | undefined;
}

type Fields = Map<string, Json>;

const isPlain = (value: Json): boolean => value === null || typeof value !== 'object';

/** Leaves by their paths. Lists of plain values stay whole: "Rock, Jazz" says more than two lines. */
function collect(value: Json, path: string, into: Fields): void {
	if (isPlain(value) || (Array.isArray(value) && value.every(isPlain))) {
		into.set(path, value);
		return;
	}
	const entries: [string, Json][] = Array.isArray(value)
		? value.map((entry, at): [string, Json] => [`${path}[${at}]`, entry])
		: Object.entries(value as Record<string, Json>).map(([name, entry]) => [path ? `${path}.${name}` : name, entry]);
	if (entries.length === 0 && path) into.set(path, value);
	for (const [name, entry] of entries) collect(entry, name, into);
}

function fieldsOf(value: Json): Fields {
	const fields: Fields = new Map();
	if (value !== null) collect(value, '', fields);
	return fields;
}

const same = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a) === JSON.stringify(b);

/** Only what differs, in the order the fields come in; what is new comes last. */
export function changesOf(before: Json, after: Json): Change[] {
	const [old, now] = [fieldsOf(before), fieldsOf(after)];
	return [...new Set([...old.keys(), ...now.keys()])]
		.map((field) => ({ field, before: old.get(field), after: now.get(field) }))
		.filter((change) => !same(change.before, change.after));
}

export function valueText(value: Json): string {
	if (Array.isArray(value)) return value.map((entry) => valueText(entry)).join(', ');
	if (value !== null && typeof value === 'object') return JSON.stringify(value);
	return value === null ? '—' : String(value);
}
