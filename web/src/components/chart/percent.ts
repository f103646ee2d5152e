/** 0.123 -> "12%" */
export const percent = (share: number, language: string): string =>
	new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: share > 0 && share < 0.1 ? 1 : 0 }).format(
		share,
	);
