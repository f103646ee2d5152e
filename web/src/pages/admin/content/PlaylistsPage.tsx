import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ADMIN, changePlaylists, type PlaylistAction } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import type { Playlist } from '../../../api/types';
import { Badge } from '../../../components/Badge';
import { confirm } from '../../../components/confirm';
import type { MenuEntry } from '../../../components/Menu';
import { ExportButton } from '../../../components/chart/ExportButton';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { agoOf } from '../../../i18n/dates';
import { numberOf } from '../../../i18n/format';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters, TextFilter } from '../Filters';
import { Head } from '../Head';
import { useMenuColumn } from '../menu-column';
import { attempt } from '../report';
import { useBulk } from '../use-bulk';

const SORTS = ['-updated_at', 'title', '-created_at', '-popularity'];

const setSeen = (id: number, on: boolean) =>
	apiSend('PATCH', `${ADMIN}/playlists/${id}`, { visibility: on ? 'public' : 'private' });

export function PlaylistsPage() {
	const { t, i18n } = useTranslation();
	const table = useTable<Playlist>(`${ADMIN}/playlists`, { sorts: SORTS, filters: ['q', 'kind', 'visibility'] });
	const bulk = useBulk(table.reload);
	const many = (ids: number[], action: PlaylistAction) => bulk.together(() => changePlaylists(ids, action));
	const remove = async (ids: number[]) => {
		const sure = await confirm({
			title: t('admin.playlists.removeSure', { count: ids.length }),
			text: t('admin.playlists.removeText'),
			action: t('action.delete'),
			danger: true,
		});
		if (sure) await many(ids, 'delete');
	};
	const publish = async (playlist: Playlist, on: boolean) => {
		const work = () => setSeen(playlist.id, on);
		if (await attempt(work, t('action.saved'))) table.reload();
	};
	const entries = (playlist: Playlist): MenuEntry[] => [
		playlist.visibility === 'public'
			? { icon: 'lock', label: t('admin.playlists.unpublish'), run: () => void publish(playlist, false) }
			: { icon: 'globe', label: t('admin.playlists.publish'), run: () => void publish(playlist, true) },
		{ icon: 'log', label: t('admin.users.changes'), to: `/admin/audit?model_name=playlist&model_id=${playlist.id}` },
		{ icon: 'trash', label: t('action.delete'), danger: true, run: () => void remove([playlist.id]) },
	];
	const columns: Column<Playlist>[] = [
		{
			name: 'title',
			title: t('admin.content.title'),
			sortable: true,
			render: ({ id, title, kind }) => (
				<span className="flex items-center gap-2">
					<Link
						to={`/playlists/${id}`}
						className="block max-w-72 truncate font-semibold underline-offset-3 hover:underline"
					>
						{title}
					</Link>
					{kind === 'rules' && <Badge>{t('admin.playlists.kind.rules')}</Badge>}
				</span>
			),
		},
		{ name: 'owner', title: t('admin.playlists.owner'), from: 'sm', render: ({ owner }) => owner.username },
		{
			name: 'visibility',
			title: t('admin.playlists.visibility'),
			from: 'md',
			render: ({ visibility }) => (
				<Badge look={visibility === 'public' ? 'accent' : 'plain'}>{t(`admin.playlists.seen.${visibility}`)}</Badge>
			),
		},
		{
			name: 'track_count',
			title: t('nav.tracks'),
			numeric: true,
			render: (row) => numberOf(row.track_count, i18n.language),
		},
		{
			name: 'popularity',
			title: t('chart.plays'),
			from: 'lg',
			numeric: true,
			sortable: true,
			render: (row) => numberOf(row.play_count, i18n.language),
		},
		{
			name: 'updated_at',
			title: t('admin.playlists.updated'),
			from: 'md',
			sortable: true,
			render: (row) => agoOf(row.updated_at, i18n.language),
		},
		useMenuColumn<Playlist>(({ title }) => title, entries),
	];
	return (
		<>
			<Head title={t('nav.playlists')} hint={t('admin.playlists.hint')}>
				<ExportButton path={`${ADMIN}/playlists`} query={table.query} name="ogma-playlists" />
				<ExportButton path={`${ADMIN}/playlists`} query={table.query} name="ogma-playlists" format="json" />
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.playlists.search')} />
				<ChoiceFilter
					table={table}
					name="visibility"
					label={t('admin.playlists.visibility')}
					options={(['private', 'unlisted', 'public'] as const).map((value) => ({
						value,
						label: t(`admin.playlists.seen.${value}`),
					}))}
				/>
				<ChoiceFilter
					table={table}
					name="kind"
					label={t('admin.playlists.kind.label')}
					options={(['manual', 'rules'] as const).map((value) => ({
						value,
						label: t(`admin.playlists.kind.${value}`),
					}))}
				/>
			</Filters>
			<DataTable
				label={t('nav.playlists')}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				nameOf={({ title }) => title}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				{(['publish', 'unpublish'] as const).map((action) => (
					<BulkButton key={action} onClick={() => void many(bulk.keys, action)}>
						{t(`admin.playlists.${action}`)}
					</BulkButton>
				))}
				<BulkButton look="danger" onClick={() => void remove(bulk.keys)}>
					{t('action.delete')}
				</BulkButton>
			</BulkBar>
		</>
	);
}
