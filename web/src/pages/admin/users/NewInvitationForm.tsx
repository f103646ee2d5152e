import { useTranslation } from 'react-i18next';
import { ADMIN, type NewInvitation } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { can, ROLES, type Role } from '../../../api/roles';
import { useMe } from '../../../api/session';
import { Button } from '../../../components/Button';
import { Actions } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { Select } from '../../../components/form/Select';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';

interface FormProps {
	onCreated: (made: NewInvitation) => void;
	onClose: () => void;
}

export function NewInvitationForm({ onCreated, onClose }: FormProps) {
	const { t } = useTranslation();
	const { me } = useMe();
	const form = useForm({ role: 'user' as Role, uses: '1', days: '7', note: '' }, async ({ role, uses, days, note }) =>
		onCreated(
			await apiSend<NewInvitation>('POST', `${ADMIN}/invitations`, {
				role,
				uses: Number(uses),
				days: Number(days),
				...(note.trim() ? { note: note.trim() } : {}),
			}),
		),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<Select
				label={t('admin.users.role')}
				options={ROLES.filter((role) => can(me, role)).map((value) => ({ value, label: t(`roles.${value}`) }))}
				{...form.bind('role')}
			/>
			<div className="grid grid-cols-2 gap-4">
				<TextInput label={t('admin.invitations.uses')} type="number" min={1} {...form.bind('uses')} />
				<TextInput label={t('admin.invitations.days')} type="number" min={1} {...form.bind('days')} />
			</div>
			<TextInput
				label={t('admin.invitations.note')}
				hint={t('admin.invitations.noteHint')}
				maxLength={200}
				{...form.bind('note')}
			/>
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
