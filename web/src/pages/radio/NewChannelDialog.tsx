import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { createChannel } from '../../api/channels';
import { Button } from '../../components/Button';
import { Actions, Dialog } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { TextArea, TextInput } from '../../components/form/TextInput';
import { Toggle } from '../../components/form/Toggle';
import { useForm } from '../../components/form/use-form';

function NewChannel({ onClose }: { onClose: () => void }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const form = useForm(
		{ title: '', description: '', is_public: true },
		async ({ title, description, is_public }) => {
			const made = await createChannel({
				title: title.trim(),
				is_public,
				...(description.trim() && { description: description.trim() }),
			});
			navigate(`/radio/${made.id}/console`);
		},
		({ title }) => ({ title: title.trim() ? undefined : t('radio.titleNeeded') }),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<TextInput label={t('radio.form.title')} maxLength={200} required {...form.bind('title')} />
			<TextArea label={t('radio.form.description')} maxLength={2000} {...form.bind('description')} />
			<Toggle
				label={t('radio.form.public')}
				hint={t('radio.form.publicHint')}
				checked={form.values.is_public}
				onChange={(is_public) => form.set({ is_public })}
			/>
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('action.create')}
				</Button>
			</Actions>
		</form>
	);
}

export function NewChannelDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
	const { t } = useTranslation();
	return (
		<Dialog open={open} title={t('radio.new')} onClose={onClose}>
			<NewChannel onClose={onClose} />
		</Dialog>
	);
}
