/* Numbers, times and sizes as people of a language write them. */

/** 183000 -> "3:03", 3723000 -> "1:02:03"; for players and lists. */
export function clockOf(ms: number): string {
	const seconds = Number.isFinite(ms) && ms > 0 ? Math.floor(ms / 1000) : 0;
	const s = String(seconds % 60).padStart(2, '0');
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes}:${s}`;
	return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${s}`;
}

function unit(value: number, name: string, language: string): string {
	return new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
}

/** Length of a collection in the two largest units: "3 hr 12 min", "2 дн. 5 ч". */
export function lengthOf(ms: number, language: string): string {
	const minutes = Math.round(ms / 60_000);
	if (minutes < 1) return unit(Math.max(1, Math.round(ms / 1000)), 'second', language);
	const parts: [number, string][] = [
		[Math.floor(minutes / 1440), 'day'],
		[Math.floor(minutes / 60) % 24, 'hour'],
		[minutes % 60, 'minute'],
	];
	const first = parts.findIndex(([value]) => value > 0);
	return parts
		.slice(first, first + 2)
		.filter(([value]) => value > 0)
		.map(([value, name]) => unit(value, name, language))
		.join(' ');
}

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

export function sizeOf(bytes: number, language: string): string {
	let value = Math.max(0, bytes);
	let step = 0;
	while (value >= 1000 && step < SIZES.length - 1) {
		value /= 1000;
		step += 1;
	}
	return new Intl.NumberFormat(language, {
		style: 'unit',
		unit: SIZES[step] ?? 'byte',
		unitDisplay: 'short',
		maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
	}).format(value);
}

export const numberOf = (value: number, language: string): string => new Intl.NumberFormat(language).format(value);

export function dateOf(iso: string, language: string): string {
	const date = new Date(iso);
	return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(date);
}

/** 912000 -> "912 kbit/s". The unit is international, so it is not translated word by word. */
export function bitrateOf(bits: number, language: string): string {
	return `${numberOf(Math.round(bits / 1000), language)} ${language === 'ru' ? 'кбит/с' : 'kbit/s'}`;
}

export function sampleRateOf(hertz: number, language: string): string {
	const value = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(hertz / 1000);
	return `${value} ${language === 'ru' ? 'кГц' : 'kHz'}`;
}
