import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { can } from '../../api/roles';
import { signOut, useMe, type Me } from '../../api/session';
import { Avatar } from '../../components/Avatar';
import { Button, LinkButton } from '../../components/Button';
import { toast } from '../../components/toast';

function Person({ me }: { me: Me }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const leave = () =>
		void signOut().then(
			() => navigate('/'),
			() => toast(t('error.text')),
		);
	return (
		<>
			<Link to="/account" className="flex min-w-0 flex-1 items-center gap-4 rounded-sm">
				<Avatar name={me.full_name ?? me.username} className="size-12 text-lg" />
				<span className="min-w-0">
					<span className="block truncate font-semibold">{me.full_name ?? me.username}</span>
					<span className="block truncate text-sm text-text-2">{t(`roles.${me.role}`)}</span>
				</span>
			</Link>
			<span className="flex flex-wrap gap-2">
				<LinkButton to="/account" icon="user">
					{t('user.account')}
				</LinkButton>
				<LinkButton to="/me/stats" icon="chart">
					{t('nav.stats')}
				</LinkButton>
				{can(me, 'moderator') && (
					<LinkButton to="/admin" icon="shield">
						{t('user.admin')}
					</LinkButton>
				)}
				<Button look="quiet" icon="signOut" onClick={leave}>
					{t('user.signOut')}
				</Button>
			</span>
		</>
	);
}

/** Who is signed in: on phones the only way to the account. */
export function AccountCard() {
	const { t } = useTranslation();
	const { me } = useMe();
	if (me === undefined) return null;
	return (
		<div className="mb-8 flex flex-wrap items-center gap-4 rounded-lg border border-line bg-surface p-5 sm:px-6">
			{me ? (
				<Person me={me} />
			) : (
				<>
					<p className="min-w-48 flex-1 text-text-2">{t('user.why')}</p>
					<LinkButton to="/sign-in?next=/settings" look="primary" icon="signIn">
						{t('user.signIn')}
					</LinkButton>
				</>
			)}
		</div>
	);
}
