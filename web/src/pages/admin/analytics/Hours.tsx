import { useTranslation } from 'react-i18next';
import { Box } from '../../../components/chart/Box';
import { numberOf } from '../../../i18n/format';

/** Plays by hour of the day, UTC. */
export function Hours({ hours }: { hours: number[] }) {
	const { t, i18n } = useTranslation();
	const most = Math.max(1, ...hours);
	return (
		<Box>
			<h3 className="mb-3 text-base">{t('admin.analytics.hours')}</h3>
			<ol className="grid h-36 grid-cols-[repeat(24,minmax(0,1fr))] items-end gap-0.5">
				{hours.map((plays, hour) => (
					<li key={hour} className="flex h-full flex-col justify-end" title={`${hour}:00 — ${plays}`}>
						<span
							className="block rounded-t-[2px] bg-chart-1"
							style={{ height: `${(plays / most) * 88}%` }}
							aria-hidden="true"
						/>
						<span className="tabular mt-1 h-3 text-2xs text-text-3" aria-hidden="true">
							{hour % 6 === 0 ? hour : ''}
						</span>
						<span className="sr-only">{`${hour}:00 — ${numberOf(plays, i18n.language)}`}</span>
					</li>
				))}
			</ol>
		</Box>
	);
}
