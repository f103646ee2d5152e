import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule, RuleField, RuleOp } from '../../api/playlists';
import { useGenres } from '../../api/hooks';
import { CONTROL } from '../../components/form/control';
import { BareSelect } from '../../components/form/Select';

interface ValueInputProps {
	rule: Rule;
	field: RuleField;
	op: RuleOp | undefined;
	wrong: boolean;
	textMax: number;
	onChange: (value: Rule['value']) => void;
}

const numberOf = (text: string) => (text.trim() === '' ? '' : Number(text));

interface NumberInputProps {
	label: string;
	value: string | number;
	field?: RuleField;
	wrong: boolean;
	onChange: (value: string | number) => void;
}

function NumberInput({ label, value, field, wrong, onChange }: NumberInputProps) {
	return (
		<input
			type="number"
			inputMode="decimal"
			aria-label={label}
			aria-invalid={wrong || undefined}
			value={Number.isNaN(value) ? '' : value}
			min={field?.min ?? undefined}
			max={field?.max ?? undefined}
			step="any"
			onChange={(event) => onChange(numberOf(event.target.value))}
			className={`h-11 min-w-20 flex-1 ${CONTROL}`}
		/>
	);
}

/** The text fields know the library's genres. */
function TextValue({ rule, field, wrong, textMax, onChange }: ValueInputProps) {
	const { t } = useTranslation();
	const id = useId();
	const { data } = useGenres(field.name === 'genre' ? 100 : 1);
	return (
		<>
			<input
				type="text"
				aria-label={t('rules.value')}
				aria-invalid={wrong || undefined}
				value={String(rule.value ?? '')}
				maxLength={textMax}
				list={field.name === 'genre' ? id : undefined}
				onChange={(event) => onChange(event.target.value)}
				className={`h-11 min-w-0 flex-1 ${CONTROL}`}
			/>
			{field.name === 'genre' && (
				<datalist id={id}>
					{data?.items.map((genre) => (
						<option key={genre.id} value={genre.name} />
					))}
				</datalist>
			)}
		</>
	);
}

/** What a rule compares with: a text, a number or two, a day, days, a choice. */
export function ValueInput(props: ValueInputProps) {
	const { rule, field, op, wrong, onChange } = props;
	const { t } = useTranslation();
	const unit = (text: string | null) => text && <span className="shrink-0 text-sm text-text-2">{text}</span>;
	const units: Record<string, string> = { s: t('rules.unit.s'), bpm: t('rules.unit.bpm'), kbps: t('rules.unit.kbps') };
	const own = field.unit && (units[field.unit] ?? field.unit);

	if (op?.value === 'none') return null;
	if (op?.value === 'range') {
		const [low, high] = Array.isArray(rule.value) ? rule.value : ['', ''];
		return (
			<>
				<NumberInput
					label={t('rules.from')}
					value={low ?? ''}
					field={field}
					wrong={wrong}
					onChange={(next) => onChange([next, high ?? ''])}
				/>
				<span aria-hidden="true">–</span>
				<NumberInput
					label={t('rules.to')}
					value={high ?? ''}
					field={field}
					wrong={wrong}
					onChange={(next) => onChange([low ?? '', next])}
				/>
				{unit(own)}
			</>
		);
	}
	if (op?.value === 'days') {
		return (
			<>
				<NumberInput label={t('rules.days')} value={Number(rule.value ?? 30)} wrong={wrong} onChange={onChange} />
				{unit(t('rules.days'))}
			</>
		);
	}
	if (field.type === 'number') {
		const value = typeof rule.value === 'number' || typeof rule.value === 'string' ? rule.value : '';
		return (
			<>
				<NumberInput label={t('rules.value')} value={value} field={field} wrong={wrong} onChange={onChange} />
				{unit(own)}
			</>
		);
	}
	if (field.type === 'date') {
		return (
			<input
				type="date"
				aria-label={t('rules.value')}
				aria-invalid={wrong || undefined}
				value={String(rule.value ?? '')}
				onChange={(event) => onChange(event.target.value)}
				className={`h-11 min-w-0 flex-1 ${CONTROL}`}
			/>
		);
	}
	if (field.type === 'bool' || field.type === 'choice') {
		const options = field.type === 'bool' ? ['true', 'false'] : (field.choices ?? []);
		const wordOf = (value: string) =>
			field.type === 'choice' ? value : t(value === 'true' ? 'rules.yes' : 'rules.no');
		return (
			<BareSelect
				label={t('rules.value')}
				value={String(rule.value)}
				options={options.map((value) => ({ value, label: wordOf(value) }))}
				onChange={(value) => onChange(field.type === 'bool' ? value === 'true' : value)}
				className="min-w-0 flex-1"
			/>
		);
	}
	return <TextValue {...props} />;
}
