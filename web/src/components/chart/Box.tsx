import type { ReactNode } from 'react';

/** The ground a chart or a list of numbers stands on. */
export function Box({ children, className = '' }: { children: ReactNode; className?: string }) {
	return <div className={`min-w-0 rounded-lg border border-line bg-surface p-4 sm:p-5 ${className}`}>{children}</div>;
}
