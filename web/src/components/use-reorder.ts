/* Moving rows of one height by their grips: with the pointer (the page scrolls along at its edges) or with the arrow
 * keys. The list says how a move is done; while a row is dragged the others make way. */
import { useEffect, useRef, useState } from 'react';

interface Drag {
	from: number;
	/** Where it would land now. */
	to: number;
	/** Pixels the row has been moved from its place. */
	offset: number;
}

interface ReorderOptions {
	count: number;
	/** Pixels of a row. */
	height: number;
	onMove: (from: number, to: number) => void;
	onRemove?: (at: number) => void;
}

/** This near to the window's edge the page scrolls, the faster the nearer. */
const EDGE_PX = 90;
const SCROLL_MAX_PX = 18;

const clamp = (value: number, max: number) => Math.min(max, Math.max(0, value));

function scrollStep(clientY: number, coveredPx: number): number {
	const below = clientY - (innerHeight - coveredPx - EDGE_PX);
	const above = EDGE_PX - clientY;
	const depth = below > 0 ? below : above > 0 ? -above : 0;
	return Math.sign(depth) * Math.min(SCROLL_MAX_PX, Math.abs(depth) / 4);
}

const coveredPx = () => {
	const shell = document.querySelector('.shell');
	return shell ? parseFloat(getComputedStyle(shell).scrollPaddingBottom) || 0 : 0;
};

export function useReorder({ count, height, onMove, onRemove }: ReorderOptions) {
	const [drag, setDrag] = useState<Drag | null>(null);
	const pointer = useRef({ startY: 0, y: 0, from: -1, frame: 0, covered: 0 });

	const update = () => {
		const { startY, y, from } = pointer.current;
		const offset = y + scrollY - startY;
		setDrag({ from, to: clamp(from + Math.round(offset / height), count - 1), offset });
	};
	const follow = () => {
		const held = pointer.current;
		const step = scrollStep(held.y, held.covered);
		if (step !== 0) {
			scrollBy(0, step);
			update();
		}
		held.frame = requestAnimationFrame(follow);
	};
	const finish = (kept: boolean) => {
		const held = pointer.current;
		cancelAnimationFrame(held.frame);
		if (held.from < 0) return;
		held.from = -1;
		if (drag && kept && drag.to !== drag.from) onMove(drag.from, drag.to);
		setDrag(null);
	};
	useEffect(() => () => cancelAnimationFrame(pointer.current.frame), []);

	const keyed = (at: number, event: React.KeyboardEvent) => {
		const goals: Record<string, number> = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: count - 1 };
		const goal = goals[event.key];
		if (event.key === 'Escape' && drag) finish(false);
		else if (event.key === 'Delete' && onRemove) onRemove(at);
		else if (goal !== undefined && goal >= 0 && goal < count && goal !== at) onMove(at, goal);
		else if (goal === undefined) return;
		event.preventDefault();
		event.stopPropagation();
	};

	return {
		/** The row that is being dragged. */
		lifted: drag?.from ?? null,
		/** Pixels a row is away from its own place at the moment. */
		wayOf: (at: number): number => {
			if (!drag) return 0;
			if (at === drag.from) return drag.offset;
			if (at > drag.from && at <= drag.to) return -height;
			return at < drag.from && at >= drag.to ? height : 0;
		},
		grip: (at: number) => ({
			onKeyDown: (event: React.KeyboardEvent) => keyed(at, event),
			onPointerDown: (event: React.PointerEvent) => {
				if (event.button !== 0) return;
				event.currentTarget.setPointerCapture(event.pointerId);
				const { clientY } = event;
				pointer.current = { startY: clientY + scrollY, y: clientY, from: at, frame: 0, covered: coveredPx() };
				pointer.current.frame = requestAnimationFrame(follow);
				setDrag({ from: at, to: at, offset: 0 });
			},
			onPointerMove: (event: React.PointerEvent) => {
				if (pointer.current.from < 0) return;
				pointer.current.y = event.clientY;
				update();
			},
			onPointerUp: () => finish(true),
			onPointerCancel: () => finish(false),
		}),
	};
}
