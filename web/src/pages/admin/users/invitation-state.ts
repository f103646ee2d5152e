import type { Invitation } from '../../../api/admin';

export type InvitationState = 'open' | 'used' | 'expired' | 'revoked';

/** Whether a code still lets somebody in, and why not. */
export function invitationState(
	invitation: Pick<Invitation, 'uses' | 'uses_max' | 'expires_at' | 'revoked_at'>,
	now: number,
): InvitationState {
	if (invitation.revoked_at) return 'revoked';
	if (invitation.uses >= invitation.uses_max) return 'used';
	return invitation.expires_at && Date.parse(invitation.expires_at) <= now ? 'expired' : 'open';
}
