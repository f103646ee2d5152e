import { useTranslation } from 'react-i18next';
import type { AdminUser } from '../../../api/admin';
import type { Role } from '../../../api/roles';
import { Badge } from '../../../components/Badge';

/** Whether somebody may sign in, in one word. */
export function StatusBadge({ user }: { user: Pick<AdminUser, 'status' | 'is_active'> }) {
	const { t } = useTranslation();
	if (user.status === 'active' && !user.is_active) return <Badge look="danger">{t('admin.users.off')}</Badge>;
	const look = user.status === 'active' ? 'plain' : user.status === 'pending' ? 'accent' : 'danger';
	return <Badge look={look}>{t(`admin.users.state.${user.status}`)}</Badge>;
}

export function RoleBadge({ role }: { role: Role }) {
	const { t } = useTranslation();
	return <Badge look={role === 'admin' || role === 'superadmin' ? 'accent' : 'plain'}>{t(`roles.${role}`)}</Badge>;
}
