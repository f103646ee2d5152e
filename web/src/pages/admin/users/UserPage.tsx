import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { ADMIN, linkForUser, reviewUser, useAdminUser, type UserDetails } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { useMe } from '../../../api/session';
import { Avatar } from '../../../components/Avatar';
import { Button, LinkButton } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Panel } from '../../../components/Panel';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { dateTimeOf } from '../../../i18n/dates';
import { attempt, tellError } from '../report';
import { LinkDialog } from './LinkDialog';
import { RoleBadge, StatusBadge } from './StatusBadge';
import { UserAccess } from './UserAccess';
import { UserForm } from './UserForm';
import { UserHistory } from './UserHistory';

function Facts({ user }: { user: UserDetails }) {
	const { t, i18n } = useTranslation();
	const time = (iso: string | null) => (iso ? dateTimeOf(iso, i18n.language) : '—');
	const facts: [string, ReactNode][] = [
		['№', user.id],
		[t('admin.users.email'), user.email ?? '—'],
		['Telegram', user.telegram_id ?? '—'],
		[t('admin.users.created'), time(user.created_at)],
		[t('admin.users.lastLogin'), time(user.last_login_at)],
		[t('admin.users.password'), t(user.has_password ? 'admin.yes' : 'admin.no')],
	];
	return (
		<dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm sm:grid-cols-3">
			{facts.map(([name, value]) => (
				<div key={name} className="min-w-0">
					<dt className="text-text-2">{name}</dt>
					<dd className="tabular mt-0.5 font-medium wrap-anywhere">{value}</dd>
				</div>
			))}
		</dl>
	);
}

/** Everything there is to know and to do about one account. */
export function UserPage() {
	const { t } = useTranslation();
	const { id } = useParams();
	const { me } = useMe();
	const navigate = useNavigate();
	const { data: user, error, mutate } = useAdminUser(id);
	const [link, setLink] = useState<{ name: string; link: string; until: string | null } | null>(null);
	if (error) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!user) return <SkeletonRows count={6} />;
	const name = user.username;
	const reload = () => void mutate();
	const makeLink = async () => {
		try {
			const made = await linkForUser(user.id);
			setLink({ name, link: made.link, until: made.expires_at });
			reload();
		} catch (problem) {
			tellError(problem);
		}
	};
	const signOut = async () => {
		const sure = await confirm({
			title: t('admin.users.signOutSure', { name }),
			text: t('admin.users.signOutText'),
			action: t('admin.users.signOut'),
			danger: true,
		});
		if (
			sure &&
			(await attempt(() => apiSend('POST', `${ADMIN}/users/${user.id}/sign-out`), t('admin.users.signedOut')))
		)
			reload();
	};
	const remove = async () => {
		const sure = await confirm({
			title: t('admin.users.deleteSure', { name }),
			text: t('admin.users.sureText.delete'),
			action: t('action.delete'),
			danger: true,
		});
		if (
			sure &&
			(await attempt(() => apiSend('DELETE', `${ADMIN}/users/${user.id}`), t('admin.users.deleted', { name })))
		)
			void navigate('/admin/users');
	};
	const review = async (verdict: 'approve' | 'reject') => {
		if (await attempt(() => reviewUser(user.id, verdict), t(`admin.users.done.${verdict}`, { name }))) reload();
	};
	return (
		<>
			<LinkButton to="/admin/users" look="quiet" icon="left" className="mb-3 -ml-3 h-9! px-3!">
				{t('admin.nav.users')}
			</LinkButton>
			<header className="mb-6 flex flex-wrap items-center gap-4">
				<Avatar name={user.full_name ?? name} className="size-14 text-xl" />
				<div className="min-w-0">
					<h1 className="text-2xl font-bold wrap-anywhere">{user.full_name ?? name}</h1>
					<p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-text-2">
						{name} <RoleBadge role={user.role} /> <StatusBadge user={user} />
					</p>
				</div>
				{user.status === 'pending' && (
					<div className="ml-auto flex gap-2">
						<Button look="primary" icon="check" onClick={() => void review('approve')}>
							{t('admin.users.bulk.approve')}
						</Button>
						<Button look="danger" onClick={() => void review('reject')}>
							{t('admin.users.bulk.reject')}
						</Button>
					</div>
				)}
			</header>
			<div className="grid gap-8 2xl:grid-cols-2">
				<div className="min-w-0">
					<Panel title={t('admin.users.about')}>
						<Facts user={user} />
					</Panel>
					<Panel title={t('admin.users.rights')} hint={t('admin.users.rightsHint')}>
						<UserForm key={user.updated_at} user={user} onSaved={reload} />
					</Panel>
					<Panel title={t('admin.users.actions')}>
						<div className="flex flex-wrap gap-2.5">
							<Button icon="link" onClick={() => void makeLink()}>
								{t('admin.users.link')}
							</Button>
							<Button icon="signOut" onClick={() => void signOut()}>
								{t('admin.users.signOut')}
							</Button>
							{user.id !== me?.id && (
								<Button icon="trash" look="danger" onClick={() => void remove()}>
									{t('action.delete')}
								</Button>
							)}
						</div>
					</Panel>
				</div>
				<div className="min-w-0">
					<UserAccess user={user} />
					<UserHistory id={user.id} />
				</div>
			</div>
			<LinkDialog shown={link} onClose={() => setLink(null)} />
		</>
	);
}
