import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { remPx } from '../components/rem';
import { usePlayer } from './store';
import { QueueRow } from './QueueRow';

const ROW_REM = 3.75;

interface Drag {
	from: number;
	/** Where it would land now. */
	to: number;
	/** Pixels the row has been moved. */
	offset: number;
}

/** The queue in playing order. Rows move by dragging the grip, or by arrow keys on it; Delete removes. */
export function QueueList({ className = '' }: { className?: string }) {
	const { t } = useTranslation();
	const items = usePlayer((state) => state.queue.items);
	const index = usePlayer((state) => state.queue.index);
	const wantsPlay = usePlayer((state) => state.wantsPlay);
	const { move, remove, playAt, toggle } = usePlayer.getState();
	const scroller = useRef<HTMLDivElement>(null);
	const [drag, setDrag] = useState<Drag | null>(null);
	const [said, setSaid] = useState('');
	const height = ROW_REM * remPx();
	const virtual = useVirtualizer({
		count: items.length,
		getScrollElement: () => scroller.current,
		estimateSize: () => height,
		overscan: 10,
		getItemKey: (at) => items[at]?.key ?? at,
	});
	const here = useRef(index);
	useEffect(() => {
		virtual.scrollToIndex(Math.max(0, here.current), { align: 'center' });
	}, [virtual]);

	const focusGrip = (key: string) =>
		requestAnimationFrame(() =>
			scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] [data-grip]`)?.focus(),
		);
	const moveTo = (from: number, to: number) => {
		const item = items[from];
		if (!item || to < 0 || to >= items.length || from === to) return;
		move(from, to);
		virtual.scrollToIndex(to, { align: 'auto' });
		focusGrip(item.key);
		setSaid(t('queue.moved', { title: item.track.title, position: to + 1, total: items.length }));
	};
	const removeAt = (at: number) => {
		const item = items[at];
		if (!item) return;
		remove(item.key);
		const neighbour = items[at + 1] ?? items[at - 1];
		if (neighbour) focusGrip(neighbour.key);
		setSaid(t('queue.removed', { title: item.track.title }));
	};
	const dragBy = (from: number, offset: number) => {
		const to = Math.min(items.length - 1, Math.max(0, from + Math.round(offset / height)));
		setDrag({ from, to, offset });
	};
	/** How far a row makes way for the dragged one. */
	const wayOf = (at: number) => {
		if (!drag || at === drag.from) return drag ? drag.offset : 0;
		if (at > drag.from && at <= drag.to) return -height;
		return at < drag.from && at >= drag.to ? height : 0;
	};

	return (
		<div ref={scroller} className={`overflow-y-auto overscroll-contain ${className}`}>
			<div role="status" className="sr-only">
				{said}
			</div>
			<ol aria-label={t('nav.queue')} className="relative" style={{ height: virtual.getTotalSize() }}>
				{virtual.getVirtualItems().map((row) => {
					const item = items[row.index];
					if (!item) return null;
					return (
						<li
							key={row.key}
							data-key={item.key}
							aria-posinset={row.index + 1}
							aria-setsize={items.length}
							className={`absolute inset-x-0 top-0 ${drag && row.index !== drag.from ? 'transition-transform duration-150' : ''} ${drag?.from === row.index ? 'z-10' : ''}`}
							style={{ transform: `translateY(${row.start + wayOf(row.index)}px)` }}
						>
							<QueueRow
								item={item}
								state={
									row.index === index ? (wantsPlay ? 'playing' : 'current') : row.index < index ? 'played' : 'ahead'
								}
								lifted={drag?.from === row.index}
								onPlay={() => (row.index === index ? toggle() : playAt(row.index))}
								onRemove={() => removeAt(row.index)}
								onMove={(by) =>
									moveTo(row.index, by === 'first' ? 0 : by === 'last' ? items.length - 1 : row.index + by)
								}
								onDrag={(offset) => dragBy(row.index, offset)}
								onDrop={(kept) => {
									if (drag && kept && drag.from !== drag.to) moveTo(drag.from, drag.to);
									setDrag(null);
								}}
							/>
						</li>
					);
				})}
			</ol>
		</div>
	);
}
