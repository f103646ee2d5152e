import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useSearchParams } from 'react-router';
import { useAuthConfig } from '../../api/auth';
import { apiSend } from '../../api/client';
import { beginSession, safeNext, signIn, useMe, type SessionAnswer } from '../../api/session';
import { Button } from '../../components/Button';
import { Problem } from '../../components/form/Problem';
import { PasswordInput, TextInput } from '../../components/form/TextInput';
import { faultsOf, useForm } from '../../components/form/use-form';
import { AuthPage, FOOT_LINK } from './AuthPage';
import { OtherWays } from './OtherWays';
import { widgetAnswer } from './telegram-answer';

const REASONS = ['oidc_denied', 'oidc_failed', 'oidc_no_account', 'not_active'];

/** Telegram's sign-in page came back to us with an answer for the server to judge. */
function useTelegramReturn(fail: (text: string) => void): boolean {
	const [answer] = useState(() => widgetAnswer(location.hash));
	useEffect(() => {
		if (!answer) return;
		history.replaceState(history.state, '', location.pathname + location.search);
		apiSend<SessionAnswer>('POST', '/auth/telegram/widget', { ...answer, cookie: true })
			.then(beginSession)
			.catch((error: unknown) => fail(faultsOf(error, {}).rest));
	}, [answer, fail]);
	return answer !== null;
}

export default function SignInPage() {
	const { t } = useTranslation();
	const [params] = useSearchParams();
	const next = safeNext(params.get('next'));
	const { me } = useMe();
	const { data: config } = useAuthConfig();
	const [returned, setReturned] = useState('');
	useTelegramReturn(setReturned);
	const form = useForm(
		{ username: '', password: '' },
		async ({ username, password }) => void (await signIn(username.trim(), password)),
		({ username, password }) => ({
			username: username.trim() ? undefined : t('auth.needed'),
			password: password ? undefined : t('auth.needed'),
		}),
	);
	if (me) return <Navigate to={next} replace />;
	const reason = params.get('error');
	const problem = form.problem || returned || (reason && REASONS.includes(reason) ? t(`auth.reason.${reason}`) : '');
	return (
		<AuthPage
			title={t('auth.signIn')}
			text={config?.setup_needed ? t('auth.setupNeeded') : t('auth.signInText')}
			foot={
				config && config.registration !== 'closed' ? (
					<>
						{t('auth.noAccount')}{' '}
						<Link to={`/register?next=${encodeURIComponent(next)}`} className={FOOT_LINK}>
							{t('auth.register')}
						</Link>
					</>
				) : null
			}
		>
			<form {...form.props} className="space-y-4">
				<Problem text={problem} />
				<TextInput
					label={t('auth.usernameOrEmail')}
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					required
					{...form.bind('username')}
				/>
				<PasswordInput label={t('auth.password')} autoComplete="current-password" required {...form.bind('password')} />
				<Button type="submit" look="primary" className="w-full" disabled={form.busy}>
					{t('auth.signIn')}
				</Button>
			</form>
			<OtherWays next={next} />
			<p className="mt-5 text-center text-sm text-text-3">{t('auth.forgotten')}</p>
		</AuthPage>
	);
}
