import { describe, expect, it } from 'vitest';
import type { ScheduleRow } from '../../../api/channel-plans';
import { minutesOf, timeText, weekOf } from './week';

const row = (id: number, more: Partial<ScheduleRow>): ScheduleRow => ({
	id,
	playlist_id: 1,
	playlist_title: `List ${id}`,
	weekdays: [1],
	starts_at: '08:00',
	ends_at: '10:00',
	priority: 0,
	enabled: true,
	...more,
});
const shape = (rows: ScheduleRow[], day: number) =>
	weekOf(rows)[day - 1]!.map(({ row: { id }, from, to, lane, lanes }) => [
		id,
		timeText(from),
		timeText(to),
		lane,
		lanes,
	]);

describe('a week of a schedule', () => {
	it('has a block on each day it is for', () => {
		expect(weekOf([row(1, { weekdays: [1, 3, 7] })]).map((day) => day.length)).toEqual([1, 0, 1, 0, 0, 0, 1]);
	});
	it('goes on past midnight into the next day, also from Sunday to Monday', () => {
		const rows = [row(1, { weekdays: [7], starts_at: '22:00', ends_at: '02:30' })];
		expect(weekOf(rows)[6]!.map(({ from, to }) => [from, to])).toEqual([[1320, 1440]]);
		expect(shape(rows, 1)).toEqual([[1, '00:00', '02:30', 0, 1]]);
	});
	it('is a whole day where it ends when it begins', () => {
		expect(weekOf([row(1, { starts_at: '00:00', ends_at: '00:00' })])[0]).toMatchObject([{ from: 0, to: 1440 }]);
	});
	it('shows what is at the same time beside each other, what wins first', () => {
		const rows = [row(1, {}), row(2, { priority: 5 }), row(3, { starts_at: '10:00', ends_at: '11:00' })];
		expect(shape(rows, 1)).toEqual([
			[2, '08:00', '10:00', 0, 2],
			[1, '08:00', '10:00', 1, 2],
			[3, '10:00', '11:00', 0, 1],
		]);
	});
	it('leaves out what is switched off', () => {
		expect(shape([row(1, { enabled: false })], 1)).toEqual([]);
	});
});

describe('a time of day', () => {
	it('is read and written', () => {
		expect(minutesOf('23:05')).toBe(1385);
		expect(timeText(1385)).toBe('23:05');
	});
});
