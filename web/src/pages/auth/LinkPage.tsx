import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import useSWR from 'swr';
import { useAuthConfig } from '../../api/auth';
import { apiPath, apiSend, isNotFound } from '../../api/client';
import { beginSession, type SessionAnswer } from '../../api/session';
import type { Exactly, Shapes } from '../../api/types';
import { Button, LinkButton } from '../../components/Button';
import { Problem } from '../../components/form/Problem';
import { PasswordInput, TextInput } from '../../components/form/TextInput';
import { useForm } from '../../components/form/use-form';
import { ErrorView } from '../../components/States';
import { toast } from '../../components/toast';
import { AuthPage } from './AuthPage';

type LinkInfo = Exactly<Shapes['Link'], { purpose: 'setup' | 'password' }>;

function LinkForm({ code, info }: { code: string; info: LinkInfo }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const { data: config } = useAuthConfig();
	const min = config?.password_min ?? 8;
	const setup = info.purpose === 'setup';
	const form = useForm(
		{ username: info.username ?? '', email: '', password: '' },
		async ({ username, email, password }) => {
			const named = setup ? { username: username.trim(), ...(email.trim() && { email: email.trim() }) } : {};
			await beginSession(
				await apiSend<SessionAnswer>('POST', `/auth/links/${encodeURIComponent(code)}`, {
					password,
					cookie: true,
					...named,
				}),
			);
			toast(t('auth.linkDone'));
			navigate('/', { replace: true });
		},
		({ username, password }) => ({
			username: !setup || username.trim() ? undefined : t('auth.needed'),
			password: password.length >= min ? undefined : t('auth.passwordShort', { min }),
		}),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			{setup ? (
				<>
					<TextInput
						label={t('auth.username')}
						autoComplete="username"
						autoCapitalize="none"
						spellCheck={false}
						required
						{...form.bind('username')}
					/>
					<TextInput label={t('auth.emailOptional')} type="email" autoComplete="email" {...form.bind('email')} />
				</>
			) : (
				/* For password managers: whose password it is. */
				<input type="text" value={info.username ?? ''} autoComplete="username" readOnly hidden />
			)}
			<PasswordInput
				label={t('auth.newPassword')}
				hint={t('auth.passwordHint', { min })}
				autoComplete="new-password"
				required
				{...form.bind('password')}
			/>
			<Button type="submit" look="primary" className="w-full" disabled={form.busy}>
				{t(setup ? 'auth.setupAction' : 'auth.setPassword')}
			</Button>
		</form>
	);
}

/** A one-time link: the first administrator, or a password that was lost. */
export default function LinkPage() {
	const { code = '' } = useParams();
	const { t } = useTranslation();
	const { data: info, error } = useSWR<LinkInfo>(apiPath(`/auth/links/${encodeURIComponent(code)}`), {
		revalidateIfStale: false,
		revalidateOnReconnect: false,
	});
	if (isNotFound(error)) {
		return (
			<AuthPage title={t('auth.linkSpent')} text={t('auth.linkSpentText')}>
				<LinkButton to="/sign-in" look="primary">
					{t('auth.signIn')}
				</LinkButton>
			</AuthPage>
		);
	}
	if (error) {
		return (
			<AuthPage title={t('error.title')}>
				<ErrorView error={error} />
			</AuthPage>
		);
	}
	if (!info) return <AuthPage title={t('state.loading')} />;
	const setup = info.purpose === 'setup';
	return (
		<AuthPage
			title={t(setup ? 'auth.setup' : 'auth.setPassword')}
			text={setup ? t('auth.setupText') : t('auth.setPasswordText', { name: info.username ?? '' })}
		>
			<LinkForm code={code} info={info} />
		</AuthPage>
	);
}
