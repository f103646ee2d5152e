import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { deletePlaylist, EXPORTS, exportUrl, type Playlist } from '../../api/playlists';
import { IconButton } from '../../components/Button';
import { CollectionActions } from '../../components/CollectionActions';
import { confirm } from '../../components/confirm';
import { faultsOf } from '../../components/form/use-form';
import { Heart } from '../../components/Heart';
import { Menu, type MenuEntry } from '../../components/Menu';
import { toast } from '../../components/toast';
import { EditDialog } from './EditDialog';
import { ShareDialog } from './ShareDialog';
import type { PlaylistTracks } from './use-playlist-tracks';

interface PlaylistActionsProps {
	playlist: Playlist;
	tracks: PlaylistTracks;
	token: string | null;
}

export function PlaylistActions({ playlist, tracks, token }: PlaylistActionsProps) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const [open, setOpen] = useState<'edit' | 'share' | null>(null);
	const { id, title, can_edit } = playlist;
	const close = () => setOpen(null);

	const remove = async () => {
		const sure = await confirm({
			title: t('playlist.deleteAsk', { title }),
			text: t('playlist.deleteText'),
			action: t('action.delete'),
			danger: true,
		});
		if (!sure) return;
		try {
			await deletePlaylist(id);
			navigate('/playlists', { replace: true });
			toast(t('playlist.deleted', { title }));
		} catch (error) {
			toast(faultsOf(error, {}).rest);
		}
	};
	const entries = (): MenuEntry[] => {
		const list: MenuEntry[] = EXPORTS.map((format) => ({
			icon: 'download',
			label: t('playlist.export', { format: format.toUpperCase() }),
			href: exportUrl(id, format, token),
		}));
		if (!can_edit) return list;
		list.unshift({ icon: 'edit', label: t('playlist.edit'), run: () => setOpen('edit') });
		if (playlist.kind === 'rules') {
			list.unshift({ icon: 'rules', label: t('playlist.editRules'), to: `/playlists/${id}/rules` });
		}
		list.push({ icon: 'trash', label: t('playlist.delete'), danger: true, run: () => void remove() });
		return list;
	};

	return (
		<>
			{tracks.items.length > 0 && (
				<CollectionActions tracks={tracks.items} rest={tracks.rest} title={title} from={{ type: 'playlist', id }} />
			)}
			<Heart kind="playlist" id={id} title={title} size="lg" />
			{can_edit && <IconButton icon="link" size="lg" label={t('playlist.share')} onClick={() => setOpen('share')} />}
			<Menu label={t('track.more', { title })} entries={entries} />
			{can_edit && (
				<>
					<EditDialog playlist={playlist} open={open === 'edit'} onClose={close} />
					<ShareDialog playlist={playlist} open={open === 'share'} onClose={close} />
				</>
			)}
		</>
	);
}
