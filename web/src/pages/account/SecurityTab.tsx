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
import { faultsOf, useForm } from '../../components/form/use-form';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { toast } from '../../components/toast';
import { agoOf } from '../../i18n/dates';
import { deviceOf } from '../../i18n/device';

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
	const used = row.used_at ?? row.created_at;
	return (
		<li className="flex items-center gap-4 py-3.5 first:pt-0 last:pb-0">
			<Icon name={row.kind === 'web' ? 'device' : 'key'} className="size-6 text-text-3" />
			<span className="min-w-0 flex-1">
				<span className="flex flex-wrap items-center gap-2 font-semibold">
					{deviceOf(row.user_agent) || t('account.unknownDevice')}
					{row.current && <Badge look="accent">{t('account.thisOne')}</Badge>}
				</span>
				<span className="block truncate text-sm text-text-2">
					{[row.address, t('account.used', { when: agoOf(used, i18n.language) })].filter(Boolean).join(' · ')}
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
		</li>
	);
}

function Sessions() {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const { data, error, mutate } = useSessions();
	const end = async (id: number) => {
		try {
			await apiSend('DELETE', `/auth/sessions/${id}`);
			toast(t('account.ended'));
		} catch (cause) {
			toast(faultsOf(cause, {}).rest);
		}
		void mutate();
	};
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
		<Panel
			title={t('account.sessions')}
			hint={t('account.sessionsHint')}
			actions={
				<Button look="quiet" onClick={() => void endAll()}>
					{t('account.endAll')}
				</Button>
			}
		>
			{error && <ErrorView error={error} retry={() => void mutate()} />}
			{!data && !error && <SkeletonRows count={2} />}
			<ul aria-label={t('account.sessions')} className="divide-y divide-line">
				{data?.items.map((row) => (
					<SessionItem key={row.id} row={row} onEnd={() => void end(row.id)} />
				))}
			</ul>
		</Panel>
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
