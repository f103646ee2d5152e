import { useTranslation } from 'react-i18next';
import { createPlaylist, type Playlist, type Visibility } from '../../api/playlists';
import { Button } from '../../components/Button';
import { Actions } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { Select } from '../../components/form/Select';
import { TextArea, TextInput } from '../../components/form/TextInput';
import { useForm } from '../../components/form/use-form';

interface NewPlaylistFormProps {
	onDone: (playlist: Playlist) => void;
	onCancel: () => void;
}

export function NewPlaylistForm({ onDone, onCancel }: NewPlaylistFormProps) {
	const { t } = useTranslation();
	const form = useForm(
		{ title: '', description: '', visibility: 'private' as Visibility },
		async ({ title, description, visibility }) =>
			onDone(await createPlaylist({ title: title.trim(), description: description.trim() || null, visibility })),
		({ title }) => ({ title: title.trim() ? undefined : t('playlist.titleNeeded') }),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<TextInput label={t('playlist.title')} maxLength={200} {...form.bind('title')} />
			<TextArea label={t('playlist.description')} maxLength={4000} {...form.bind('description')} />
			<Select
				label={t('playlist.visibility')}
				options={(['private', 'unlisted', 'public'] as const).map((value) => ({
					value,
					label: t(`playlist.seen.${value}`),
				}))}
				value={form.values.visibility}
				onChange={(visibility) => form.set({ visibility })}
			/>
			<Actions>
				<Button look="quiet" onClick={onCancel}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('action.create')}
				</Button>
			</Actions>
		</form>
	);
}
