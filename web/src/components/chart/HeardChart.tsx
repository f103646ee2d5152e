import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Point } from '../../api/analytics';
import { Chart } from './Chart';
import { durationSteps, fromFirst, type Interval } from './chart-data';

interface HeardChartProps {
	title: string;
	series: Point[];
	interval: Interval;
	/** False: the series is of all time and begins with what happened first. */
	ranged?: boolean;
	actions?: ReactNode;
}

/** Time heard, as bars: in hours, or in minutes when there is little of it. */
export function HeardChart({ title, series, interval, ranged = true, actions }: HeardChartProps) {
	const { t, i18n } = useTranslation();
	const points = ranged ? series : fromFirst(series);
	const { unit, factor } = durationSteps(Math.max(0, ...points.map(({ heard_ms }) => heard_ms)));
	const format = new Intl.NumberFormat(i18n.language, {
		style: 'unit',
		unit,
		unitDisplay: 'short',
		maximumFractionDigits: 1,
	});
	return (
		<Chart
			title={title}
			at={points.map(({ at }) => at)}
			interval={interval}
			lines={[
				{ label: t('chart.heard'), values: points.map(({ heard_ms }) => heard_ms / factor), colour: 1, kind: 'bars' },
			]}
			format={(value) => format.format(value)}
			actions={actions}
		/>
	);
}
