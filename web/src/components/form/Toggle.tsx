import { useId, type ReactNode } from 'react';
import { Icon } from '../Icon';

interface ToggleProps {
	label: string;
	hint?: ReactNode;
	checked: boolean;
	onChange: (checked: boolean) => void;
	disabled?: boolean;
	hiddenLabel?: boolean;
}

/** On or off, at once. */
export function Toggle({ label, hint, checked, onChange, disabled = false, hiddenLabel = false }: ToggleProps) {
	const id = useId();
	return (
		<div className="flex items-start gap-3">
			<button
				type="button"
				role="switch"
				aria-checked={checked}
				aria-labelledby={`${id}-label`}
				aria-describedby={hint ? `${id}-hint` : undefined}
				disabled={disabled}
				onClick={() => onChange(!checked)}
				className="relative mt-px h-6 w-10.5 shrink-0 rounded-full bg-line-strong transition-colors duration-150 aria-checked:bg-accent disabled:opacity-50"
			>
				<span
					className={`absolute top-0.75 left-0.75 size-4.5 rounded-full bg-white shadow-1 transition-transform duration-150 ease-out ${checked ? 'translate-x-4.5' : ''}`}
				/>
			</button>
			<span className={hiddenLabel ? 'sr-only' : ''}>
				<span id={`${id}-label`} className="block font-medium">
					{label}
				</span>
				{hint && (
					<span id={`${id}-hint`} className="block text-sm text-text-2">
						{hint}
					</span>
				)}
			</span>
		</div>
	);
}

interface CheckboxProps {
	label: string;
	checked: boolean;
	/** Some of what it stands for. */
	mixed?: boolean;
	onChange: (checked: boolean) => void;
	hiddenLabel?: boolean;
	disabled?: boolean;
}

/** Part of a choice that is sent later, or a row of a list. */
export function Checkbox({ label, checked, mixed = false, onChange, hiddenLabel, disabled = false }: CheckboxProps) {
	return (
		<label className="inline-flex min-h-6 cursor-pointer items-center gap-2.5 text-sm">
			<input
				type="checkbox"
				checked={checked}
				disabled={disabled}
				ref={(box) => {
					if (box) box.indeterminate = mixed && !checked;
				}}
				onChange={(event) => onChange(event.target.checked)}
				className="peer sr-only"
			/>
			<span
				className={`grid size-5 shrink-0 place-items-center rounded-xs border transition-colors peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-focus peer-disabled:opacity-50 ${checked || mixed ? 'border-accent bg-accent text-accent-ink' : 'border-line-strong bg-surface'}`}
			>
				{checked && <Icon name="check" className="size-4" />}
				{mixed && !checked && <span className="h-0.5 w-2.5 rounded-full bg-current" />}
			</span>
			<span className={hiddenLabel ? 'sr-only' : ''}>{label}</span>
		</label>
	);
}
