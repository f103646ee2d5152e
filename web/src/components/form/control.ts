/** How everything one types or chooses in looks. */
export const CONTROL =
	'w-full rounded-sm border border-line-strong bg-surface px-3.5 text-text transition-colors placeholder:text-text-3 hover:border-text-3 focus:border-accent focus:outline-none focus-visible:ring-3 focus-visible:ring-accent-soft aria-invalid:border-danger disabled:opacity-60';
