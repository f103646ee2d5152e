import '../test/page';
import { describe, expect, it } from 'vitest';
import { systemAfter } from './monitoring';

const before = {
	cpu_percent: 1,
	memory_percent: 2,
	disk_percent: 3,
	active_streams: 4,
	total_listeners: 5,
	queue_items: 6,
	websocket_connections: 7,
	uptime_seconds: 8,
};

describe('the state of the system', () => {
	it('takes over what a message tells, and keeps the rest', () => {
		const data = { cpu: 20, memory: 30.5, total_listeners: 0, note: 'x' };
		expect(systemAfter(before, data)).toEqual({ ...before, cpu_percent: 20, memory_percent: 30.5, total_listeners: 0 });
	});
	it('begins with what the first message tells', () => {
		expect(systemAfter(undefined, { disk_percent: 61 })).toMatchObject({ disk_percent: 61, cpu_percent: 0 });
	});
});
