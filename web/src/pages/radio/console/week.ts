/* A week of a schedule as blocks of a calendar. */
import type { ScheduleRow } from '../../../api/channel-plans';

export interface Block {
	row: ScheduleRow;
	/** 1: Monday. */
	day: number;
	/** Minutes of the day. */
	from: number;
	to: number;
	/** Beside others at the same time: which of how many. */
	lane: number;
	lanes: number;
}

export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const DAY_MINUTES = 1440;

/** "08:30": what the server takes for a time of the day. */
export const isTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/** "08:30" -> 510. */
export function minutesOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(':').map(Number);
	return hours * 60 + minutes;
}

export const timeText = (minutes: number): string =>
	`${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** What goes on past midnight is a block of either day. */
function blocksOf(row: ScheduleRow): Block[] {
	const from = minutesOf(row.starts_at);
	const to = minutesOf(row.ends_at);
	return row.weekdays.flatMap((day) => {
		const block = { row, day, lane: 0, lanes: 1 };
		if (to > from) return [{ ...block, from, to }];
		const rest = to > 0 ? [{ ...block, day: (day % 7) + 1, from: 0, to }] : [];
		return [{ ...block, from, to: DAY_MINUTES }, ...rest];
	});
}

/** Blocks of one day, those of the same time beside each other; the one that wins is the first. */
function laidOut(blocks: Block[]): Block[] {
	const sorted = [...blocks].sort((a, b) => a.from - b.from || b.row.priority - a.row.priority);
	const groups: Block[][] = [];
	let end = -1;
	for (const block of sorted) {
		if (block.from >= end) groups.push([]);
		groups.at(-1)!.push(block);
		end = Math.max(end, block.to);
	}
	return groups.flatMap((group) => {
		const free: number[] = [];
		const placed = group.map((block) => {
			const at = free.findIndex((until) => until <= block.from);
			const lane = at < 0 ? free.length : at;
			free[lane] = block.to;
			return { ...block, lane };
		});
		return placed.map((block) => ({ ...block, lanes: free.length }));
	});
}

export function weekOf(rows: ScheduleRow[]): Block[][] {
	const all = rows.filter(({ enabled }) => enabled).flatMap(blocksOf);
	return DAYS.map((day) => laidOut(all.filter((block) => block.day === day)));
}

/** Of the playlist; a dash once it is gone. */
export const nameOf = (row: ScheduleRow): string => row.playlist_title ?? '—';
