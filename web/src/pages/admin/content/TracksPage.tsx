import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeTracks, type TrackAction } from '../../../api/admin';
import { writeTags } from '../../../api/care';
import { apiSend } from '../../../api/client';
import { can } from '../../../api/roles';
import { useMe } from '../../../api/session';
import { confirm } from '../../../components/confirm';
import type { MenuEntry } from '../../../components/Menu';
import { DataTable } from '../../../components/table/DataTable';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters, TextFilter } from '../Filters';
import { Head } from '../Head';
import { useMenuColumn } from '../menu-column';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';
import { useBulk } from '../use-bulk';
import { BulkValueDialog, type ValueAction } from './BulkValueDialog';
import { EditDialog } from './EditDialog';
import { useTrackColumns, type TrackListRow } from './track-columns';
import { trackBody, trackSpecs } from './track-fields';
import { useContent } from './use-content';

const SORTS = ['-created_at', 'title', 'artist', 'album', '-popularity', '-year', 'year', 'duration'];
const VALUES: ValueAction[] = ['genre', 'album', 'album_artist', 'artist', 'year'];

export function TracksPage() {
	const { t } = useTranslation();
	const table = useContent<TrackListRow>('tracks', { sorts: SORTS, filters: ['hidden', 'genre', 'year', 'codec'] });
	const [edited, setEdited] = useState<TrackListRow | null>(null);
	const [asked, setAsked] = useState<ValueAction | null>(null);
	const bulk = useBulk(table.reload);
	const columns = useTrackColumns();
	const { me } = useMe();
	const hidden = table.filter('hidden') === 'true';

	const change = (action: TrackAction, value?: string | number | null) =>
		bulk.together(() => changeTracks(bulk.keys, action, value));
	const sureBulk = async (action: 'hide' | 'reset') => {
		const sure = await confirm({
			title: t(`admin.content.sure.${action}`, { count: bulk.keys.length }),
			text: t(`admin.content.sureText.${action}`),
			action: t(`admin.content.bulk.${action}`),
			danger: true,
		});
		if (sure) await change(action);
	};
	const write = async () => {
		if (await attempt(() => writeTags(bulk.keys), t('admin.content.bulk.writing'))) bulk.clear();
	};
	const hide = async (track: TrackListRow) => {
		if (
			await attempt(() => apiSend('DELETE', `/tracks/${track.id}`), t('admin.content.hidden', { title: track.title }))
		)
			table.reload();
	};
	const restore = async (track: TrackListRow) => {
		const done = t('admin.content.restored', { title: track.title });
		if (await attempt(() => apiSend('POST', `/tracks/${track.id}/restore`), done)) table.reload();
	};
	const entries = (track: TrackListRow): MenuEntry[] => [
		{ icon: 'edit', label: t('admin.edit.edit'), run: () => setEdited(track) },
		{ icon: 'log', label: t('admin.users.changes'), to: `/admin/audit?model_name=track&model_id=${track.id}` },
		track.hidden || hidden
			? { icon: 'history', label: t('admin.content.bulk.restore'), run: () => void restore(track) }
			: { icon: 'eyeOff', label: t('admin.content.bulk.hide'), danger: true, run: () => void hide(track) },
	];
	const menuColumn = useMenuColumn<TrackListRow>(({ title }) => title, entries);
	return (
		<>
			<Head title={t('nav.tracks')} hint={t('admin.content.tracksHint')}>
				<ListExport<TrackListRow>
					path={table.path}
					query={table.query}
					name="ogma-tracks"
					columns={columnsOf(
						'id',
						'title',
						'artist',
						'album',
						'album_artist',
						'genre',
						'year',
						'track_no',
						'disc_no',
						'duration_ms',
						'codec',
						'play_count',
						'created_at',
					)}
				/>
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.content.search')} />
				<ChoiceFilter
					table={table}
					name="hidden"
					label={t('admin.content.shown')}
					options={[{ value: 'true', label: t('admin.content.onlyHidden') }]}
				/>
			</Filters>
			<DataTable
				label={t('nav.tracks')}
				table={table}
				columns={[...columns, menuColumn]}
				keyOf={({ id }) => id}
				nameOf={({ title }) => title}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				{hidden ? (
					<BulkButton onClick={() => void change('restore')}>{t('admin.content.bulk.restore')}</BulkButton>
				) : (
					<>
						{VALUES.map((action) => (
							<BulkButton key={action} onClick={() => setAsked(action)}>
								{t(`admin.content.bulk.${action}`)}
							</BulkButton>
						))}
						{can(me, 'admin') && <BulkButton onClick={() => void write()}>{t('admin.content.bulk.write')}</BulkButton>}
						<BulkButton onClick={() => void sureBulk('reset')}>{t('admin.content.bulk.reset')}</BulkButton>
						<BulkButton look="danger" onClick={() => void sureBulk('hide')}>
							{t('admin.content.bulk.hide')}
						</BulkButton>
					</>
				)}
			</BulkBar>
			<EditDialog
				kind="tracks"
				thing={edited}
				title={(track) => t('admin.edit.titleOf', { name: track.title })}
				specs={trackSpecs}
				bodyFor={trackBody}
				onClose={() => setEdited(null)}
				onSaved={table.reload}
			/>
			<BulkValueDialog
				action={asked}
				count={bulk.keys.length}
				onClose={() => setAsked(null)}
				onValue={(value) => {
					const action = asked!;
					setAsked(null);
					void change(action, value);
				}}
			/>
		</>
	);
}
