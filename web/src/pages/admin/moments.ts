/** The dates of the fields as the moments the server asks for; the last day counts as a whole. */
export function moments(table: { filter: (name: string) => string }): { from?: string; to?: string } {
	const [from, to] = [table.filter('from'), table.filter('to')];
	return {
		...(from ? { from: `${from}T00:00:00Z` } : {}),
		...(to ? { to: `${to}T23:59:59.999Z` } : {}),
	};
}
