import type { ReactNode } from 'react';

interface ShelfProps<T> {
	items: T[];
	keyOf: (item: T) => React.Key;
	render: (item: T) => ReactNode;
	label: string;
}

/** A row of cards that scrolls sideways, from edge to edge of the page. */
export function Shelf<T>({ items, keyOf, render, label }: ShelfProps<T>) {
	return (
		<ul
			aria-label={label}
			className="no-scrollbar -mx-gutter grid snap-x scroll-px-[var(--gutter)] auto-cols-[minmax(9.25rem,42%)] grid-flow-col gap-gap overflow-x-auto px-gutter pt-1 pb-3 sm:auto-cols-[minmax(10.5rem,calc((100%-5*var(--gap))/6))]"
		>
			{items.map((item) => (
				<li key={keyOf(item)} className="snap-start">
					{render(item)}
				</li>
			))}
		</ul>
	);
}
