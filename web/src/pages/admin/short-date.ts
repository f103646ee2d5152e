/** "4 Mar 2026": for columns. */
export function shortDate(iso: string, language: string): string {
	const date = new Date(iso);
	return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(date);
}
