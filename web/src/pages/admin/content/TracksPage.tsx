import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeTracks, type TrackAction } from '../../../api/admin';
import { writeTags } from '../../../api/care';
import { apiSend } from '../../../api/client';
import { can } from '../../../api/roles';
import { useMe } from '../../../api/session';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Menu, type MenuEntry } from '../../../components/Menu';
import { DataTable } from '../../../components/table/DataTable';
import { BulkBar, useBulkReport } from '../Bulk';
import { ChoiceFilter, Filters, TextFilter } from '../Filters';
import { Head } from '../Head';
import { MENU_CELL } from '../menu-cell';
import { ListExport } from '../ListExport';
import { attempt, tellError } from '../report';
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
	const [chosen, setChosen] = useState<Set<number>>(new Set());
	const [edited, setEdited] = useState<TrackListRow | null>(null);
	const [asked, setAsked] = useState<ValueAction | null>(null);
	const report = useBulkReport();
	const columns = useTrackColumns();
	const { me } = useMe();
	const hidden = table.filter('hidden') === 'true';

	const bulk = async (action: TrackAction, value?: string | number | null) => {
		try {
			report(await changeTracks([...chosen], action, value));
			setChosen(new Set());
			table.reload();
		} catch (error) {
			tellError(error);
		}
	};
	const sureBulk = async (action: 'hide' | 'reset') => {
		const sure = await confirm({
			title: t(`admin.content.sure.${action}`, { count: chosen.size }),
			text: t(`admin.content.sureText.${action}`),
			action: t(`admin.content.bulk.${action}`),
			danger: true,
		});
		if (sure) await bulk(action);
	};
	const write = async () => {
		if (await attempt(() => writeTags([...chosen]), t('admin.content.bulk.writing'))) setChosen(new Set());
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
	return (
		<>
			<Head title={t('nav.tracks')} hint={t('admin.content.tracksHint')}>
				<ListExport<TrackListRow>
					path={table.path}
					query={table.query}
					name="ogma-tracks"
					columns={(
						[
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
						] as const
					).map((name) => [name, (row) => row[name]])}
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
				columns={[
					...columns,
					{
						name: 'menu',
						title: '',
						className: MENU_CELL,
						render: (track) => (
							<Menu label={t('admin.actionsFor', { name: track.title })} entries={() => entries(track)} />
						),
					},
				]}
				keyOf={({ id }) => id}
				nameOf={({ title }) => title}
				selection={{ keys: chosen, set: setChosen }}
			/>
			<BulkBar count={chosen.size} clear={() => setChosen(new Set())}>
				{hidden ? (
					<Button className="h-9! px-3.5!" onClick={() => void bulk('restore')}>
						{t('admin.content.bulk.restore')}
					</Button>
				) : (
					<>
						{VALUES.map((action) => (
							<Button key={action} className="h-9! px-3.5!" onClick={() => setAsked(action)}>
								{t(`admin.content.bulk.${action}`)}
							</Button>
						))}
						{can(me, 'admin') && (
							<Button className="h-9! px-3.5!" onClick={() => void write()}>
								{t('admin.content.bulk.write')}
							</Button>
						)}
						<Button className="h-9! px-3.5!" onClick={() => void sureBulk('reset')}>
							{t('admin.content.bulk.reset')}
						</Button>
						<Button look="danger" className="h-9! px-3.5!" onClick={() => void sureBulk('hide')}>
							{t('admin.content.bulk.hide')}
						</Button>
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
				count={chosen.size}
				onClose={() => setAsked(null)}
				onValue={(value) => {
					const action = asked!;
					setAsked(null);
					void bulk(action, value);
				}}
			/>
		</>
	);
}
