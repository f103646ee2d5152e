/* Lists of which the server makes no file: asked page by page and written here. */
import { apiGet, apiPath, type Query } from '../../api/client';
import type { Page } from '../../api/types';

export type Cell = string | number | boolean | null | undefined;

const PAGE = 100;
/** Beyond this a list belongs into `ogma export`, not into a browser. */
export const ROWS_MAX = 50_000;

/** Quoted where it must be. A text that a spreadsheet would take for a formula is made a text again. */
export function csvCell(value: Cell): string {
	if (value === null || value === undefined) return '';
	if (typeof value !== 'string') return String(value);
	const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
	return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With a byte order mark, without which a spreadsheet reads Cyrillic as noise. */
export function csvOf(head: string[], rows: Cell[][]): string {
	return `\ufeff${[head, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

export async function allRows<T>(path: string, query: Query): Promise<T[]> {
	const rows: T[] = [];
	let cursor: string | null = null;
	do {
		const page: Page<T> = await apiGet<Page<T>>(apiPath(path, { ...query, limit: PAGE, cursor }));
		rows.push(...page.items);
		cursor = page.next_cursor;
	} while (cursor && rows.length < ROWS_MAX);
	return rows.slice(0, ROWS_MAX);
}
