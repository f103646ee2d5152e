/* Colours out of covers and names. A tint is a hue and how colourful it may be; lightness stays the theme's, so that
 * text keeps its contrast whatever the cover. */
import { useEffect, useState } from 'react';
import { coverSrc } from '../components/cover-url';

export interface Tint {
	/** degrees, OKLCH */
	hue: number;
	/** 0..1 of the theme's own chroma for tints */
	strength: number;
}

export function hashOf(text: string): number {
	let hash = 2166136261;
	for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
	return hash >>> 0;
}

export const tintOfName = (name: string): Tint => ({ hue: hashOf(name) % 360, strength: 0.8 });

const linear = (byte: number) => {
	const value = byte / 255;
	return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

/** sRGB bytes to OKLab (Björn Ottosson's matrices). */
export function oklabOf(red: number, green: number, blue: number): [number, number, number] {
	const [r, g, b] = [linear(red), linear(green), linear(blue)];
	const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	return [
		0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
		0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
	];
}

const BINS = 24;
const COLOURFUL = 0.12;

/** The hue most of a picture's colourfulness has; nearly grey pictures give a weak tint. */
export function tintOfPixels(rgba: Uint8ClampedArray): Tint {
	const bins = Array.from({ length: BINS }, () => ({ a: 0, b: 0, weight: 0 }));
	let chroma = 0;
	for (let at = 0; at + 3 < rgba.length; at += 4) {
		const [l, a, b] = oklabOf(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!);
		const c = Math.hypot(a, b);
		chroma += c;
		if (l < 0.15 || l > 0.95) continue;
		const turn = (Math.atan2(b, a) / (2 * Math.PI) + 1) % 1;
		const bin = bins[Math.floor(turn * BINS) % BINS]!;
		bin.a += a * c;
		bin.b += b * c;
		bin.weight += c * c;
	}
	const best = bins.reduce((top, bin) => (bin.weight > top.weight ? bin : top));
	const mean = chroma / Math.max(1, rgba.length / 4);
	const hue = (Math.atan2(best.b, best.a) * 180) / Math.PI;
	return { hue: Math.round((hue + 360) % 360), strength: Math.min(1, Math.max(0.08, mean / COLOURFUL)) };
}

const SIDE = 24;
const known = new Map<string, Promise<Tint | null>>();
const KNOWN_MAX = 300;

async function readTint(url: string): Promise<Tint | null> {
	const image = new Image();
	image.src = coverSrc(url, 64);
	try {
		await image.decode();
		const canvas = document.createElement('canvas');
		canvas.width = SIDE;
		canvas.height = SIDE;
		const context = canvas.getContext('2d', { willReadFrequently: true });
		if (!context) return null;
		context.drawImage(image, 0, 0, SIDE, SIDE);
		return tintOfPixels(context.getImageData(0, 0, SIDE, SIDE).data);
	} catch {
		return null;
	}
}

function tintOfCover(url: string): Promise<Tint | null> {
	let tint = known.get(url);
	if (!tint) {
		if (known.size >= KNOWN_MAX) known.clear();
		tint = readTint(url);
		known.set(url, tint);
	}
	return tint;
}

/** Tint of a cover; of the name while the cover loads or when there is none. */
export function useTint(coverUrl: string | null | undefined, name: string): Tint {
	const [read, setRead] = useState<{ url: string; tint: Tint | null } | null>(null);
	useEffect(() => {
		if (!coverUrl) return;
		let live = true;
		void tintOfCover(coverUrl).then((tint) => live && setRead({ url: coverUrl, tint }));
		return () => {
			live = false;
		};
	}, [coverUrl]);
	if (coverUrl && read?.url !== coverUrl) return { hue: 262, strength: 0.2 };
	return (coverUrl && read?.tint) || tintOfName(name);
}

export function tintStyle({ hue, strength }: Tint): React.CSSProperties {
	return { '--tint-h': hue, '--tint-k': strength } as React.CSSProperties;
}
