import { hashOf } from '../design/palette';

/** A person as a letter on a colour of their own. */
export function Avatar({ name, className = 'size-9 text-sm' }: { name: string; className?: string }) {
	const hue = hashOf(name) % 360;
	const style = { background: `linear-gradient(140deg, oklch(0.52 0.11 ${hue}), oklch(0.38 0.1 ${(hue + 50) % 360}))` };
	return (
		<span
			aria-hidden="true"
			style={style}
			className={`display inline-grid shrink-0 place-items-center rounded-full font-semibold text-white ${className}`}
		>
			{([...name.trim()][0] ?? '?').toUpperCase()}
		</span>
	);
}
