/* Numbers made ready to be drawn. */
import type { Period, Point } from '../../api/analytics';

/** `minute` is for the last hours, told in the reader's own time. */
export type Interval = Period['interval'] | 'minute';

/** Of a place in a chart, as words: "4 Mar", "week of 2 Mar", "March 2026", "14:00". Series are counted in UTC days,
 * those of minutes are not counted by days at all. */
export function pointName(at: string, interval: Interval, language: string, long = false): string {
	const date = new Date(at);
	const options: Record<Interval, Intl.DateTimeFormatOptions> = {
		minute: { hour: '2-digit', minute: '2-digit', ...(long ? { day: 'numeric', month: 'short' } : {}) },
		hour: { hour: '2-digit', minute: '2-digit', ...(long ? { day: 'numeric', month: 'short' } : {}) },
		day: { day: 'numeric', month: 'short', ...(long ? { weekday: 'short', year: 'numeric' } : {}) },
		week: { day: 'numeric', month: 'short', ...(long ? { year: 'numeric' } : {}) },
		month: { month: long ? 'long' : 'short', year: 'numeric' },
	};
	const zone = interval === 'minute' ? {} : { timeZone: 'UTC' };
	return new Intl.DateTimeFormat(language, { ...zone, ...options[interval] }).format(date);
}

/** "All time" begins with the first thing that happened, not with years of nothing. One empty point stays as a start. */
export function fromFirst<T extends Point>(series: T[]): T[] {
	const first = series.findIndex((point) => point.plays > 0 || point.heard_ms > 0 || (point.requests ?? 0) > 0);
	return first > 1 ? series.slice(first - 1) : series;
}

/** How much more than before, 0.5 = half more; null where there is nothing to compare with. */
export function changeOf(now: number, before: number): number | null {
	return before > 0 ? now / before - 1 : null;
}

/** Step of a scale of time heard: whole minutes or hours, never "0.7 hours". */
export function durationSteps(maxMs: number): { unit: 'minute' | 'hour'; factor: number } {
	return maxMs < 2 * 3_600_000 ? { unit: 'minute', factor: 60_000 } : { unit: 'hour', factor: 3_600_000 };
}

export interface HeatCell {
	weekday: number;
	hour: number;
	value: number;
	/** 0..1 of the strongest. */
	strength: number;
}

/** Rows of a heat map; absent or short rows count as nothing heard. */
export function heatRows(weekdayHours: number[][]): HeatCell[][] {
	const valueAt = (weekday: number, hour: number) => weekdayHours[weekday]?.[hour] ?? 0;
	const most = Math.max(1, ...weekdayHours.flat());
	return Array.from({ length: 7 }, (_, weekday) =>
		Array.from({ length: 24 }, (__, hour) => {
			const value = valueAt(weekday, hour);
			return { weekday, hour, value, strength: value / most };
		}),
	);
}

/** Names of the days, Monday first. */
export function weekdays(language: string, form: 'short' | 'long'): string[] {
	const format = new Intl.DateTimeFormat(language, { weekday: form, timeZone: 'UTC' });
	/* 1 January 2024 was a Monday. */
	return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2024, 0, 1 + day)));
}

/** Twelve of them, as one reads them alone. */
export function monthNames(language: string, form: 'short' | 'long'): string[] {
	const format = new Intl.DateTimeFormat(language, { month: form, timeZone: 'UTC' });
	return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2024, month, 15)));
}

/** Shares of a whole, largest first; what is beyond `count` is put together under `rest`. */
export function sharesOf<T extends { plays: number; name: string }>(parts: T[], count: number, rest: string) {
	const sum = parts.reduce((all, part) => all + part.plays, 0);
	const sorted = [...parts].filter((part) => part.plays > 0).sort((a, b) => b.plays - a.plays);
	const shown = sorted.length > count ? sorted.slice(0, count - 1) : sorted;
	const list = shown.map(({ name, plays }) => ({ name, plays }));
	const left = sum - list.reduce((all, part) => all + part.plays, 0);
	if (left > 0) list.push({ name: rest, plays: left });
	return list.map((part) => ({ ...part, share: part.plays / sum }));
}
