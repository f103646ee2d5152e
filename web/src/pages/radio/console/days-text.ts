import i18next from 'i18next';
import { weekdays } from '../../../components/chart/chart-data';

/** Days of the week as one reads them; none stands for all. */
export function daysText(days: number[]): string {
	if (days.length === 0 || days.length === 7) return i18next.t('console.schedule.daily');
	const names = weekdays(i18next.language, 'short');
	return [...days]
		.sort((a, b) => a - b)
		.map((day) => names[day - 1])
		.join(', ');
}
