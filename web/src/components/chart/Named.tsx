import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Cover } from '../Cover';

export interface NamedEntry {
	to: string;
	title: string;
	subtitle?: string;
	/** undefined: this kind of thing has none; null: it has none yet. */
	cover?: string | null;
}

/** A thing within a list of figures: its cover, its name that leads to it, what is said of it, and what stands beneath. */
export function Named({
	entry,
	round,
	large = false,
	children,
}: {
	entry: NamedEntry;
	round: boolean;
	large?: boolean;
	children?: ReactNode;
}) {
	return (
		<span className="flex min-w-0 flex-1 items-center gap-3">
			{entry.cover !== undefined && (
				<Cover
					url={entry.cover}
					name={entry.title}
					sizes={large ? '44px' : '40px'}
					round={round}
					className={`${large ? 'w-11' : 'w-10'} ${round ? '' : 'rounded-xs!'}`}
				/>
			)}
			<span className="min-w-0 flex-1">
				<Link
					to={entry.to}
					className={`block truncate font-medium underline-offset-3 hover:underline ${large ? '' : 'text-sm'}`}
				>
					{entry.title}
				</Link>
				{entry.subtitle !== undefined && (
					<span className={`block truncate text-text-2 ${large ? 'text-sm' : 'text-xs'}`}>{entry.subtitle}</span>
				)}
				{children}
			</span>
		</span>
	);
}
