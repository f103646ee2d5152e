import { useTranslation } from 'react-i18next';
import { changeUser, type UserDetails, type UserStatus } from '../../../api/admin';
import { can, ROLES } from '../../../api/roles';
import { useMe } from '../../../api/session';
import { Button } from '../../../components/Button';
import { Problem } from '../../../components/form/Problem';
import { Select } from '../../../components/form/Select';
import { TextInput } from '../../../components/form/TextInput';
import { Toggle } from '../../../components/form/Toggle';
import { useForm } from '../../../components/form/use-form';
import { toast } from '../../../components/toast';

const STATUSES: UserStatus[] = ['pending', 'active', 'rejected', 'blocked'];

/** Name, address and rights of an account. Sends only what was changed. */
export function UserForm({ user, onSaved }: { user: UserDetails; onSaved: () => void }) {
	const { t } = useTranslation();
	const { me } = useMe();
	const initial = {
		full_name: user.full_name ?? '',
		email: user.email ?? '',
		role: user.role,
		status: user.status,
		is_active: user.is_active,
	};
	const form = useForm(initial, async (values) => {
		const change = Object.fromEntries(
			Object.entries(values)
				.filter(([name, value]) => value !== initial[name as keyof typeof initial])
				.map(([name, value]) => [name, value === '' ? null : value]),
		);
		if (Object.keys(change).length > 0) await changeUser(user.id, change);
		toast(t('action.saved'));
		onSaved();
	});
	/* The present role is always to be seen, even where it is above one's own. */
	const roles = ROLES.filter((role) => can(me, role) || role === user.role);
	const active = form.bind('is_active');
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<div className="grid gap-4 sm:grid-cols-2">
				<TextInput label={t('admin.users.fullName')} autoComplete="off" {...form.bind('full_name')} />
				<TextInput label={t('admin.users.email')} type="email" autoComplete="off" {...form.bind('email')} />
				<Select
					label={t('admin.users.role')}
					options={roles.map((value) => ({ value, label: t(`roles.${value}`) }))}
					{...form.bind('role')}
				/>
				<Select
					label={t('admin.users.status')}
					options={STATUSES.map((value) => ({ value, label: t(`admin.users.state.${value}`) }))}
					{...form.bind('status')}
				/>
			</div>
			<Toggle
				label={t('admin.users.active')}
				hint={t('admin.users.activeHint')}
				checked={active.value}
				onChange={active.onChange}
			/>
			<Button look="primary" type="submit" disabled={form.busy}>
				{t('action.save')}
			</Button>
		</form>
	);
}
