import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { can, type Role } from '../../api/roles';
import { useMe } from '../../api/session';
import { LinkButton } from '../../components/Button';
import { EmptyState } from '../../components/States';

/** A part of the administration that not everybody in it may see; says so instead of showing nothing. */
export function Only({ role }: { role: Role }) {
	const { t } = useTranslation();
	const { me } = useMe();
	if (can(me, role)) return <Outlet />;
	return (
		<EmptyState title={t('admin.refused.title')}>
			<p>{t('admin.refused.text', { role: t(`roles.${me?.role ?? 'user'}`) })}</p>
			<LinkButton to="/admin/tracks" look="primary">
				{t('admin.refused.content')}
			</LinkButton>
		</EmptyState>
	);
}
