import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMetricHistory, type Span } from '../../../api/monitoring';
import { Box } from '../../../components/chart/Box';
import { Chart, type Line } from '../../../components/chart/Chart';
import { Segmented } from '../../../components/Segmented';
import { numberOf } from '../../../i18n/format';
import { alignSeries } from './series';

interface Shown {
	metric: string;
	label: string;
	colour: Line['colour'];
	kind: Line['kind'];
}

interface MetricChartProps {
	title: string;
	span: Span;
	lines: Shown[];
	unit?: string;
}

function MetricChart({ title, span, lines, unit = '' }: MetricChartProps) {
	const { t, i18n } = useTranslation();
	const { data, error } = useMetricHistory(
		lines.map(({ metric }) => metric),
		span,
	);
	const series = alignSeries(data ?? []);
	return (
		<Box>
			{series.at.length > 1 ? (
				<Chart
					title={title}
					at={series.at}
					interval="minute"
					lines={lines.map(({ label, colour, kind }, index) => ({
						label,
						colour,
						kind,
						values: series.values[index] ?? [],
					}))}
					format={(value) => `${numberOf(Math.round(value), i18n.language)}${unit}`}
				/>
			) : (
				<>
					<h3 className="text-base">{title}</h3>
					<p className="grid h-60 place-items-center text-sm text-text-2">
						{error ? t('error.text') : t(data ? 'monitoring.noHistory' : 'state.loading')}
					</p>
				</>
			)}
		</Box>
	);
}

/** The last hours, out of the ring the server keeps. */
export function Charts() {
	const { t } = useTranslation();
	const [span, setSpan] = useState<Span>('3');
	return (
		<section aria-labelledby="monitoring-history">
			<div className="mb-3 flex flex-wrap items-center justify-between gap-3">
				<h2 id="monitoring-history" className="text-lg">
					{t('monitoring.history')}
				</h2>
				<Segmented
					label={t('monitoring.span.label')}
					value={span}
					options={(['1', '3', '12', '24'] as const).map((value) => ({ value, label: t(`monitoring.span.${value}`) }))}
					onChange={setSpan}
				/>
			</div>
			<div className="grid gap-5 2xl:grid-cols-2">
				<MetricChart
					title={t('monitoring.chart.load')}
					span={span}
					unit=" %"
					lines={[
						{ metric: 'cpu_percent', label: t('monitoring.cpu'), colour: 1, kind: 'area' },
						{ metric: 'memory_percent', label: t('monitoring.memory'), colour: 2, kind: 'line' },
						{ metric: 'disk_percent', label: t('monitoring.disk'), colour: 3, kind: 'line' },
					]}
				/>
				<MetricChart
					title={t('monitoring.chart.listeners')}
					span={span}
					lines={[
						{ metric: 'total_listeners', label: t('monitoring.listeners'), colour: 1, kind: 'area' },
						{ metric: 'active_streams', label: t('monitoring.activeStreams'), colour: 2, kind: 'line' },
					]}
				/>
			</div>
		</section>
	);
}
