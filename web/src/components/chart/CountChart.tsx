import { useTranslation } from 'react-i18next';
import type { Point } from '../../api/analytics';
import { numberOf } from '../../i18n/format';
import { Chart, type Line } from './Chart';
import type { Interval } from './chart-data';

type Counted = Exclude<keyof Point, 'at' | 'heard_ms'>;

interface CountChartProps {
	title: string;
	series: Point[];
	interval: Interval;
	lines: { field: Counted; label: string; colour: Line['colour']; kind: Line['kind'] }[];
}

/** Things counted over time. */
export function CountChart({ title, series, interval, lines }: CountChartProps) {
	const { i18n } = useTranslation();
	return (
		<Chart
			title={title}
			at={series.map(({ at }) => at)}
			interval={interval}
			lines={lines.map(({ field, ...line }) => ({ ...line, values: series.map((point) => point[field] ?? 0) }))}
			format={(value) => numberOf(Math.round(value), i18n.language)}
		/>
	);
}
