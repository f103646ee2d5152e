import { useTranslation } from 'react-i18next';
import type { Streaks } from '../../api/analytics';
import { Box } from '../../components/chart/Box';
import { Icon } from '../../components/Icon';

/** Days in a row with music. */
export function Streak({ streaks }: { streaks: Streaks }) {
	const { t, i18n } = useTranslation();
	const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeZone: 'UTC' });
	const { longest_from: from, longest_to: to } = streaks;
	return (
		<Box className="flex flex-col justify-center gap-6">
			<div className="flex items-center gap-4">
				<span className="grid size-14 shrink-0 place-items-center rounded-full bg-accent-soft text-accent-text">
					<Icon name="flame" className="size-7" />
				</span>
				<p>
					<span className="display block text-2xl font-semibold">
						{t('stats.days', { count: streaks.current_days })}
					</span>
					<span className="text-sm text-text-2">{t('stats.streakNow')}</span>
				</p>
			</div>
			<p className="text-sm text-text-2">
				{t('stats.streakLongest')}{' '}
				<span className="font-semibold text-text">{t('stats.days', { count: streaks.longest_days })}</span>
				{from && to && <span className="block text-xs">{day.formatRange(Date.parse(from), Date.parse(to))}</span>}
			</p>
		</Box>
	);
}
