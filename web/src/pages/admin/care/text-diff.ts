/* Where two texts differ: what they share at both ends, and what stands between. */

export interface TextDiff {
	before: string;
	removed: string;
	added: string;
	after: string;
}

export function textDiff(was: string, becomes: string): TextDiff {
	const [a, b] = [[...was], [...becomes]];
	const shorter = Math.min(a.length, b.length);
	let start = 0;
	while (start < shorter && a[start] === b[start]) start++;
	let end = 0;
	while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
	return {
		before: a.slice(0, start).join(''),
		removed: a.slice(start, a.length - end).join(''),
		added: b.slice(start, b.length - end).join(''),
		after: a.slice(a.length - end).join(''),
	};
}
