import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { useMe } from '../../api/session';
import { Avatar } from '../../components/Avatar';
import { Badge } from '../../components/Badge';
import { Page } from '../../components/Page';
import { TabLinks } from '../../components/TabLinks';
import { dateOf } from '../../i18n/format';

export default function AccountPage() {
	const { t, i18n } = useTranslation();
	const { me } = useMe();
	if (!me) return null;
	const name = me.full_name ?? me.username;
	return (
		<Page title={t('user.account')}>
			<div className="max-w-4xl">
				<header className="mb-6 flex items-center gap-4">
					<Avatar name={name} className="size-16 text-2xl" />
					<div className="min-w-0">
						<h1 className="truncate text-2xl font-bold">{name}</h1>
						<p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-text-2">
							<Badge look="accent">{t(`roles.${me.role}`)}</Badge>
							{t('account.since', { date: dateOf(me.created_at, i18n.language) })}
						</p>
					</div>
				</header>
				<TabLinks
					label={t('user.account')}
					tabs={[
						{ to: '/account', label: t('account.tab.profile'), end: true },
						{ to: '/account/security', label: t('account.tab.security') },
						{ to: '/account/apps', label: t('account.tab.apps') },
						{ to: '/account/data', label: t('account.tab.data') },
					]}
				/>
				<Outlet />
			</div>
		</Page>
	);
}
