import { useTranslation } from 'react-i18next';
import { apiSend } from '../../../api/client';
import type { Artist } from '../../../api/types';
import { Button } from '../../../components/Button';
import { Actions } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';

/** An artist without tracks yet. */
export function NewArtist({ onDone }: { onDone: (made: Artist | null) => void }) {
	const { t } = useTranslation();
	const form = useForm({ name: '' }, async ({ name }) =>
		onDone(await apiSend<Artist>('POST', '/artists/', { name: name.trim() })),
	);
	return (
		<form {...form.props}>
			<Problem text={form.problem} />
			<TextInput label={t('admin.content.name')} required maxLength={200} {...form.bind('name')} />
			<Actions>
				<Button look="quiet" onClick={() => onDone(null)}>
					{t('action.cancel')}
				</Button>
				<Button look="primary" type="submit" disabled={form.busy}>
					{t('action.create')}
				</Button>
			</Actions>
		</form>
	);
}
