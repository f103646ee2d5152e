import { useTranslation } from 'react-i18next';
import type { AdminUser } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { can, ROLES, type Role } from '../../../api/roles';
import { useMe } from '../../../api/session';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { Select } from '../../../components/form/Select';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';

interface NewUserDialogProps {
	open: boolean;
	onClose: () => void;
	/** `link`: where the person sets a password. */
	onCreated: (user: AdminUser, link: string | null) => void;
}

function Form({ onClose, onCreated }: Omit<NewUserDialogProps, 'open'>) {
	const { t } = useTranslation();
	const { me } = useMe();
	const form = useForm(
		{ username: '', email: '', full_name: '', role: 'user' as Role },
		async ({ username, email, full_name: name, role }) => {
			const made = await apiSend<AdminUser & { link?: string }>('POST', '/users/', {
				username: username.trim(),
				role,
				...(email.trim() ? { email: email.trim() } : {}),
				...(name.trim() ? { full_name: name.trim() } : {}),
			});
			onCreated(made, made.link ?? null);
		},
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<TextInput label={t('admin.users.username')} required autoComplete="off" {...form.bind('username')} />
			<TextInput label={t('admin.users.email')} type="email" autoComplete="off" {...form.bind('email')} />
			<TextInput label={t('admin.users.fullName')} autoComplete="off" {...form.bind('full_name')} />
			<Select
				label={t('admin.users.role')}
				options={ROLES.filter((role) => can(me, role)).map((value) => ({ value, label: t(`roles.${value}`) }))}
				{...form.bind('role')}
			/>
			<p className="text-sm text-text-2">{t('admin.users.newHint')}</p>
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button look="primary" type="submit" disabled={form.busy}>
					{t('action.create')}
				</Button>
			</Actions>
		</form>
	);
}

/** A new account; its password is set by the person, through a link that works once. */
export function NewUserDialog({ open, onClose, onCreated }: NewUserDialogProps) {
	const { t } = useTranslation();
	return (
		<Dialog open={open} title={t('admin.users.add')} onClose={onClose}>
			<Form onClose={onClose} onCreated={onCreated} />
		</Dialog>
	);
}
