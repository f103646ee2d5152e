/* Who may do what, as far as the page has to know: the server decides, this only hides what it would refuse. */
export const ROLES = ['user', 'artist', 'moderator', 'admin', 'superadmin'] as const;

export type Role = (typeof ROLES)[number];

/** Whether somebody has at least this role. `null` is a visitor without an account. */
export function can(who: { role: Role } | null | undefined, role: Role): boolean {
	return Boolean(who) && ROLES.indexOf(who!.role) >= ROLES.indexOf(role);
}
