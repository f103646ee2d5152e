import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changePlaylist, dropCover, setCover, type Playlist } from '../../api/playlists';
import { Button } from '../../components/Button';
import { Actions, Dialog } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { TextArea, TextInput } from '../../components/form/TextInput';
import { faultsOf, useForm } from '../../components/form/use-form';
import { PlaylistCover } from '../../components/PlaylistCover';

const PICTURES = 'image/jpeg,image/png,image/webp,image/gif';
const PICTURE_MAX_BYTES = 10 * 1024 * 1024;

function CoverEditor({ playlist }: { playlist: Playlist }) {
	const { t } = useTranslation();
	const input = useRef<HTMLInputElement>(null);
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState('');
	const run = async (work: () => Promise<unknown>) => {
		setBusy(true);
		setProblem('');
		try {
			await work();
		} catch (error) {
			setProblem(faultsOf(error, {}).rest);
		} finally {
			setBusy(false);
		}
	};
	const choose = (file: File | undefined) => {
		if (!file) return;
		if (file.size > PICTURE_MAX_BYTES) setProblem(t('playlist.pictureLarge'));
		else void run(() => setCover(playlist.id, file));
	};
	return (
		<div className="flex items-center gap-4">
			<PlaylistCover playlist={playlist} sizes="96px" className={`w-24 rounded-md! ${busy ? 'opacity-50' : ''}`} />
			<div className="min-w-0 flex-1 space-y-2">
				<div className="flex flex-wrap gap-2">
					<Button icon="image" disabled={busy} onClick={() => input.current?.click()}>
						{t('playlist.changeCover')}
					</Button>
					{playlist.cover_url && (
						<Button look="quiet" disabled={busy} onClick={() => void run(() => dropCover(playlist.id))}>
							{t('action.remove')}
						</Button>
					)}
				</div>
				<Problem text={problem} />
			</div>
			<input
				ref={input}
				type="file"
				accept={PICTURES}
				hidden
				aria-label={t('playlist.changeCover')}
				onChange={(event) => {
					choose(event.target.files?.[0]);
					event.target.value = '';
				}}
			/>
		</div>
	);
}

function EditForm({ playlist, onDone }: { playlist: Playlist; onDone: () => void }) {
	const { t } = useTranslation();
	const form = useForm(
		{ title: playlist.title, description: playlist.description ?? '' },
		async ({ title, description }) => {
			await changePlaylist(playlist.id, { title: title.trim(), description: description.trim() || null });
			onDone();
		},
		({ title }) => ({ title: title.trim() ? undefined : t('playlist.titleNeeded') }),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<CoverEditor playlist={playlist} />
			<TextInput label={t('playlist.title')} maxLength={200} {...form.bind('title')} />
			<TextArea label={t('playlist.description')} maxLength={4000} rows={4} {...form.bind('description')} />
			<Actions>
				<Button look="quiet" onClick={onDone}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('action.save')}
				</Button>
			</Actions>
		</form>
	);
}

interface EditDialogProps {
	playlist: Playlist;
	open: boolean;
	onClose: () => void;
}

export function EditDialog({ playlist, open, onClose }: EditDialogProps) {
	const { t } = useTranslation();
	return (
		<Dialog open={open} title={t('playlist.edit')} onClose={onClose}>
			<EditForm playlist={playlist} onDone={onClose} />
		</Dialog>
	);
}
