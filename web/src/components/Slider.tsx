import { useRef, useState } from 'react';

interface SliderProps {
	label: string;
	value: number;
	max: number;
	/** One arrow key press; Page keys make ten. */
	step: number;
	buffered?: number;
	valueText: string;
	/** While dragging, with the value under the pointer; null when the drag is over. */
	onPreview?: (value: number | null) => void;
	onChange: (value: number) => void;
	/** Report every move of the pointer as a change (volume), not only the release (seeking). */
	live?: boolean;
	className?: string;
}

/** A line with an amber bead. Pointer, touch and keyboard; role=slider because a range input cannot show what is buffered. */
export function Slider(props: SliderProps) {
	const { label, value, max, step, buffered, valueText, onPreview, onChange, live = false, className = '' } = props;
	const line = useRef<HTMLDivElement>(null);
	const [drag, setDrag] = useState<number | null>(null);
	const shown = Math.min(drag ?? value, max);
	const percent = (part: number) => `${max > 0 ? Math.min(100, (part / max) * 100) : 0}%`;

	const at = (clientX: number) => {
		const box = line.current?.getBoundingClientRect();
		return box && box.width > 0 ? Math.min(1, Math.max(0, (clientX - box.left) / box.width)) * max : value;
	};
	const move = (clientX: number) => {
		const next = at(clientX);
		setDrag(next);
		onPreview?.(next);
		if (live) onChange(next);
	};
	const finish = (clientX: number | null) => {
		if (drag === null) return;
		setDrag(null);
		onPreview?.(null);
		if (clientX !== null) onChange(at(clientX));
	};
	const onKeyDown = (event: React.KeyboardEvent) => {
		const steps: Record<string, number> = {
			ArrowRight: value + step,
			ArrowUp: value + step,
			ArrowLeft: value - step,
			ArrowDown: value - step,
			PageUp: value + 10 * step,
			PageDown: value - 10 * step,
			Home: 0,
			End: max,
		};
		const next = steps[event.key];
		if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		event.stopPropagation();
		onChange(Math.min(max, Math.max(0, next)));
	};

	return (
		<div
			role="slider"
			tabIndex={0}
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={Math.round(max * 100) / 100}
			aria-valuenow={Math.round(shown * 100) / 100}
			aria-valuetext={valueText}
			className={`group relative flex h-6 touch-none items-center rounded-full ${className}`}
			onKeyDown={onKeyDown}
			onPointerDown={(event) => {
				if (event.button !== 0) return;
				event.currentTarget.setPointerCapture(event.pointerId);
				move(event.clientX);
			}}
			onPointerMove={(event) => drag !== null && move(event.clientX)}
			onPointerUp={(event) => finish(event.clientX)}
			onPointerCancel={() => finish(null)}
		>
			<div ref={line} className="relative h-1 w-full rounded-full bg-line-strong transition-[height] group-hover:h-1.5">
				{buffered !== undefined && (
					<span
						className="absolute inset-y-0 left-0 rounded-full bg-line-strong"
						style={{ width: percent(buffered) }}
					/>
				)}
				<span className="absolute inset-y-0 left-0 rounded-full bg-accent" style={{ width: percent(shown) }} />
				<span
					className={`absolute top-1/2 size-3.5 -translate-x-1/2 -translate-y-1/2 rounded-full bg-accent shadow-1 ring-2 ring-surface transition-transform group-hover:scale-100 group-focus-visible:scale-100 ${drag === null ? 'scale-0' : 'scale-115'}`}
					style={{ left: percent(shown) }}
				/>
			</div>
		</div>
	);
}
