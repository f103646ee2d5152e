import type { ReactNode } from 'react';

/** Head of a part of the administration. */
export function Head({ title, hint, children }: { title: string; hint?: ReactNode; children?: ReactNode }) {
	return (
		<header className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
			<div>
				<h1 className="text-2xl font-bold wrap-anywhere">{title}</h1>
				{hint && <p className="mt-1 max-w-prose text-sm text-text-2">{hint}</p>}
			</div>
			{children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
		</header>
	);
}
