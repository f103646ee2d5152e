import { describe, expect, it } from 'vitest';
import { deviceOf } from './device';

describe('a device', () => {
	it.each([
		['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux'],
		[
			'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0',
			'Edge · Windows',
		],
		[
			'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Mobile Safari/537.36',
			'Chrome · Android',
		],
		[
			'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1',
			'Safari · iPhone',
		],
		['curl/8.0', 'curl/8.0'],
	])('of %s is %s', (agent, device) => expect(deviceOf(agent)).toBe(device));
	it('without an agent has no name', () => expect(deviceOf(null)).toBe(''));
});
