import { describe, expect, it } from 'vitest';
import { can } from './roles';

describe('a role', () => {
	it('contains the ones below it and not the ones above', () => {
		expect(can({ role: 'moderator' }, 'user')).toBe(true);
		expect(can({ role: 'moderator' }, 'moderator')).toBe(true);
		expect(can({ role: 'moderator' }, 'admin')).toBe(false);
		expect(can({ role: 'superadmin' }, 'admin')).toBe(true);
	});
	it('is what visitors do not have', () => {
		expect(can(null, 'user')).toBe(false);
		expect(can(undefined, 'user')).toBe(false);
	});
});
