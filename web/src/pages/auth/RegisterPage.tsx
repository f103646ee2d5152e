import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useSearchParams } from 'react-router';
import { register, useAuthConfig, type AuthConfig, type Registration } from '../../api/auth';
import { beginSession, safeNext, useMe, type SessionAnswer } from '../../api/session';
import { Button, LinkButton } from '../../components/Button';
import { Problem } from '../../components/form/Problem';
import { PasswordInput, TextInput } from '../../components/form/TextInput';
import { useForm } from '../../components/form/use-form';
import { AuthPage, FOOT_LINK } from './AuthPage';
import { OtherWays } from './OtherWays';

interface FormProps {
	config: AuthConfig;
	code: string;
	next: string;
	onWaiting: () => void;
}

function RegisterForm({ config, code, next, onWaiting }: FormProps) {
	const { t } = useTranslation();
	const invited = config.registration === 'invitation' || code !== '';
	const form = useForm(
		{ username: '', email: '', full_name: '', password: '', invitation: code },
		async (values) => {
			const body: Registration = {
				username: values.username.trim(),
				email: values.email.trim(),
				password: values.password,
				full_name: values.full_name.trim() || undefined,
				invitation: values.invitation.trim() || undefined,
			};
			const answer = await register(body);
			if (answer.signed_in) await beginSession(answer as SessionAnswer);
			else onWaiting();
		},
		(values) => ({
			username: values.username.trim() ? undefined : t('auth.needed'),
			email: /.@./.test(values.email) ? undefined : t('auth.emailNeeded'),
			password:
				values.password.length >= config.password_min
					? undefined
					: t('auth.passwordShort', { min: config.password_min }),
			invitation: invited && !values.invitation.trim() ? t('auth.needed') : undefined,
		}),
	);
	return (
		<>
			<form {...form.props} className="space-y-4">
				<Problem text={form.problem} />
				{invited && <TextInput label={t('auth.invitation')} spellCheck={false} required {...form.bind('invitation')} />}
				<TextInput
					label={t('auth.username')}
					hint={t('auth.usernameHint')}
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					required
					{...form.bind('username')}
				/>
				<TextInput label={t('auth.email')} type="email" autoComplete="email" required {...form.bind('email')} />
				<TextInput label={t('auth.fullName')} autoComplete="name" {...form.bind('full_name')} />
				<PasswordInput
					label={t('auth.password')}
					hint={t('auth.passwordHint', { min: config.password_min })}
					autoComplete="new-password"
					required
					{...form.bind('password')}
				/>
				<Button type="submit" look="primary" className="w-full" disabled={form.busy}>
					{t('auth.register')}
				</Button>
			</form>
			<OtherWays next={next} />
		</>
	);
}

export default function RegisterPage() {
	const { t } = useTranslation();
	const [params] = useSearchParams();
	const next = safeNext(params.get('next'));
	const code = params.get('invitation') ?? params.get('code') ?? '';
	const { me } = useMe();
	const { data: config } = useAuthConfig();
	const [waiting, setWaiting] = useState(false);
	if (me) return <Navigate to={next} replace />;
	const signIn = (
		<>
			{t('auth.haveAccount')}{' '}
			<Link to={`/sign-in?next=${encodeURIComponent(next)}`} className={FOOT_LINK}>
				{t('auth.signIn')}
			</Link>
		</>
	);
	if (waiting) {
		return (
			<AuthPage title={t('auth.waiting')} text={t('auth.waitingText')}>
				<LinkButton to="/" look="primary">
					{t('notFound.home')}
				</LinkButton>
			</AuthPage>
		);
	}
	if (config?.registration === 'closed') {
		return <AuthPage title={t('auth.closed')} text={t('auth.closedText')} foot={signIn} />;
	}
	return (
		<AuthPage title={t('auth.register')} text={config && t(`auth.registration.${config.registration}`)} foot={signIn}>
			{config && <RegisterForm config={config} code={code} next={next} onWaiting={() => setWaiting(true)} />}
		</AuthPage>
	);
}
