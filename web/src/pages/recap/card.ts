/* The year as a picture for stories and messengers, drawn here: nothing leaves the browser. */
import { coverSrc } from '../../components/cover-url';

export interface Card {
	year: number;
	/** Whose year. */
	name: string;
	title: string;
	minutes: string;
	minutesName: string;
	comparison: string;
	artistsName: string;
	artists: string[];
	tracksName: string;
	tracks: { title: string; subtitle: string; cover: string }[];
	figures: { name: string; value: string }[];
	/** Degrees: the colour of the year. */
	hue: number;
	months: number[];
}

export const CARD = { width: 1080, height: 1920 } as const;
const MARGIN = 84;
const INNER = CARD.width - 2 * MARGIN;
const AMBER = 'oklch(0.82 0.15 76)';
const WHITE = 'oklch(0.97 0.006 262)';
const SOFT = 'oklch(0.86 0.02 262)';
const DISPLAY = '"Geologica Variable", "Onest Variable", sans-serif';
const TEXT = '"Onest Variable", sans-serif';

type Pen = CanvasRenderingContext2D;

/** Shortened with an ellipsis until it fits. */
export function fitted(text: string, width: number, measure: (text: string) => number): string {
	if (measure(text) <= width) return text;
	const letters = [...text];
	let low = 0;
	let high = letters.length;
	while (low < high) {
		const middle = Math.ceil((low + high) / 2);
		if (measure(`${letters.slice(0, middle).join('').trimEnd()}…`) <= width) low = middle;
		else high = middle - 1;
	}
	return `${letters.slice(0, low).join('').trimEnd()}…`;
}

function write(pen: Pen, text: string, x: number, y: number, font: string, colour: string, width = INNER): number {
	pen.font = font;
	pen.fillStyle = colour;
	pen.fillText(
		fitted(text, width, (some) => pen.measureText(some).width),
		x,
		y,
	);
	return Math.min(width, pen.measureText(text).width);
}

async function pictureOf(url: string): Promise<HTMLImageElement | null> {
	const image = new Image();
	image.src = coverSrc(url, 300);
	try {
		await image.decode();
		return image;
	} catch {
		return null;
	}
}

function ground(pen: Pen, hue: number): void {
	pen.fillStyle = 'oklch(0.17 0.02 262)';
	pen.fillRect(0, 0, CARD.width, CARD.height);
	const lights: [number, number, number, string][] = [
		[120, 60, 1150, `oklch(0.45 0.13 ${hue})`],
		[1080, 1880, 1050, `oklch(0.36 0.11 ${(hue + 45) % 360})`],
	];
	for (const [x, y, radius, colour] of lights) {
		const light = pen.createRadialGradient(x, y, 0, x, y, radius);
		light.addColorStop(0, colour);
		light.addColorStop(1, 'transparent');
		pen.fillStyle = light;
		pen.fillRect(0, 0, CARD.width, CARD.height);
	}
}

/** Twelve strokes along a stem, each as long as its month was loud: the year written in the manner of Ogham. */
function months(pen: Pen, values: number[], y: number): void {
	const most = Math.max(1, ...values);
	const step = INNER / 12;
	pen.lineCap = 'round';
	pen.strokeStyle = 'oklch(0.97 0.006 262 / 0.35)';
	pen.lineWidth = 3;
	pen.beginPath();
	pen.moveTo(MARGIN, y);
	pen.lineTo(CARD.width - MARGIN, y);
	pen.stroke();
	pen.strokeStyle = AMBER;
	pen.lineWidth = 16;
	values.forEach((value, month) => {
		if (value <= 0) return;
		const half = 8 + 62 * (value / most);
		const x = MARGIN + step * (month + 0.5);
		pen.beginPath();
		pen.moveTo(x, y - half);
		pen.lineTo(x, y + half);
		pen.stroke();
	});
}

