import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useQuality, type OddThing, type Quality } from '../../../api/care';
import { LinkButton } from '../../../components/Button';
import { SkeletonRows } from '../../../components/Skeletons';
import { EmptyState, ErrorView } from '../../../components/States';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { numberOf } from '../../../i18n/format';
import { AgeOrder } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';

const PLACES: Record<string, string> = { track: '/tracks', album: '/albums' };
/** Where something can be done about all things of a check. */
const WAYS: Record<string, string> = {
	tracks_without_artist: '/admin/cleanup?rule=no_artist',
	tracks_without_album: '/admin/cleanup?rule=no_album',
	duplicate_albums: '/admin/cleanup?rule=duplicate_album',
	orphan_tracks: '/admin/sources',
	rejected_files: '/admin/sources',
	missing_files: '/admin/sources',
};

/** A number that leads to the things it counts. */
function Check({ name, count, current }: { name: string; count: number; current: boolean }) {
	const { t, i18n } = useTranslation();
	return (
		<Link
			to={`?check=${name}`}
			aria-current={current ? 'true' : undefined}
			className={`block rounded-lg border p-3.5 transition hover:bg-surface-2 ${current ? 'border-accent bg-accent-soft' : 'border-line bg-surface'}`}
		>
			<span className="tabular block text-2xl font-bold">{numberOf(count, i18n.language)}</span>
			<span className="block text-sm text-text-2">{t(`care.checks.${name}`)}</span>
		</Link>
	);
}

/** The search index has as many tracks as the library, or it is to be made anew. */
function IndexState({ index }: { index: Quality['index'] }) {
	const { t, i18n } = useTranslation();
	const { index_tracks: known, library_tracks: all, scanning } = index;
	const figures = { index: numberOf(known ?? 0, i18n.language), library: numberOf(all, i18n.language) };
	const state = known === null ? 'away' : known === all ? 'same' : scanning ? 'scanning' : 'differs';
	return <p className="mb-6 text-sm text-text-2">{t(`care.index.${state}`, figures)}</p>;
}

function Things({ check }: { check: string }) {
	const { t } = useTranslation();
	const table = useTable<OddThing>(`/quality/${check}`, { sorts: ['-id', 'id'] });
	const columns: Column<OddThing>[] = [
		{
			name: 'title',
			title: t('care.thing'),
			className: 'wrap-anywhere',
			render: ({ kind, id, title }) =>
				PLACES[kind] ? (
					<Link to={`${PLACES[kind]}/${id}`} className="font-semibold underline-offset-3 hover:underline">
						{title}
					</Link>
				) : (
					title
				),
		},
		{
			name: 'detail',
			title: t('care.detail'),
			className: 'wrap-anywhere text-text-2',
			render: ({ detail }) => detail ?? '',
		},
	];
	return (
		<section aria-labelledby="odd-things">
			<div className="mb-3 flex flex-wrap items-end justify-between gap-3">
				<div>
					<h2 id="odd-things" className="text-lg font-bold">
						{t(`care.checks.${check}`)}
					</h2>
					<p className="max-w-prose text-sm text-text-2">{t(`care.todo.${check}`)}</p>
				</div>
				<span className="flex flex-wrap items-center gap-2">
					<AgeOrder table={table} />
					<ListExport<OddThing>
						path={`/quality/${check}`}
						name={`ogma-${check.replaceAll('_', '-')}`}
						columns={columnsOf('id', 'kind', 'title', 'detail', 'source_id')}
					/>
					{WAYS[check] && <LinkButton to={WAYS[check]}>{t('care.go')}</LinkButton>}
				</span>
			</div>
			<DataTable
				label={t(`care.checks.${check}`)}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				empty={<EmptyState title={t('care.tidy')} />}
			/>
		</section>
	);
}

/** What is odd in the library: numbers, and behind each the things it counts. */
export default function QualityPage() {
	const { t } = useTranslation();
	const { data, error, mutate } = useQuality();
	const [params] = useSearchParams();
	const wanted = params.get('check');
	const check = data?.checks.find(({ name }) => name === wanted)?.name;
	return (
		<>
			<Head title={t('admin.nav.quality')} hint={t('care.qualityHint')} />
			{error && <ErrorView error={error} retry={() => void mutate()} />}
			{!data && !error && <SkeletonRows count={3} />}
			{data && (
				<>
					<div className="mb-4 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
						{data.checks.map(({ name, count }) => (
							<Check key={name} name={name} count={count} current={name === check} />
						))}
					</div>
					<IndexState index={data.index} />
				</>
			)}
			{check && <Things key={check} check={check} />}
		</>
	);
}
