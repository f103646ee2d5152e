import { useState, type ComponentProps, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../Button';
import { CONTROL } from './control';
import { Field } from './Field';

interface TextInputProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
	label: string;
	value: string;
	onChange: (value: string) => void;
	hint?: ReactNode;
	error?: string | undefined;
	hiddenLabel?: boolean;
	fieldClass?: string;
}

export function TextInput(props: TextInputProps) {
	const { label, value, onChange, hint, error, hiddenLabel, fieldClass, className = '', required, ...rest } = props;
	return (
		<Field
			label={label}
			hint={hint}
			error={error}
			required={required ?? false}
			hiddenLabel={hiddenLabel ?? false}
			className={fieldClass ?? ''}
		>
			{(field) => (
				<input
					type="text"
					{...rest}
					{...field}
					value={value}
					onChange={(event) => onChange(event.target.value)}
					className={`h-11 ${CONTROL} ${className}`}
				/>
			)}
		</Field>
	);
}

/** A password, which may be looked at while it is typed. */
export function PasswordInput(props: TextInputProps) {
	const { label, value, onChange, hint, error, fieldClass, required, ...rest } = props;
	const { t } = useTranslation();
	const [shown, setShown] = useState(false);
	return (
		<Field label={label} hint={hint} error={error} required={required ?? false} className={fieldClass ?? ''}>
			{(field) => (
				<span className="relative block">
					<input
						{...rest}
						{...field}
						type={shown ? 'text' : 'password'}
						value={value}
						onChange={(event) => onChange(event.target.value)}
						spellCheck={false}
						autoCapitalize="none"
						className={`h-11 pr-12 ${CONTROL}`}
					/>
					<IconButton
						icon={shown ? 'eyeOff' : 'eye'}
						size="sm"
						label={t(shown ? 'form.hidePassword' : 'form.showPassword')}
						className="absolute! top-1 right-1"
						onClick={() => setShown(!shown)}
					/>
				</span>
			)}
		</Field>
	);
}

interface TextAreaProps extends Omit<ComponentProps<'textarea'>, 'onChange' | 'value'> {
	label: string;
	value: string;
	onChange: (value: string) => void;
	hint?: ReactNode;
	error?: string | undefined;
	fieldClass?: string;
}

export function TextArea(props: TextAreaProps) {
	const { label, value, onChange, hint, error, fieldClass, required, rows = 3, ...rest } = props;
	return (
		<Field label={label} hint={hint} error={error} required={required ?? false} className={fieldClass ?? ''}>
			{(field) => (
				<textarea
					{...rest}
					{...field}
					rows={rows}
					value={value}
					onChange={(event) => onChange(event.target.value)}
					className={`py-2.5 ${CONTROL}`}
				/>
			)}
		</Field>
	);
}
