import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { apiGet, apiPath, apiSend } from '../../../api/client';
import { can } from '../../../api/roles';
import { useMe } from '../../../api/session';
import type { Artist } from '../../../api/types';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Cover } from '../../../components/Cover';
import { Dialog } from '../../../components/Dialog';
import type { MenuEntry } from '../../../components/Menu';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { numberOf } from '../../../i18n/format';
import { BulkBar, BulkButton } from '../Bulk';
import { Filters, TextFilter } from '../Filters';
import { Head } from '../Head';
import { useMenuColumn } from '../menu-column';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { shortDate } from '../short-date';
import { attempt, tellError } from '../report';
import { useBulk } from '../use-bulk';
import { CoverPanel } from './CoverPanel';
import { EditDialog } from './EditDialog';
import type { FieldSpec } from './edit-values';
import { NewArtist } from './NewArtist';
import { OwnersPanel } from './OwnersPanel';
import { useContent } from './use-content';

const SORTS = ['name', '-created_at', '-popularity'];

const artistSpecs = (artist: Artist): FieldSpec[] => [
	{ name: 'name', label: 'admin.content.name', kind: 'text', value: artist.name, max: 200 },
	{
		name: 'sort_name',
		label: 'admin.content.sortName',
		kind: 'text',
		value: artist.sort_name,
		hint: 'admin.content.sortNameHint',
		max: 200,
	},
	{ name: 'bio', label: 'admin.content.bio', kind: 'area', value: artist.bio ?? null, nullable: true, max: 10_000 },
];

export function ArtistsPage() {
	const { t, i18n } = useTranslation();
	const table = useContent<Artist>('artists', { sorts: SORTS });
	const [edited, setEdited] = useState<Artist | null>(null);
	const [creating, setCreating] = useState(false);
	const { me } = useMe();
	const bulk = useBulk(table.reload);
	const hide = async (ids: number[], name: string) => {
		const sure = await confirm({
			title: t('admin.content.hideSure', { name }),
			text: t('admin.content.sureText.hideArtist'),
			action: t('admin.content.bulk.hide'),
			danger: true,
		});
		if (sure) await bulk.each(ids, (id) => apiSend('DELETE', `/artists/${id}`));
	};
	const restore = async (artist: Artist) => {
		const done = t('admin.content.restored', { title: artist.name });
		if (await attempt(() => apiSend('POST', `/artists/${artist.id}/restore`), done)) table.reload();
	};
	/* The list does not carry what is written about an artist. */
	const edit = (artist: Artist) =>
		apiGet<Artist>(apiPath(`/artists/${artist.id}`)).then(setEdited, (error: unknown) => tellError(error));
	const entries = (artist: Artist): MenuEntry[] => [
		{ icon: 'edit', label: t('admin.edit.editOwners'), run: () => void edit(artist) },
		...(can(me, 'admin')
			? [{ icon: 'chart' as const, label: t('nav.stats'), to: `/artists/${artist.id}/dashboard` }]
			: []),
		{ icon: 'log', label: t('admin.users.changes'), to: `/admin/audit?model_name=artist&model_id=${artist.id}` },
		{ icon: 'history', label: t('admin.content.restoreTracks'), run: () => void restore(artist) },
		{
			icon: 'eyeOff',
			label: t('admin.content.bulk.hide'),
			danger: true,
			run: () => void hide([artist.id], artist.name),
		},
	];
	const columns: Column<Artist>[] = [
		{
			name: 'name',
			title: t('admin.content.name'),
			sortable: true,
			render: (artist) => (
				<span className="flex min-w-0 items-center gap-3">
					<Cover url={artist.cover_url} name={artist.name} sizes="40px" round className="w-10" />
					<Link
						to={`/artists/${artist.id}`}
						className="block max-w-72 truncate font-semibold underline-offset-3 hover:underline"
					>
						{artist.name}
					</Link>
				</span>
			),
		},
		{
			name: 'sort_name',
			title: t('admin.content.sortName'),
			from: 'lg',
			render: (artist) => <span className="text-text-2">{artist.sort_name}</span>,
		},
		{
			name: 'album_count',
			title: t('nav.albums'),
			from: 'sm',
			numeric: true,
			render: (artist) => numberOf(artist.album_count, i18n.language),
		},
		{
			name: 'track_count',
			title: t('nav.tracks'),
			numeric: true,
			render: (artist) => numberOf(artist.track_count, i18n.language),
		},
		{
			name: 'created_at',
			title: t('fact.added'),
			from: 'xl',
			sortable: true,
			render: (artist) => shortDate(artist.created_at, i18n.language),
		},
		useMenuColumn<Artist>(({ name }) => name, entries),
	];
	return (
		<>
			<Head title={t('nav.artists')}>
				<ListExport<Artist>
					path={table.path}
					query={table.query}
					name="ogma-artists"
					columns={columnsOf('id', 'name', 'sort_name', 'album_count', 'track_count', 'duration_ms', 'created_at')}
				/>
				<Button look="primary" icon="plus" className="h-10! px-4!" onClick={() => setCreating(true)}>
					{t('admin.content.addArtist')}
				</Button>
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.content.search')} />
			</Filters>
			<DataTable
				label={t('nav.artists')}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				nameOf={({ name }) => name}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				<BulkButton
					look="danger"
					onClick={() => void hide(bulk.keys, t('admin.content.artists', { count: bulk.keys.length }))}
				>
					{t('admin.content.bulk.hide')}
				</BulkButton>
			</BulkBar>
			<EditDialog
				kind="artists"
				thing={edited}
				title={(artist) => t('admin.edit.titleOf', { name: artist.name })}
				specs={artistSpecs}
				onClose={() => setEdited(null)}
				onSaved={table.reload}
				more={(artist) => (
					<>
						<CoverPanel kind="artists" thing={artist} name={artist.name} onSaved={table.reload} />
						<OwnersPanel artist={artist.id} />
					</>
				)}
			/>
			<Dialog open={creating} title={t('admin.content.addArtist')} onClose={() => setCreating(false)}>
				<NewArtist
					onDone={(made) => {
						setCreating(false);
						if (made) {
							table.reload();
							void edit(made);
						}
					}}
				/>
			</Dialog>
		</>
	);
}
