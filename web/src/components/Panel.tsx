import { useId, type ReactNode } from 'react';

interface PanelProps {
	title: string;
	hint?: ReactNode;
	/** Buttons at the right of the title. */
	actions?: ReactNode;
	children: ReactNode;
	className?: string;
}

/** A titled box of settings, a form or a table. */
export function Panel({ title, hint, actions, children, className = '' }: PanelProps) {
	const id = useId();
	return (
		<section aria-labelledby={id} className={`mt-8 first-of-type:mt-0 ${className}`}>
			<div className="mb-3 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
				<div className="max-w-prose">
					<h2 id={id} className="text-lg">
						{title}
					</h2>
					{hint && <p className="mt-1 text-sm text-text-2">{hint}</p>}
				</div>
				{actions}
			</div>
			<div className="rounded-lg border border-line bg-surface p-5 sm:p-6">{children}</div>
		</section>
	);
}
