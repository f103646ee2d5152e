import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AdminUser } from '../../../api/admin';
import { Avatar } from '../../../components/Avatar';
import type { Column } from '../../../components/table/DataTable';
import { agoOf } from '../../../i18n/dates';
import { shortDate } from '../short-date';
import { RoleBadge, StatusBadge } from './StatusBadge';

/** What the list of users shows of each. */
export function useUserColumns(): Column<AdminUser>[] {
	const { t, i18n } = useTranslation();
	return [
		{
			name: 'username',
			title: t('admin.users.name'),
			sortable: true,
			render: (user) => (
				<Link to={`/admin/users/${user.id}`} className="flex min-w-0 items-center gap-3">
					<Avatar name={user.full_name ?? user.username} className="size-8 text-xs" />
					<span className="min-w-0">
						<span className="block truncate font-semibold underline-offset-3 hover:underline">{user.username}</span>
						<span className="block max-w-44 truncate sm:max-w-56 text-xs text-text-2">
							{[user.full_name, user.email, user.telegram_id && `Telegram ${user.telegram_id}`]
								.filter(Boolean)
								.join(' · ') || `№ ${user.id}`}
						</span>
					</span>
				</Link>
			),
		},
		{ name: 'role', title: t('admin.users.role'), render: ({ role }) => <RoleBadge role={role} /> },
		{ name: 'status', title: t('admin.users.status'), from: 'sm', render: (user) => <StatusBadge user={user} /> },
		{
			name: 'created_at',
			title: t('admin.users.created'),
			from: 'xl',
			sortable: true,
			className: 'whitespace-nowrap',
			render: ({ created_at }) => shortDate(created_at, i18n.language),
		},
		{
			name: 'last_login_at',
			title: t('admin.users.lastLogin'),
			from: 'md',
			sortable: true,
			render: ({ last_login_at }) => (last_login_at ? agoOf(last_login_at, i18n.language) : t('admin.users.never')),
		},
	];
}
