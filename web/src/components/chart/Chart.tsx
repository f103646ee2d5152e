import { Suspense, lazy, useId, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../Button';
import { pointName, type Interval } from './chart-data';

const Plot = lazy(() => import('./Plot'));

export interface Line {
	label: string;
	values: number[];
	colour: 1 | 2 | 3 | 4;
	kind: 'bars' | 'line' | 'area';
}

interface ChartProps {
	title: string;
	at: string[];
	interval: Interval;
	lines: Line[];
	/** Of the values as words: "3 h", "12". */
	format: (value: number) => string;
	/** Something that belongs to the chart, at the right of its title. */
	actions?: ReactNode;
}

const DOTS = { 1: 'bg-chart-1', 2: 'bg-chart-2', 3: 'bg-chart-3', 4: 'bg-chart-4' } as const;

function Legend({ lines }: { lines: Line[] }) {
	return (
		<ul className="mb-2 flex flex-wrap gap-x-5 gap-y-1 text-sm text-text-2">
			{lines.map((line) => (
				<li key={line.label} className="flex items-center gap-2">
					<span className={`size-2.5 rounded-full ${DOTS[line.colour]}`} aria-hidden="true" />
					{line.label}
				</li>
			))}
		</ul>
	);
}

function Numbers({ title, at, interval, lines, format }: Omit<ChartProps, 'actions'>) {
	const { t, i18n } = useTranslation();
	return (
		// eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
		<div role="region" aria-label={title} tabIndex={0} className="max-h-72 overflow-auto rounded-sm">
			<table className="w-full text-sm">
				<thead className="sticky top-0 bg-surface text-xs text-text-2">
					<tr>
						<th scope="col" className="py-1.5 pr-3 text-left font-semibold">
							{t('chart.when')}
						</th>
						{lines.map((line) => (
							<th key={line.label} scope="col" className="px-3 py-1.5 text-right font-semibold">
								{line.label}
							</th>
						))}
					</tr>
				</thead>
				<tbody className="divide-y divide-line">
					{at.map((time, index) => (
						<tr key={time}>
							<th scope="row" className="py-1.5 pr-3 text-left font-medium whitespace-nowrap">
								{pointName(time, interval, i18n.language, true)}
							</th>
							{lines.map((line) => (
								<td key={line.label} className="tabular px-3 py-1.5 text-right">
									{format(line.values[index] ?? 0)}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** A chart over time, and the same numbers as a table for who cannot or would rather not look at a picture. */
export function Chart({ title, at, interval, lines, format, actions }: ChartProps) {
	const { t, i18n } = useTranslation();
	const id = useId();
	const [table, setTable] = useState(false);
	const language = i18n.language;
	/* The drawing is made anew only for new numbers, not for each rendering around it. */
	const key = JSON.stringify([at, interval, lines, language]);
	// eslint-disable-next-line react-hooks/exhaustive-deps
	const plot = useMemo(() => ({ at, interval, lines, format, language }), [key]);
	const summary = lines
		.map((line) => {
			const most = line.values.reduce((best, value, index) => (value > line.values[best]! ? index : best), 0);
			return t('chart.summary', {
				what: line.label,
				most: format(line.values[most] ?? 0),
				when: at[most] ? pointName(at[most], interval, language, true) : '',
			});
		})
		.join(' ');
	return (
		<section aria-labelledby={id}>
			<div className="mb-2 flex items-start justify-between gap-3">
				<h3 id={id} className="pt-1.5 text-base">
					{title}
				</h3>
				<div className="flex items-center gap-1">
					{actions}
					<IconButton
						icon={table ? 'chart' : 'rows'}
						size="sm"
						label={t(table ? 'chart.asChart' : 'chart.asTable', { what: title })}
						onClick={() => setTable(!table)}
					/>
				</div>
			</div>
			{lines.length > 1 && <Legend lines={lines} />}
			{table ? (
				<Numbers title={title} at={at} interval={interval} lines={lines} format={format} />
			) : (
				<div role="img" aria-label={`${title}. ${summary}`}>
					<Suspense fallback={<div className="shimmer h-60 rounded-md" />}>
						<Plot {...plot} />
					</Suspense>
				</div>
			)}
		</section>
	);
}
