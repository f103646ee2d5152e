import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { apiSend } from '../../../api/client';
import type { Album } from '../../../api/types';
import { confirm } from '../../../components/confirm';
import { Cover } from '../../../components/Cover';
import type { MenuEntry } from '../../../components/Menu';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { albumArtist } from '../../../i18n/names';
import { lengthOf, numberOf } from '../../../i18n/format';
import { BulkBar, BulkButton } from '../Bulk';
import { Filters, TextFilter } from '../Filters';
import { Head } from '../Head';
import { useMenuColumn } from '../menu-column';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { shortDate } from '../short-date';
import { attempt } from '../report';
import { useBulk } from '../use-bulk';
import { CoverPanel } from './CoverPanel';
import { EditDialog } from './EditDialog';
import type { FieldSpec } from './edit-values';
import { useContent } from './use-content';

const SORTS = ['-created_at', 'title', 'artist', '-year', 'year', '-popularity'];

const albumSpecs = (album: Album): FieldSpec[] => [
	{ name: 'title', label: 'admin.content.title', kind: 'text', value: album.title, max: 500 },
	{
		name: 'artists',
		label: 'nav.artists',
		kind: 'list',
		value: album.artists.filter(({ role }) => role === 'main').map(({ name }) => name),
		hint: 'admin.edit.albumArtistsHint',
	},
	{ name: 'year', label: 'fact.year', kind: 'number', value: album.year, nullable: true },
	{
		name: 'genres',
		label: 'nav.genres',
		kind: 'list',
		value: album.genres.map(({ name }) => name),
		hint: 'admin.edit.listHint',
	},
];

export function AlbumsPage() {
	const { t, i18n } = useTranslation();
	const table = useContent<Album>('albums', { sorts: SORTS });
	const [edited, setEdited] = useState<Album | null>(null);
	const bulk = useBulk(table.reload);
	const hide = async (ids: number[], name: string) => {
		const sure = await confirm({
			title: t('admin.content.hideSure', { name }),
			text: t('admin.content.sureText.hideAlbum'),
			action: t('admin.content.bulk.hide'),
			danger: true,
		});
		if (sure) await bulk.each(ids, (id) => apiSend('DELETE', `/albums/${id}`));
	};
	const restore = async (album: Album) => {
		const done = t('admin.content.restored', { title: album.title });
		if (await attempt(() => apiSend('POST', `/albums/${album.id}/restore`), done)) table.reload();
	};
	const entries = (album: Album): MenuEntry[] => [
		{ icon: 'edit', label: t('admin.edit.edit'), run: () => setEdited(album) },
		{ icon: 'log', label: t('admin.users.changes'), to: `/admin/audit?model_name=album&model_id=${album.id}` },
		{ icon: 'history', label: t('admin.content.restoreTracks'), run: () => void restore(album) },
		{
			icon: 'eyeOff',
			label: t('admin.content.bulk.hide'),
			danger: true,
			run: () => void hide([album.id], album.title),
		},
	];
	const columns: Column<Album>[] = [
		{
			name: 'title',
			title: t('admin.content.title'),
			sortable: true,
			render: (album) => (
				<span className="flex min-w-0 items-center gap-3">
					<Cover url={album.cover_url} name={album.title} sizes="40px" className="w-10 rounded-xs!" />
					<span className="min-w-0">
						<Link
							to={`/albums/${album.id}`}
							className="block max-w-72 truncate font-semibold underline-offset-3 hover:underline"
						>
							{album.title}
						</Link>
						<span className="block max-w-72 truncate text-xs text-text-2">{albumArtist(album)}</span>
					</span>
				</span>
			),
		},
		{ name: 'genre', title: t('kind.genre'), from: 'md', render: ({ genre }) => genre ?? '—' },
		{
			name: 'year',
			title: t('fact.year'),
			from: 'sm',
			numeric: true,
			sortable: true,
			render: ({ year }) => year ?? '—',
		},
		{
			name: 'track_count',
			title: t('nav.tracks'),
			numeric: true,
			render: (album) => numberOf(album.track_count, i18n.language),
		},
		{
			name: 'length',
			title: t('admin.content.length'),
			from: 'lg',
			numeric: true,
			render: (album) => lengthOf(album.duration_ms, i18n.language),
		},
		{
			name: 'created_at',
			title: t('fact.added'),
			from: 'xl',
			sortable: true,
			render: (album) => shortDate(album.created_at, i18n.language),
		},
		useMenuColumn<Album>(({ title }) => title, entries),
	];
	return (
		<>
			<Head title={t('nav.albums')}>
				<ListExport<Album>
					path={table.path}
					query={table.query}
					name="ogma-albums"
					columns={columnsOf('id', 'title', 'artist', 'year', 'genre', 'track_count', 'duration_ms', 'created_at')}
				/>
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.content.search')} />
			</Filters>
			<DataTable
				label={t('nav.albums')}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				nameOf={({ title }) => title}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				<BulkButton look="danger" onClick={() => void hide(bulk.keys, t('count.albums', { count: bulk.keys.length }))}>
					{t('admin.content.bulk.hide')}
				</BulkButton>
			</BulkBar>
			<EditDialog
				kind="albums"
				thing={edited}
				title={(album) => t('admin.edit.titleOf', { name: album.title })}
				specs={albumSpecs}
				onClose={() => setEdited(null)}
				onSaved={table.reload}
				more={(album) => <CoverPanel kind="albums" thing={album} name={album.title} onSaved={table.reload} />}
			/>
		</>
	);
}
