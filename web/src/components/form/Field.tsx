import { useId, type ReactNode } from 'react';

/** What a control takes over from its field, to be named, described and marked as wrong. */
export interface FieldProps {
	id: string;
	'aria-describedby': string | undefined;
	'aria-invalid': boolean | undefined;
	required: boolean;
}

interface Props {
	label: string;
	hint?: ReactNode;
	/** What is wrong with it, in the server's or the page's words. */
	error?: string | undefined;
	required?: boolean;
	/** The name is there for readers only: the control says by itself what it is. */
	hiddenLabel?: boolean;
	className?: string;
	children: (props: FieldProps) => ReactNode;
}

export function Field({ label, hint, error, required = false, hiddenLabel, className = '', children }: Props) {
	const id = useId();
	const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
	return (
		<div className={className}>
			<label htmlFor={id} className={hiddenLabel ? 'sr-only' : 'mb-1.5 block text-sm font-semibold'}>
				{label}
			</label>
			{children({
				id,
				'aria-describedby': described || undefined,
				'aria-invalid': error ? true : undefined,
				required,
			})}
			{hint && (
				<p id={`${id}-hint`} className="mt-1.5 text-sm text-text-2">
					{hint}
				</p>
			)}
			{error && (
				<p id={`${id}-error`} className="mt-1.5 text-sm font-medium text-danger">
					{error}
				</p>
			)}
		</div>
	);
}
