import type { MetricPoint } from '../../../api/monitoring';

/** Series of several metrics on one line of times; where one has no value, its last one stands on. */
export function alignSeries(series: MetricPoint[][]): { at: string[]; values: number[][] } {
	const at = [...new Set(series.flat().map((point) => point.at))].sort();
	const values = series.map((points) => {
		const known = new Map(points.map((point) => [point.at, point.value]));
		let last = points[0]?.value ?? 0;
		return at.map((time) => (last = known.get(time) ?? last));
	});
	return { at, values };
}
