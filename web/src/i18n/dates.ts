/* Times as people say them. */

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
	[60, 'second'],
	[60, 'minute'],
	[24, 'hour'],
	[7, 'day'],
	[4.35, 'week'],
	[12, 'month'],
	[Infinity, 'year'],
];

/** "3 hours ago", "вчера"; "in 5 days" for what is to come. */
export function agoOf(iso: string, language: string, now = Date.now()): string {
	const time = Date.parse(iso);
	if (Number.isNaN(time)) return '';
	let value = (time - now) / 1000;
	const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
	for (const [size, unit] of STEPS) {
		if (Math.abs(Math.round(value)) < size) return format.format(Math.round(value), unit);
		value /= size;
	}
	return '';
}

export function timeOf(iso: string, language: string): string {
	const date = new Date(iso);
	return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(date);
}

export function dateTimeOf(iso: string, language: string): string {
	const date = new Date(iso);
	if (Number.isNaN(date.getTime())) return '';
	return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** The day as a heading: today and yesterday by name, others with their weekday. */
export function dayOf(iso: string, language: string, now = new Date()): string {
	const date = new Date(iso);
	const midnight = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
	const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
	if (days === 0 || days === -1) {
		const word = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day');
		return word.charAt(0).toUpperCase() + word.slice(1);
	}
	const sameYear = date.getFullYear() === now.getFullYear();
	return new Intl.DateTimeFormat(language, {
		weekday: 'long',
		day: 'numeric',
		month: 'long',
		...(sameYear ? {} : { year: 'numeric' }),
	}).format(date);
}

export const isPast = (iso: string | null): boolean => iso !== null && Date.parse(iso) < Date.now();
