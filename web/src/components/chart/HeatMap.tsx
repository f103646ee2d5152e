import { useTranslation } from 'react-i18next';
import { lengthOf } from '../../i18n/format';
import { heatRows, weekdays } from './chart-data';

/** When in the week one listens: a table in which colour says how much, and words say it too. */
export function HeatMap({ title, weekdayHours }: { title: string; weekdayHours: number[][] }) {
	const { i18n } = useTranslation();
	const language = i18n.language;
	const [short, long] = [weekdays(language, 'short'), weekdays(language, 'long')];
	const hours = Array.from({ length: 24 }, (_, hour) => hour);
	return (
		<table className="w-full table-fixed border-separate border-spacing-[1.5px] text-2xs sm:border-spacing-[3px]">
			<caption className="sr-only">{title}</caption>
			<thead>
				<tr>
					<td className="w-7 sm:w-9" />
					{hours.map((hour) => (
						<th key={hour} scope="col" className="tabular h-5 text-left font-medium text-text-3">
							<span className={hour % 6 === 0 ? '' : hour % 3 === 0 ? 'max-sm:sr-only' : 'sr-only'}>{hour}</span>
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{heatRows(weekdayHours).map((row, weekday) => (
					<tr key={long[weekday]}>
						<th scope="row" className="truncate pr-1 text-left font-medium text-text-2">
							<abbr title={long[weekday]} className="no-underline">
								{short[weekday]}
							</abbr>
						</th>
						{row.map(({ hour, value, strength }) => (
							<td
								key={hour}
								title={`${long[weekday]}, ${hour}:00 — ${value > 0 ? lengthOf(value, language) : '0'}`}
								className="h-5 overflow-hidden rounded-[3px] bg-surface-2 sm:h-6 sm:rounded-xs"
								style={
									value > 0
										? {
												background: `color-mix(in oklab, var(--chart-1) ${Math.round(16 + 84 * strength)}%, var(--surface-2))`,
											}
										: undefined
								}
							>
								<span className="sr-only">{value > 0 ? lengthOf(value, language) : '0'}</span>
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
