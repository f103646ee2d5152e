/* What a year's recap says, as lines of words; the page and the picture say the same. */
import type { TFunction } from 'i18next';
import type { Recap } from '../../api/analytics';
import { changeOf, weekdays } from '../../components/chart/chart-data';
import { percent } from '../../components/chart/percent';
import { lengthOf, numberOf } from '../../i18n/format';

export interface Fact {
	name: string;
	value: string;
}

/** Minutes read larger than "1 day 3 hr", and people compare minutes. */
export const minutesOf = (ms: number): number => Math.round(ms / 60_000);

export function factsOf(recap: Recap, t: TFunction, language: string): Fact[] {
	const number = (value: number) => numberOf(value, language);
	const facts: Fact[] = [
		{ name: t('chart.plays'), value: number(recap.plays) },
		{ name: t('nav.tracks'), value: number(recap.tracks) },
		{ name: t('nav.artists'), value: number(recap.artists) },
		{ name: t('recap.newArtists'), value: number(recap.new_artists) },
		{ name: t('nav.albums'), value: number(recap.albums) },
		{ name: t('stats.activeDays'), value: number(recap.active_days) },
		{ name: t('recap.streak'), value: t('stats.days', { count: recap.longest_streak_days }) },
	];
	if (recap.top_day) {
		const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', timeZone: 'UTC' });
		facts.push({
			name: t('recap.topDay'),
			value: `${day.format(Date.parse(recap.top_day.date))} · ${lengthOf(recap.top_day.heard_ms, language)}`,
		});
	}
	if (recap.peak) facts.push({ name: t('recap.peak'), value: peakOf(recap.peak, language) });
	return facts;
}

/** "Friday, 22:00" */
export function peakOf(peak: NonNullable<Recap['peak']>, language: string): string {
	const day = weekdays(language, 'long')[peak.weekday] ?? '';
	return `${day.charAt(0).toUpperCase()}${day.slice(1)}, ${peak.hour}:00`;
}

/** Against the year before, in one sentence; empty when there was none. */
export function comparisonOf(recap: Recap, t: TFunction, language: string): string {
	const change = changeOf(recap.heard_ms, recap.previous_year.heard_ms);
	if (change === null) return '';
	return t(change >= 0 ? 'recap.more' : 'recap.less', {
		share: percent(Math.abs(change), language),
		year: String(recap.year - 1),
	});
}

/** Years that may be looked at: not after this one, not before music was here. */
export function yearOf(text: string | undefined, now: number): number {
	const year = Number(text);
	return Number.isInteger(year) && year >= 2000 && year <= now ? year : now;
}
