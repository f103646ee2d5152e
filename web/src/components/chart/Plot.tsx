/* The drawing of a chart, by uPlot: fetched when the first chart is shown. */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { remPx } from '../rem';
import { pointName, type Interval } from './chart-data';
import type { Line } from './Chart';
import { token, useThemeName } from './plot-theme';

export interface PlotProps {
	/** RFC 3339, oldest first. */
	at: string[];
	interval: Interval;
	lines: Line[];
	format: (value: number) => string;
	language: string;
}

/** Whole numbers only: there are no half plays. */
const STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const HEIGHT_REM = 15;

function seriesOf(line: Line): uPlot.Series {
	const colour = token(`chart-${line.colour}`);
	const series: uPlot.Series = { label: line.label, stroke: colour, points: { show: false } };
	if (line.kind === 'bars') {
		return {
			...series,
			width: 0,
			fill: colour,
			paths: uPlot.paths.bars!({ size: [0.72, 36], radius: 0.28, align: 0 }),
		};
	}
	return { ...series, width: 2.25, ...(line.kind === 'area' ? { fill: `oklch(from ${colour} l c h / 0.14)` } : {}) };
}

function optionsOf(props: PlotProps, width: number, show: (plot: uPlot) => void): uPlot.Options {
	const { interval, lines, format, language } = props;
	const rem = remPx();
	const ink = token('text-3');
	const grid = { stroke: token('line'), width: 1 };
	const font = `500 ${0.72 * rem}px ${token('font-text')}`;
	const axisInterval = interval === 'week' ? 'day' : interval;
	return {
		width,
		height: HEIGHT_REM * rem,
		padding: [0.5 * rem, 0.25 * rem, 0, 0],
		...(interval !== 'minute' && { tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC') }),
		legend: { show: false },
		cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 0.5 * rem } },
		scales: {
			x: { time: true, range: (_plot, min, max) => barsMargin(props.at.length, min, max) },
			y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.06)] },
		},
		series: [{}, ...lines.map(seriesOf)],
		axes: [
			{
				stroke: ink,
				font,
				grid: { show: false },
				ticks: { show: false },
				space: 4.5 * rem,
				gap: 0.4 * rem,
				size: 1.8 * rem,
				values: (_plot, places) =>
					places.map((place) => pointName(new Date(place * 1000).toISOString(), axisInterval, language)),
			},
			{
				stroke: ink,
				font,
				grid,
				ticks: { show: false },
				incrs: STEPS,
				space: 2.6 * rem,
				gap: 0.4 * rem,
				size: (_plot, values) => rem * (0.9 + 0.44 * Math.max(2, ...(values ?? []).map((value) => value.length))),
				values: (_plot, places) => places.map(format),
			},
		],
		hooks: { setCursor: [show] },
	};
}

/** Room of half a bar at either end; a lone point stands in the middle of a day. */
function barsMargin(count: number, min: number, max: number): [number, number] {
	const half = count > 1 ? (max - min) / (count - 1) / 2 : 43_200;
	return [min - half, max + half];
}

export default function Plot(props: PlotProps) {
	const box = useRef<HTMLDivElement>(null);
	const tip = useRef<HTMLDivElement>(null);
	const theme = useThemeName();

	useEffect(() => {
		const element = box.current;
		if (!element) return;
		const { at, interval, lines, format, language } = props;
		const show = (plot: uPlot) => {
			const index = plot.cursor.idx;
			const words = tip.current;
			if (!words) return;
			const hidden = index === null || index === undefined || (plot.cursor.left ?? -1) < 0;
			words.hidden = hidden;
			if (hidden) return;
			const told = lines.map((line) => `${line.label}: ${format(line.values[index] ?? 0)}`);
			words.replaceChildren(
				...[pointName(at[index]!, interval, language, true), ...told].map((text, row) => {
					const span = document.createElement('span');
					span.textContent = text;
					span.className = row === 0 ? 'block text-text-2' : 'block font-semibold';
					return span;
				}),
			);
			const left = plot.valToPos(Date.parse(at[index]!) / 1000, 'x') + plot.bbox.left / devicePixelRatio;
			const room = element.clientWidth - words.offsetWidth;
			words.style.transform = `translate(${Math.max(0, Math.min(room, left - words.offsetWidth / 2))}px, 0)`;
		};
		const data = [at.map((time) => Date.parse(time) / 1000), ...lines.map((line) => line.values)] as uPlot.AlignedData;
		const plot = new uPlot(optionsOf(props, element.clientWidth, show), data, element);
		const observer = new ResizeObserver(() =>
			plot.setSize({ width: element.clientWidth, height: HEIGHT_REM * remPx() }),
		);
		observer.observe(element);
		return () => {
			observer.disconnect();
			plot.destroy();
		};
		/* The colours are read anew when the theme changes. */
	}, [props, theme]);

	return (
		<div className="relative">
			<div ref={box} className="h-60" />
			<div
				ref={tip}
				hidden
				className="pointer-events-none absolute top-0 left-0 z-1 rounded-sm border border-line bg-surface px-2.5 py-1.5 text-xs whitespace-nowrap shadow-2"
			/>
		</div>
	);
}
