import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useAuthConfig, useSessions, type SessionRow } from '../../api/auth';
import { apiSend } from '../../api/client';
import { reloadMe, signOut, useMe, type Me } from '../../api/session';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { confirm } from '../../components/confirm';
import { Problem } from '../../components/form/Problem';
import { PasswordInput } from '../../components/form/TextInput';
import { useForm } from '../../components/form/use-form';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { toast } from '../../components/toast';
import { agoOf } from '../../i18n/dates';
import { deviceOf } from '../../i18n/device';
import { OwnList } from './OwnList';

function PasswordForm({ me }: { me: Me }) {
	const { t } = useTranslation();
	const { data: config } = useAuthConfig();
	const { mutate } = useSessions();
	const min = config?.password_min ?? 8;
	const form = useForm(
		{ current_password: '', new_password: '' },
		async ({ current_password, new_password }, set) => {
			await apiSend('POST', '/auth/password', { new_password, ...(me.has_password && { current_password }) });
			set({ current_password: '', new_password: '' });
			await reloadMe();
			void mutate();
			toast(t('account.passwordChanged'));
		},
		({ new_password }) => ({
			new_password: new_password.length >= min ? undefined : t('account.passwordShort', { min }),
		}),
	);
	return (
		<form {...form.props} className="grid gap-4 sm:grid-cols-2">
			<Problem text={form.problem} className="sm:col-span-2" />
			<input type="text" value={me.username} autoComplete="username" readOnly hidden />
			{me.has_password && (
				<PasswordInput
					label={t('account.currentPassword')}
					autoComplete="current-password"
					{...form.bind('current_password')}
				/>
			)}
			<PasswordInput label={t('account.newPassword')} autoComplete="new-password" {...form.bind('new_password')} />
			<div className="flex flex-wrap items-center justify-between gap-4 sm:col-span-2">
				<p className="text-sm text-text-2">{t('account.passwordHint', { min })}</p>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('account.changePassword')}
				</Button>
			</div>
		</form>
	);
}

function SessionItem({ row, onEnd }: { row: SessionRow; onEnd: () => void }) {
	const { t, i18n } = useTranslation();
	return (
		<>
			<Icon name={row.kind === 'web' ? 'device' : 'key'} className="size-6 text-text-3" />
			<span className="min-w-0 flex-1">
				<span className="flex flex-wrap items-center gap-2 font-semibold">
					{deviceOf(row.user_agent) || t('account.unknownDevice')}
					{row.current && <Badge look="accent">{t('account.thisOne')}</Badge>}
				</span>
				<span className="block truncate text-sm text-text-2">
					{[row.address, t('account.used', { when: agoOf(row.used_at, i18n.language) })].filter(Boolean).join(' · ')}
				</span>
			</span>
			{!row.current && (
				<Button
					look="quiet"
					onClick={onEnd}
					aria-label={t('account.endOf', { device: deviceOf(row.user_agent) || t('account.unknownDevice') })}
				>
					{t('account.end')}
				</Button>
			)}
		</>
	);
}

function Sessions() {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const list = useSessions();
	const endAll = async () => {
		const sure = await confirm({
			title: t('account.endAllAsk'),
			text: t('account.endAllText'),
			action: t('account.endAll'),
			danger: true,
		});
		if (!sure) return;
		await signOut(true);
		navigate('/');
	};
	return (
		<OwnList
			title={t('account.sessions')}
			hint={t('account.sessionsHint')}
			actions={
				<Button look="quiet" onClick={() => void endAll()}>
					{t('account.endAll')}
				</Button>
			}
			list={list}
			row={(row, remove) => (
				<SessionItem row={row} onEnd={() => void remove(`/auth/sessions/${row.id}`, t('account.ended'))} />
			)}
		/>
	);
}

export default function SecurityTab() {
	const { t } = useTranslation();
	const { me } = useMe();
	if (!me) return null;
	return (
		<>
			<Panel title={t(me.has_password ? 'account.changePassword' : 'account.setPassword')}>
				<PasswordForm me={me} />
			</Panel>
			<Sessions />
		</>
	);
}