/** The chain of the mark: two links and a bead. */
function mark(pen: Pen, x: number, y: number): void {
	pen.strokeStyle = AMBER;
	pen.fillStyle = AMBER;
	pen.lineWidth = 7;
	for (const at of [0, 30]) {
		pen.beginPath();
		pen.arc(x + at, y, 20, 0, Math.PI * 2);
		pen.stroke();
	}
	pen.beginPath();
	pen.arc(x + 64, y, 9, 0, Math.PI * 2);
	pen.fill();
}

function rounded(pen: Pen, x: number, y: number, side: number, draw: () => void): void {
	pen.save();
	pen.beginPath();
	pen.roundRect(x, y, side, side, 16);
	pen.clip();
	draw();
	pen.restore();
}

function ranked(pen: Pen, at: number, y: number): void {
	write(pen, String(at + 1), MARGIN, y, `650 38px ${DISPLAY}`, AMBER);
}

/** Draws it all. The canvas has CARD's size. */
export async function drawCard(canvas: HTMLCanvasElement, card: Card): Promise<void> {
	canvas.width = CARD.width;
	canvas.height = CARD.height;
	const pen = canvas.getContext('2d');
	if (!pen) return;
	const covers = await Promise.all(card.tracks.map(({ cover }) => pictureOf(cover)));
	/* Both alphabets, or the browser would only fetch the one it has seen. */
	const sample = `Ogma ${card.title} ${card.name}`;
	await Promise.all([`650 40px ${DISPLAY}`, `500 30px ${TEXT}`].map((font) => document.fonts.load(font, sample)));
	ground(pen, card.hue);
	write(pen, card.name, MARGIN, 148, `600 36px ${TEXT}`, SOFT);
	write(pen, card.title, MARGIN, 222, `700 64px ${DISPLAY}`, WHITE);

	write(pen, card.minutes, MARGIN - 6, 420, `750 190px ${DISPLAY}`, AMBER);
	write(pen, card.minutesName, MARGIN, 482, `600 40px ${TEXT}`, WHITE);
	if (card.comparison) write(pen, card.comparison, MARGIN, 532, `500 30px ${TEXT}`, SOFT);
	months(pen, card.months, 656);

	write(pen, card.artistsName, MARGIN, 830, `600 32px ${TEXT}`, SOFT);
	card.artists.slice(0, 5).forEach((artist, at) => {
		const y = 894 + at * 62;
		ranked(pen, at, y);
		write(pen, artist, MARGIN + 62, y, `${at === 0 ? 700 : 600} ${at === 0 ? 46 : 40}px ${DISPLAY}`, WHITE, INNER - 62);
	});

	write(pen, card.tracksName, MARGIN, 1262, `600 32px ${TEXT}`, SOFT);
	card.tracks.slice(0, 3).forEach(({ title, subtitle }, at) => {
		const y = 1292 + at * 118;
		const picture = covers[at];
		rounded(pen, MARGIN, y, 98, () => {
			pen.fillStyle = `oklch(0.5 0.09 ${(card.hue + at * 60) % 360})`;
			pen.fillRect(MARGIN, y, 98, 98);
			if (picture) pen.drawImage(picture, MARGIN, y, 98, 98);
		});
		write(pen, title, MARGIN + 126, y + 44, `650 38px ${DISPLAY}`, WHITE, INNER - 126);
		write(pen, subtitle, MARGIN + 126, y + 84, `500 30px ${TEXT}`, SOFT, INNER - 126);
	});

	const column = INNER / card.figures.length;
	card.figures.forEach(({ name, value }, at) => {
		write(pen, value, MARGIN + at * column, 1724, `700 50px ${DISPLAY}`, WHITE, column - 20);
		write(pen, name, MARGIN + at * column, 1766, `500 26px ${TEXT}`, SOFT, column - 20);
	});
	mark(pen, MARGIN + 20, 1848);
	write(pen, 'Ogma', MARGIN + 112, 1862, `700 40px ${DISPLAY}`, WHITE);
}

export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
	return new Promise((resolve, reject) => {
		canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png');
	});
}
