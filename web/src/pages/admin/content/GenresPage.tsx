import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { apiSend } from '../../../api/client';
import type { Genre } from '../../../api/types';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Actions, Dialog } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';
import type { MenuEntry } from '../../../components/Menu';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { numberOf } from '../../../i18n/format';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters, TextFilter } from '../Filters';
import { Head } from '../Head';
import { useMenuColumn } from '../menu-column';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';
import { useBulk } from '../use-bulk';
import { MergeDialog } from './MergeDialog';

type Row = Genre & { merged_into?: { id: number; name: string } | null };

function NameForm({ genre, onDone }: { genre: Row | null; onDone: (saved: boolean) => void }) {
	const { t } = useTranslation();
	const form = useForm({ name: genre?.name ?? '' }, async ({ name }) => {
		await apiSend(genre ? 'PUT' : 'POST', genre ? `/genres/${genre.id}` : '/genres/', { name: name.trim() });
		onDone(true);
	});
	return (
		<form {...form.props}>
			<Problem text={form.problem} />
			<TextInput label={t('admin.content.name')} required maxLength={100} {...form.bind('name')} />
			<Actions>
				<Button look="quiet" onClick={() => onDone(false)}>
					{t('action.cancel')}
				</Button>
				<Button look="primary" type="submit" disabled={form.busy}>
					{t('action.save')}
				</Button>
			</Actions>
		</form>
	);
}

export function GenresPage() {
	const { t, i18n } = useTranslation();
	const table = useTable<Row>('/genres/', { sorts: ['-track_count', 'name'], filters: ['q', 'merged'] });
	const merged = table.filter('merged') === 'true';
	/** "new", or the genre that gets another name. */
	const [named, setNamed] = useState<Row | 'new' | null>(null);
	const [merging, setMerging] = useState<number[] | null>(null);
	const bulk = useBulk(table.reload);
	const remove = async (genre: Row) => {
		const sure = await confirm({
			title: t('admin.genres.removeSure', { name: genre.name }),
			text: t('admin.genres.removeText'),
			action: t('action.remove'),
			danger: true,
		});
		if (sure && (await attempt(() => apiSend('DELETE', `/genres/${genre.id}`)))) table.reload();
	};
	const restore = async (genre: Row) => {
		if (await attempt(() => apiSend('POST', `/genres/${genre.id}/restore`), t('admin.genres.restored'))) table.reload();
	};
	const merge = async (ids: number[], into: number) => {
		setMerging(null);
		await bulk.each(ids, (id) => apiSend('PUT', `/genres/${id}`, { merge_into: into }));
	};
	const entries = (genre: Row): MenuEntry[] =>
		merged
			? [{ icon: 'history', label: t('admin.content.bulk.restore'), run: () => void restore(genre) }]
			: [
					{ icon: 'edit', label: t('admin.genres.rename'), run: () => setNamed(genre) },
					{ icon: 'merge', label: t('admin.genres.merge'), run: () => setMerging([genre.id]) },
					{ icon: 'log', label: t('admin.users.changes'), to: `/admin/audit?model_name=genre&model_id=${genre.id}` },
					{ icon: 'trash', label: t('action.remove'), danger: true, run: () => void remove(genre) },
				];
	const counts = (['track_count', 'album_count', 'artist_count'] as const).map((name): Column<Row> => ({
		name,
		title: t({ track_count: 'nav.tracks', album_count: 'nav.albums', artist_count: 'nav.artists' }[name]),
		numeric: true,
		...(name === 'track_count' ? { sortable: true } : { from: 'sm' as const }),
		render: (genre) => numberOf(genre[name], i18n.language),
	}));
	const columns: Column<Row>[] = [
		{
			name: 'name',
			title: t('admin.content.name'),
			sortable: true,
			render: (genre) =>
				merged ? (
					<span className="font-semibold">{genre.name}</span>
				) : (
					<Link to={`/genres/${genre.id}`} className="font-semibold underline-offset-3 hover:underline">
						{genre.name}
					</Link>
				),
		},
		...(merged
			? [
					{
						name: 'merged_into',
						title: t('admin.genres.mergedInto'),
						render: (genre: Row) => genre.merged_into?.name ?? t('admin.genres.removed'),
					},
				]
			: counts),
		useMenuColumn<Row>(({ name }) => name, entries),
	];
	const nameDone = (saved: boolean) => {
		setNamed(null);
		if (saved) table.reload();
	};
	return (
		<>
			<Head title={t('nav.genres')} hint={t('admin.genres.hint')}>
				<ListExport<Row>
					path="/genres/"
					query={table.query}
					name="ogma-genres"
					columns={columnsOf('id', 'name', 'track_count', 'album_count', 'artist_count')}
				/>
				<Button look="primary" icon="plus" className="h-10! px-4!" onClick={() => setNamed('new')}>
					{t('admin.genres.add')}
				</Button>
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.content.search')} />
				<ChoiceFilter
					table={table}
					name="merged"
					label={t('admin.content.shown')}
					options={[{ value: 'true', label: t('admin.genres.onlyMerged') }]}
				/>
			</Filters>
			<DataTable
				label={t('nav.genres')}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				nameOf={({ name }) => name}
				{...(merged ? {} : { selection: bulk.selection })}
			/>
			{!merged && (
				<BulkBar bulk={bulk}>
					<BulkButton icon="merge" onClick={() => setMerging(bulk.keys)}>
						{t('admin.genres.merge')}
					</BulkButton>
				</BulkBar>
			)}
			<Dialog
				open={named !== null}
				title={named && named !== 'new' ? t('admin.genres.rename') : t('admin.genres.add')}
				onClose={() => setNamed(null)}
			>
				<NameForm genre={named === 'new' ? null : named} onDone={nameDone} />
			</Dialog>
			<MergeDialog ids={merging} onClose={() => setMerging(null)} onMerge={(ids, into) => void merge(ids, into)} />
		</>
	);
}
