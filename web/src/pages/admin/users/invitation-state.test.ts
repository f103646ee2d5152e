import { describe, expect, it } from 'vitest';
import { invitationState } from './invitation-state';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const of = (change: object) =>
	invitationState({ uses: 0, uses_max: 2, expires_at: '2026-12-01T00:00:00Z', revoked_at: null, ...change }, NOW);

describe('an invitation', () => {
	it('is open while there is a use left and time', () => {
		expect(of({})).toBe('open');
		expect(of({ uses: 1 })).toBe('open');
		expect(of({ expires_at: null })).toBe('open');
	});
	it('is used up with its last use, over with its time, and gone when taken back', () => {
		expect(of({ uses: 2 })).toBe('used');
		expect(of({ expires_at: '2026-11-28T12:00:00Z' })).toBe('expired');
		expect(of({ uses: 2, revoked_at: '2026-11-27T00:00:00Z' })).toBe('revoked');
	});
});
