import { useTranslation } from 'react-i18next';
import { dropListener, listensPath, useListenersNow, type Listen, type Listener } from '../../../api/channel-listeners';
import type { Channel } from '../../../api/channels';
import { Badge } from '../../../components/Badge';
import { IconButton } from '../../../components/Button';
import { ExportButton } from '../../../components/chart/ExportButton';
import { confirm } from '../../../components/confirm';
import { Panel } from '../../../components/Panel';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { dateTimeOf } from '../../../i18n/dates';
import { lengthOf, sizeOf } from '../../../i18n/format';
import { attempt } from '../report';

const length = (seconds: number, language: string) => lengthOf(Math.max(1000, seconds * 1000), language);

function NowRow({ channel, row }: { channel: number; row: Listener }) {
	const { t, i18n } = useTranslation();
	const name = row.username ?? t('console.listeners.visitor');
	const drop = async () => {
		const title = t('console.listeners.dropTitle', { name });
		const yes = await confirm({ title, action: t('console.listeners.drop'), danger: true });
		if (yes) await attempt(() => dropListener(channel, row.id));
	};
	return (
		<li className="flex items-center gap-3 py-2 text-sm">
			<span className="min-w-0 flex-1">
				<span className="block truncate font-medium">{name}</span>
				<span className="block truncate text-xs text-text-2">{row.client ?? t('console.listeners.unnamed')}</span>
			</span>
			<Badge>{row.format}</Badge>
			<span className="tabular w-20 text-right text-text-2">{length(row.seconds, i18n.language)}</span>
			<IconButton
				icon="close"
				size="sm"
				label={t('console.listeners.dropOf', { name, client: row.client ?? '' })}
				onClick={() => void drop()}
			/>
		</li>
	);
}

/** Who listens now: where from is nobody's business, so only with what and for how long. */
function Now({ channel }: { channel: number }) {
	const { t } = useTranslation();
	const { data, error, mutate } = useListenersNow(channel);
	if (error && !data) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows count={3} />;
	if (data.items.length === 0) return <p className="text-sm text-text-2">{t('console.listeners.none')}</p>;
	return (
		// A list that scrolls is reached by the keyboard through its buttons.
		<ul aria-label={t('console.listeners.title')} className="-my-2 max-h-96 divide-y divide-line overflow-y-auto">
			{data.items.map((row) => (
				<NowRow key={row.id} channel={channel} row={row} />
			))}
		</ul>
	);
}

function Log({ channel }: { channel: number }) {
	const { t, i18n } = useTranslation();
	const path = listensPath(channel);
	const table = useTable<Listen>(path, { sorts: [] });
	const columns: Column<Listen>[] = [
		{
			name: 'started_at',
			title: t('console.listeners.started'),
			className: 'tabular whitespace-nowrap',
			render: (row) => dateTimeOf(row.started_at, i18n.language),
		},
		{
			name: 'username',
			title: t('console.listeners.who'),
			className: 'font-semibold',
			render: (row) => row.username ?? t('console.listeners.visitor'),
		},
		{
			name: 'client',
			title: t('console.listeners.client'),
			from: 'md',
			render: (row) => <span className="block max-w-72 truncate">{row.client ?? '—'}</span>,
		},
		{ name: 'format', title: t('console.listeners.format'), from: 'sm', render: (row) => <Badge>{row.format}</Badge> },
		{
			name: 'seconds',
			title: t('console.listeners.length'),
			numeric: true,
			render: (row) => length(row.seconds, i18n.language),
		},
		{
			name: 'bytes',
			title: t('console.listeners.bytes'),
			numeric: true,
			from: 'lg',
			render: (row) => sizeOf(row.bytes, i18n.language),
		},
	];
	return (
		<section aria-labelledby="listens-log" className="mt-8">
			<div className="mb-3 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
				<div>
					<h2 id="listens-log" className="text-lg">
						{t('console.listeners.log')}
					</h2>
					<p className="mt-1 text-sm text-text-2">{t('console.listeners.logHint')}</p>
				</div>
				<ExportButton path={path} query={table.query} name={`ogma-channel-${channel}-listens`} />
			</div>
			<DataTable label={t('console.listeners.log')} table={table} columns={columns} keyOf={({ id }) => id} />
		</section>
	);
}

/** Who listens and who listened. */
export function ListenersTab({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	return (
		<div className="max-w-5xl">
			<Panel title={t('console.listeners.title')}>
				<Now channel={channel.id} />
			</Panel>
			<Log channel={channel.id} />
		</div>
	);
}
