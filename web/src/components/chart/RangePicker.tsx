import { useTranslation } from 'react-i18next';
import { CONTROL } from '../form/control';
import { Segmented } from '../Segmented';
import { RANGES, type RangeName } from './range';
import type { RangeState } from './use-range';

function DateInput({
	label,
	value,
	max,
	min,
	onChange,
}: Record<'label' | 'value' | 'max' | 'min', string> & { onChange: (value: string) => void }) {
	return (
		<input
			type="date"
			aria-label={label}
			value={value}
			max={max}
			min={min}
			onChange={(event) => event.target.value && onChange(event.target.value)}
			className={`h-10 w-auto! text-sm ${CONTROL}`}
		/>
	);
}

/** Which days the page is about: a usual range, or any two dates. */
export function RangePicker({ state }: { state: RangeState }) {
	const { t } = useTranslation();
	const { range, setNamed, setDates } = state;
	const options: { value: RangeName; label: string }[] = [...RANGES, 'own' as const].map((name) => ({
		value: name,
		label: t(`chart.range.${name}`),
	}));
	return (
		<div className="flex flex-wrap items-center gap-2.5">
			<Segmented
				label={t('chart.range.label')}
				value={range.name}
				options={options}
				onChange={(name) => (name === 'own' ? setDates(range.from, range.to) : setNamed(name))}
			/>
			{range.name === 'own' && (
				<span className="flex flex-wrap items-center gap-2">
					<DateInput
						label={t('chart.range.from')}
						value={range.from}
						min="2000-01-01"
						max={range.to}
						onChange={(from) => setDates(from, range.to)}
					/>
					<span aria-hidden="true">–</span>
					<DateInput
						label={t('chart.range.to')}
						value={range.to}
						min={range.from}
						max="2100-01-01"
						onChange={(to) => setDates(range.from, to)}
					/>
				</span>
			)}
		</div>
	);
}
