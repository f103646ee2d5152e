import { useTranslation } from 'react-i18next';
import { changeMe, oidcStart, useAuthConfig } from '../../api/auth';
import { apiSend } from '../../api/client';
import { reloadMe, setMe, useMe, type Me } from '../../api/session';
import { Button, LinkButton } from '../../components/Button';
import { confirm } from '../../components/confirm';
import { Problem } from '../../components/form/Problem';
import { PasswordInput, TextInput } from '../../components/form/TextInput';
import { faultsOf, useForm } from '../../components/form/use-form';
import { Panel } from '../../components/Panel';
import { toast } from '../../components/toast';
import { dateOf } from '../../i18n/format';

function ProfileForm({ me }: { me: Me }) {
	const { t } = useTranslation();
	const form = useForm(
		{ full_name: me.full_name ?? '', username: me.username, email: me.email ?? '', password: '' },
		async ({ full_name, username, email, password }, set) => {
			const change: Record<string, unknown> = { full_name: full_name.trim() || null };
			if (username.trim() !== me.username) change.username = username.trim();
			if (email.trim() !== (me.email ?? '')) {
				change.email = email.trim() || null;
				if (me.has_password) change.password = password;
			}
			setMe(await changeMe(change));
			set({ password: '' });
			toast(t('action.saved'));
		},
	);
	const newEmail = form.values.email.trim() !== (me.email ?? '');
	return (
		<form {...form.props} className="grid gap-4 sm:grid-cols-2">
			<Problem text={form.problem} className="sm:col-span-2" />
			<TextInput label={t('account.fullName')} autoComplete="name" {...form.bind('full_name')} />
			<TextInput
				label={t('account.username')}
				autoComplete="username"
				autoCapitalize="none"
				spellCheck={false}
				{...form.bind('username')}
			/>
			<TextInput label={t('account.email')} type="email" autoComplete="email" {...form.bind('email')} />
			{newEmail && me.has_password && (
				<PasswordInput
					label={t('account.password')}
					hint={t('account.emailNeedsPassword')}
					autoComplete="current-password"
					{...form.bind('password')}
				/>
			)}
			<div className="flex justify-end sm:col-span-2">
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('action.save')}
				</Button>
			</div>
		</form>
	);
}

/** The other ways to be recognised as the same person. */
function Logins({ me }: { me: Me }) {
	const { t, i18n } = useTranslation();
	const { data: config } = useAuthConfig();
	const nameOf = (provider: string) =>
		provider === 'telegram' ? 'Telegram' : (config?.oidc_name ?? provider.toUpperCase());
	const unlink = async (provider: string) => {
		const name = nameOf(provider);
		if (!(await confirm({ title: t('account.unlinkAsk', { name }), action: t('account.unlink') }))) return;
		try {
			await apiSend('DELETE', `/auth/logins/${provider}`);
			await reloadMe();
		} catch (error) {
			toast(faultsOf(error, {}).rest);
		}
	};
	const canLink = config?.oidc && !me.logins.some(({ provider }) => provider === 'oidc');
	if (me.logins.length === 0 && !canLink) return null;
	return (
		<Panel title={t('account.logins')} hint={t('account.loginsHint')}>
			<ul className="divide-y divide-line">
				{me.logins.map((login) => (
					<li key={login.provider} className="flex items-center justify-between gap-4 py-3 first:pt-0 last:pb-0">
						<span className="min-w-0">
							<span className="block font-semibold">{nameOf(login.provider)}</span>
							<span className="block truncate text-sm text-text-2">
								{login.name ?? login.subject} · {dateOf(login.created_at, i18n.language)}
							</span>
						</span>
						<Button look="quiet" onClick={() => void unlink(login.provider)}>
							{t('account.unlink')}
						</Button>
					</li>
				))}
			</ul>
			{canLink && (
				<LinkButton to={oidcStart('/account', true)} external icon="link" className={me.logins.length ? 'mt-4' : ''}>
					{t('account.link', { name: nameOf('oidc') })}
				</LinkButton>
			)}
		</Panel>
	);
}

export default function ProfileTab() {
	const { t } = useTranslation();
	const { me } = useMe();
	if (!me) return null;
	return (
		<>
			<Panel title={t('account.profile')}>
				<ProfileForm key={me.updated_at} me={me} />
			</Panel>
			<Logins me={me} />
			<p className="mt-6 text-sm text-text-2">
				{t('account.lookHint')}{' '}
				<LinkButton to="/settings" look="quiet" className="h-9! px-3!">
					{t('nav.settings')}
				</LinkButton>
			</p>
		</>
	);
}
