import type { ReactNode } from 'react';

const LOOKS = {
	plain: 'bg-surface-2 text-text-2',
	accent: 'bg-accent-soft text-text',
	danger: 'bg-danger/15 text-danger',
} as const;

/** A word or two about the state of a thing. */
export function Badge({ look = 'plain', children }: { look?: keyof typeof LOOKS; children: ReactNode }) {
	return (
		<span
			className={`inline-flex items-center rounded-full px-2.5 py-0.5 text-xs font-semibold whitespace-nowrap ${LOOKS[look]}`}
		>
			{children}
		</span>
	);
}
