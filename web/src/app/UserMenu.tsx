import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { can } from '../api/roles';
import { signOut, useMe, type Me } from '../api/session';
import { Avatar } from '../components/Avatar';
import { LinkButton } from '../components/Button';
import { Menu, type MenuEntry } from '../components/Menu';
import { toast } from '../components/toast';

function Head({ me }: { me: Me }) {
	const { t } = useTranslation();
	return (
		<div className="mb-1 flex items-center gap-3 border-b border-line px-3 pt-2 pb-3">
			<Avatar name={me.full_name ?? me.username} />
			<span className="min-w-0">
				<span className="block truncate font-semibold">{me.full_name ?? me.username}</span>
				<span className="block truncate text-xs text-text-2">
					{me.username}
					{me.role !== 'user' && ` · ${t(`roles.${me.role}`)}`}
				</span>
			</span>
		</div>
	);
}

/** Who is signed in and what is theirs; or the way to sign in. */
export function UserMenu({ className = '' }: { className?: string }) {
	const { t } = useTranslation();
	const { me } = useMe();
	const navigate = useNavigate();
	const { pathname, search } = useLocation();
	if (me === undefined) return <span className={`size-10 ${className}`} />;
	if (me === null) {
		const next =
			pathname.startsWith('/sign-in') || pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`;
		return (
			<LinkButton to={`/sign-in${next}`} look="plain" icon="signIn" className={`h-10! px-4! ${className}`}>
				{t('user.signIn')}
			</LinkButton>
		);
	}
	const entries = (): MenuEntry[] => {
		const list: MenuEntry[] = [
			{ icon: 'user', label: t('user.account'), to: '/account' },
			{ icon: 'chart', label: t('nav.stats'), to: '/me/stats' },
			{ icon: 'settings', label: t('nav.settings'), to: '/settings' },
		];
		if (can(me, 'moderator')) list.push({ icon: 'shield', label: t('user.admin'), to: '/admin' });
		list.push({
			icon: 'signOut',
			label: t('user.signOut'),
			run: () =>
				void signOut().then(
					() => {
						navigate('/');
						toast(t('user.signedOut'));
					},
					() => toast(t('error.text')),
				),
		});
		return list;
	};
	return (
		<Menu
			label={t('user.menu', { name: me.username })}
			className={className}
			entries={entries}
			head={<Head me={me} />}
			trigger={(props) => (
				<button
					type="button"
					title={me.username}
					className="inline-grid size-10 place-items-center rounded-full transition hover:brightness-110"
					{...props}
				>
					<Avatar name={me.full_name ?? me.username} />
				</button>
			)}
		/>
	);
}
