import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { apiPath, apiSend } from '../../api/client';
import { endSession, useMe, type Me } from '../../api/session';
import { Button, LinkButton } from '../../components/Button';
import { Actions, Dialog } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { PasswordInput, TextInput } from '../../components/form/TextInput';
import { useForm } from '../../components/form/use-form';
import { Panel } from '../../components/Panel';
import { toast } from '../../components/toast';

function DeleteForm({ me, onCancel }: { me: Me; onCancel: () => void }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const form = useForm(
		{ name: '', password: '' },
		async ({ password }) => {
			await apiSend('DELETE', '/auth/me', me.has_password ? { password } : {});
			navigate('/');
			await endSession();
			toast(t('account.deleted'));
		},
		({ name }) => ({ name: name.trim() === me.username ? undefined : t('account.deleteNameWrong') }),
	);
	return (
		<form {...form.props} className="space-y-4">
			<p className="text-text-2">{t('account.deleteText')}</p>
			<Problem text={form.problem} />
			<TextInput
				label={t('account.deleteName', { name: me.username })}
				autoComplete="off"
				autoCapitalize="none"
				spellCheck={false}
				{...form.bind('name')}
			/>
			{me.has_password && (
				<PasswordInput label={t('account.password')} autoComplete="current-password" {...form.bind('password')} />
			)}
			<Actions>
				<Button look="quiet" onClick={onCancel}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="danger" disabled={form.busy}>
					{t('account.delete')}
				</Button>
			</Actions>
		</form>
	);
}

export default function DataTab() {
	const { t } = useTranslation();
	const { me } = useMe();
	const [open, setOpen] = useState(false);
	if (!me) return null;
	return (
		<>
			<Panel title={t('account.export')} hint={t('account.exportHint')}>
				<LinkButton to={apiPath('/auth/me/export')} external icon="download">
					{t('account.exportAction')}
				</LinkButton>
			</Panel>
			<Panel title={t('account.delete')} hint={t('account.deleteHint')}>
				<Button look="danger" icon="trash" onClick={() => setOpen(true)}>
					{t('account.delete')}
				</Button>
			</Panel>
			<Dialog open={open} title={t('account.deleteAsk')} onClose={() => setOpen(false)}>
				<DeleteForm me={me} onCancel={() => setOpen(false)} />
			</Dialog>
		</>
	);
}
