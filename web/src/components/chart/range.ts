/* The days a page of statistics is about. In the address: `range` for one of the usual ones, `from` and `to` for others. */

export const RANGES = ['7', '30', '90', '365', 'all'] as const;
export type RangeName = (typeof RANGES)[number] | 'own';

export interface Range {
	name: RangeName;
	/** Plain UTC dates, both inclusive. */
	from: string;
	to: string;
	days: number;
	interval: 'day' | 'week' | 'month';
}

const DAY_MS = 86_400_000;
/** As much as the server answers for. */
const DAYS_MAX = 3660;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export const dateText = (time: number): string => new Date(time).toISOString().slice(0, 10);

function intervalOf(days: number): Range['interval'] {
	if (days <= 92) return 'day';
	return days <= 750 ? 'week' : 'month';
}

const timeOf = (text: string | null): number => (text && DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN);

/** `fallback` is the range of an address that names none, or none that makes sense. */
export function rangeOf(params: URLSearchParams, now: number, fallback: (typeof RANGES)[number] = '30'): Range {
	const today = Math.floor(now / DAY_MS) * DAY_MS;
	const [from, to] = [timeOf(params.get('from')), timeOf(params.get('to'))];
	if (from <= to) {
		const days = Math.min((to - from) / DAY_MS + 1, DAYS_MAX);
		return {
			name: 'own',
			from: dateText(to - (days - 1) * DAY_MS),
			to: dateText(to),
			days,
			interval: intervalOf(days),
		};
	}
	const asked = RANGES.find((name) => name === params.get('range')) ?? fallback;
	const days = asked === 'all' ? DAYS_MAX : Number(asked);
	return {
		name: asked,
		from: dateText(today - (days - 1) * DAY_MS),
		to: dateText(today),
		days,
		interval: intervalOf(days),
	};
}

/** The address of another range; what else stands in it stays. */
export function withRange(params: URLSearchParams, change: { range?: string; from?: string; to?: string }) {
	const next = new URLSearchParams(params);
	for (const name of ['range', 'from', 'to']) next.delete(name);
	for (const [name, value] of Object.entries(change)) if (value) next.set(name, value);
	return next;
}
