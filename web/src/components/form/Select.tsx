import type { ReactNode } from 'react';
import { Icon } from '../Icon';
import { CONTROL } from './control';
import { Field } from './Field';

export interface Option<T extends string> {
	value: T;
	label: string;
}

interface SelectProps<T extends string> {
	label: string;
	value: T;
	options: Option<T>[];
	onChange: (value: T) => void;
	hint?: ReactNode;
	error?: string | undefined;
	hiddenLabel?: boolean;
	disabled?: boolean;
	className?: string;
}

/** One of several, by the system's own list: phones and readers know it best. */
export function Select<T extends string>(props: SelectProps<T>) {
	const { label, value, options, onChange, hint, error, hiddenLabel = false, disabled = false, className = '' } = props;
	return (
		<Field label={label} hint={hint} error={error} hiddenLabel={hiddenLabel} className={className}>
			{(field) => (
				<span className="relative block">
					<select
						{...field}
						value={value}
						disabled={disabled}
						onChange={(event) => onChange(event.target.value as T)}
						className={`h-11 cursor-pointer appearance-none pr-10 ${CONTROL}`}
					>
						{options.map((option) => (
							<option key={option.value} value={option.value}>
								{option.label}
							</option>
						))}
					</select>
					<Icon
						name="down"
						className="pointer-events-none absolute top-1/2 right-3.5 size-4 -translate-y-1/2 text-text-2"
					/>
				</span>
			)}
		</Field>
	);
}

interface BareSelectProps<T extends string> {
	/** What it chooses, for readers: the words around it say it to the eye. */
	label: string;
	value: T;
	options: Option<T>[];
	onChange: (value: T) => void;
	className?: string;
}

/** A choice inside a row of controls, without a label of its own above it. */
export function BareSelect<T extends string>({ label, value, options, onChange, className = '' }: BareSelectProps<T>) {
	return (
		<span className={`relative block ${className}`}>
			<select
				aria-label={label}
				value={value}
				onChange={(event) => onChange(event.target.value as T)}
				className={`h-11 cursor-pointer appearance-none truncate pr-9 ${CONTROL}`}
			>
				{options.map((option) => (
					<option key={option.value} value={option.value}>
						{option.label}
					</option>
				))}
			</select>
			<Icon name="down" className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-text-2" />
		</span>
	);
}
