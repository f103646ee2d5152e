import { useTranslation } from 'react-i18next';
import { weekdays } from '../../../components/chart/chart-data';
import { Checkbox } from '../../../components/form/Toggle';
import { DAYS } from './week';

/** Which days of the week something holds on. */
export function Weekdays({ value, onChange }: { value: number[]; onChange: (days: number[]) => void }) {
	const { t, i18n } = useTranslation();
	const names = weekdays(i18n.language, 'long');
	const toggle = (day: number, on: boolean) =>
		onChange(on ? [...value, day].sort() : value.filter((other) => other !== day));
	return (
		<fieldset>
			<legend className="mb-1.5 text-sm font-semibold">{t('console.schedule.days')}</legend>
			<div className="flex flex-wrap gap-x-5 gap-y-2">
				{DAYS.map((day) => (
					<Checkbox
						key={day}
						label={names[day - 1]!}
						checked={value.includes(day)}
						onChange={(on) => toggle(day, on)}
					/>
				))}
			</div>
		</fieldset>
	);
}
