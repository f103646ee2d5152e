import { useState } from 'react';
import { hashOf } from '../design/palette';
import { coverSrc, coverSrcSet } from './cover-url';

interface CoverProps {
	url: string | null | undefined;
	/** What the cover belongs to: makes the placeholder; covers are decoration beside the same words as text. */
	name: string;
	/** The `sizes` attribute: how wide it is shown. */
	sizes: string;
	round?: boolean;
	eager?: boolean;
	className?: string;
}

const initialsOf = (name: string) =>
	name
		.split(/[\s,&/–-]+/u)
		.filter((word) => /[\p{L}\p{N}]/u.test(word))
		.slice(0, 2)
		.map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, '')][0]?.toUpperCase() ?? '')
		.join('');

/** Strokes along a stem, one group per letter of the name: a cover "written" in the manner of Ogham. */
function strokesOf(name: string): string {
	const letters = [...name.toLowerCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter)).slice(0, 9);
	let y = 10;
	let path = 'M78 0V100';
	for (const letter of letters) {
		const code = letter.codePointAt(0) ?? 0;
		const count = 1 + (code % 5);
		const [from, to] = [
			[78, 92],
			[64, 78],
			[66, 90],
		][(code >> 2) % 3] as [number, number];
		const slant = (code >> 2) % 3 === 2 ? 4 : 0;
		for (let stroke = 0; stroke < count && y < 96; stroke += 1) {
			path += `M${from} ${y + slant}L${to} ${y - slant}`;
			y += 3.4;
		}
		y += 4.5;
	}
	return path;
}

export function Placeholder({ name, round = false }: { name: string; round?: boolean }) {
	const hue = hashOf(name) % 360;
	const style = {
		background: `linear-gradient(150deg, oklch(0.5 0.09 ${hue}), oklch(0.27 0.07 ${(hue + 50) % 360}))`,
	};
	return (
		<span className="absolute inset-0 block" style={style}>
			<svg viewBox="0 0 100 100" className="size-full" aria-hidden="true">
				{!round && <path d={strokesOf(name)} stroke="white" strokeOpacity="0.22" strokeWidth="1.3" />}
				<text
					x={round ? 50 : 11}
					y={round ? 63 : 88}
					textAnchor={round ? 'middle' : 'start'}
					fontSize={round ? 36 : 30}
					fill="white"
					fillOpacity="0.92"
					className="display"
				>
					{initialsOf(name)}
				</text>
			</svg>
		</span>
	);
}

export function Cover({ url, name, sizes, round = false, eager = false, className = '' }: CoverProps) {
	const [shown, setShown] = useState<{ url: string; state: 'ready' | 'broken' } | null>(null);
	const state = shown && shown.url === url ? shown.state : 'loading';
	const missing = !url || state === 'broken';
	return (
		<span
			className={`relative block aspect-square shrink-0 overflow-hidden bg-surface-2 ${round ? 'rounded-full' : 'rounded-sm'} ${className}`}
		>
			{missing ? (
				<Placeholder name={name} round={round} />
			) : (
				<img
					key={url}
					src={coverSrc(url, 300)}
					srcSet={coverSrcSet(url)}
					sizes={sizes}
					alt=""
					loading={eager ? 'eager' : 'lazy'}
					decoding="async"
					draggable={false}
					onLoad={() => setShown({ url, state: 'ready' })}
					onError={() => setShown({ url, state: 'broken' })}
					className={`absolute inset-0 size-full object-cover transition duration-300 ease-out ${state === 'ready' ? '' : 'scale-105 opacity-0 blur-md'}`}
				/>
			)}
		</span>
	);
}
