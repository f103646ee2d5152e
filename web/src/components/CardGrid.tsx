import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { remPx } from './rem';

const CARD_MIN_REM = 10.5;
const GAP_REM = 1.25;
/** Words under a cover: two lines and their margin. */
const WORDS_REM = 3.9;

interface CardGridProps<T> {
	items: T[];
	keyOf: (item: T) => React.Key;
	render: (item: T) => ReactNode;
	hasMore: boolean;
	loadMore: () => void;
}

/** A grid of cards of any length, virtualised by rows. */
export function CardGrid<T>({ items, keyOf, render, hasMore, loadMore }: CardGridProps<T>) {
	const box = useRef<HTMLDivElement>(null);
	const [shape, setShape] = useState({ width: 0, top: 0 });
	useLayoutEffect(() => {
		const element = box.current;
		if (!element) return;
		const measure = () => setShape({ width: element.clientWidth, top: element.offsetTop });
		measure();
		const observer = new ResizeObserver(measure);
		observer.observe(element);
		return () => observer.disconnect();
	}, []);

	const rem = remPx();
	const gap = GAP_REM * rem;
	const columns = Math.max(2, Math.floor((shape.width + gap) / (CARD_MIN_REM * rem + gap)));
	const cardWidth = (shape.width - gap * (columns - 1)) / columns;
	const rowHeight = cardWidth + WORDS_REM * rem + gap;
	const virtual = useWindowVirtualizer({
		count: shape.width ? Math.ceil(items.length / columns) : 0,
		estimateSize: () => rowHeight,
		overscan: 3,
		scrollMargin: shape.top,
	});
	useEffect(() => {
		virtual.measure();
	}, [virtual, rowHeight]);
	const rows = virtual.getVirtualItems();
	const last = rows.at(-1)?.index ?? 0;
	useEffect(() => {
		if (hasMore && (last + 4) * columns >= items.length) loadMore();
	}, [hasMore, last, columns, items.length, loadMore]);

	return (
		<div ref={box} className="relative" style={{ height: virtual.getTotalSize() }}>
			{rows.map((row) => (
				<div
					key={row.key}
					className="absolute inset-x-0 top-0 grid"
					style={{
						gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
						columnGap: gap,
						transform: `translateY(${row.start - shape.top}px)`,
					}}
				>
					{items.slice(row.index * columns, (row.index + 1) * columns).map((item) => (
						<div key={keyOf(item)}>{render(item)}</div>
					))}
				</div>
			))}
		</div>
	);
}
