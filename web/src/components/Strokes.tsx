const DELAYS = ['0ms', '-420ms', '-160ms', '-640ms'];

/** "This one is playing": four strokes on a stem. Still while paused. */
export function Strokes({ moving, className = 'size-4' }: { moving: boolean; className?: string }) {
	return (
		<span
			className={`relative inline-flex items-center justify-between text-accent-text ${className}`}
			aria-hidden="true"
		>
			<span className="absolute inset-x-0 top-1/2 h-px bg-current opacity-60" />
			{DELAYS.map((delay) => (
				<span
					key={delay}
					className={`h-full w-[14%] rounded-full bg-current ${moving ? 'animate-[stroke_1.1s_ease-in-out_infinite]' : 'scale-y-35'}`}
					style={{ animationDelay: delay }}
				/>
			))}
		</span>
	);
}
