import { useId } from 'react';

interface SegmentedProps<T extends string> {
	label: string;
	value: T;
	options: { value: T; label: string }[];
	onChange: (value: T) => void;
}

/** One of a few: radio buttons that look like one control. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
	const name = useId();
	return (
		<div
			role="radiogroup"
			aria-label={label}
			className="inline-flex max-w-full flex-wrap gap-1 rounded-2xl bg-surface-2 p-1"
		>
			{options.map((option) => (
				<label
					key={option.value}
					className="cursor-pointer rounded-xl px-2.5 py-2 text-[0.8125rem] sm:px-3.5 sm:text-sm font-medium text-text-2 transition-colors duration-150 hover:text-text has-checked:bg-surface has-checked:text-text has-checked:shadow-1 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus dark:has-checked:bg-surface-3"
				>
					<input
						type="radio"
						name={name}
						value={option.value}
						checked={option.value === value}
						onChange={() => onChange(option.value)}
						className="sr-only"
					/>
					{option.label}
				</label>
			))}
		</div>
	);
}
