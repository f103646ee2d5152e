import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PACE_MS, useAlerts, type Job, type Schedule } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { Badge } from '../../../components/Badge';
import { IconButton } from '../../../components/Button';
import { Toggle } from '../../../components/form/Toggle';
import { Menu } from '../../../components/Menu';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { agoOf, dateTimeOf } from '../../../i18n/dates';
import { BulkBar, BulkButton } from '../Bulk';
import { Filters, YesNoFilter } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';
import { useBulk } from '../use-bulk';
import { JobDialog } from './JobDialog';
import { ScheduleRuns, ScheduleTime } from './ScheduleDialogs';

/** What is out of bounds now, as the last looks of the monitoring found it. */
function Alerts() {
	const { t, i18n } = useTranslation();
	const { data } = useAlerts();
	const active = data?.alerts.filter((alert) => alert.active) ?? [];
	if (active.length === 0) return null;
	return (
		<ul aria-label={t('admin.schedules.alerts')} className="mb-6 space-y-2 text-sm">
			{active.map((alert) => (
				<li
					key={alert.name}
					className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-surface px-4 py-3"
				>
					<Badge look={alert.level === 'error' ? 'danger' : 'accent'}>
						{t(`admin.schedules.level.${alert.level}`)}
					</Badge>
					<span className="min-w-0 grow wrap-anywhere">{alert.message}</span>
					{alert.raised_at && <span className="text-xs text-text-2">{agoOf(alert.raised_at, i18n.language)}</span>}
				</li>
			))}
		</ul>
	);
}

function useColumns(): Column<Schedule>[] {
	const { t, i18n } = useTranslation();
	return [
		{
			name: 'name',
			title: t('admin.schedules.what'),
			className: 'min-w-36',
			render: ({ name }) => (
				<>
					<span className="block font-semibold">{t(`admin.jobs.kind.${name}`)}</span>
					<span className="block text-text-2 max-sm:hidden">{t(`admin.schedules.does.${name}`)}</span>
				</>
			),
		},
		{
			name: 'next_run_at',
			title: t('admin.schedules.comes'),
			sortable: true,
			className: 'tabular',
			render: ({ cron, next_run_at: next }) => (
				<>
					<code className="font-mono">{cron}</code>
					<span className="block text-xs text-text-2">
						{next ? dateTimeOf(next, i18n.language) : t('admin.schedules.never')}
					</span>
				</>
			),
		},
		{
			name: 'last_run_at',
			title: t('admin.schedules.came'),
			sortable: true,
			from: 'md',
			className: 'whitespace-nowrap',
			render: ({ last_run_at: last }) => (last ? agoOf(last, i18n.language) : '—'),
		},
	];
}

/** Work by the clock: when it comes, what came of it, and a way to have it now. */
export function SchedulesPage() {
	const { t } = useTranslation();
	const table = useTable<Schedule>('/schedules', {
		sorts: ['next_run_at', '-last_run_at'],
		filters: ['enabled', 'changed'],
		refresh: () => PACE_MS.calm,
	});
	const [timed, setTimed] = useState<Schedule | null>(null);
	const [history, setHistory] = useState<Schedule | null>(null);
	const [job, setJob] = useState<number | null>(null);
	const bulk = useBulk<string>(table.reload);
	const shown = useColumns();
	const nameOf = (one: Schedule) => t(`admin.jobs.kind.${one.name}`);
	const enable = (name: string, enabled: boolean) => apiSend('PATCH', `/schedules/${name}`, { enabled });
	const runNow = (name: string) => apiSend<Job>('POST', `/schedules/${name}/run`);
	const change = async (work: () => Promise<unknown>) => {
		await attempt(work);
		table.reload();
	};
	const columns: Column<Schedule>[] = [
		...shown,
		{
			name: 'enabled',
			title: t('admin.schedules.clock'),
			render: (one) => (
				<Toggle
					hiddenLabel
					label={t('admin.schedules.on', { name: nameOf(one) })}
					checked={one.enabled}
					onChange={(enabled) => void change(() => enable(one.name, enabled))}
				/>
			),
		},
		{
			name: 'menu',
			title: '',
			className: 'sticky right-0 bg-surface',
			render: (one) => (
				<span className="flex justify-end">
					<IconButton
						icon="play"
						size="sm"
						label={t('admin.schedules.runOf', { name: nameOf(one) })}
						onClick={() => void change(async () => setJob((await runNow(one.name)).id))}
					/>
					<Menu
						label={t('admin.actionsFor', { name: nameOf(one) })}
						entries={() => [
							{ icon: 'calendar', label: t('admin.schedules.time'), run: () => setTimed(one) },
							{ icon: 'history', label: t('admin.schedules.history'), run: () => setHistory(one) },
						]}
					/>
				</span>
			),
		},
	];
	return (
		<>
			<Head title={t('admin.nav.schedules')} hint={t('admin.schedules.hint')}>
				<ListExport<Schedule>
					path="/schedules"
					query={table.query}
					name="ogma-schedules"
					columns={columnsOf('name', 'cron', 'preset', 'enabled', 'last_run_at', 'next_run_at')}
				/>
			</Head>
			<Alerts />
			<Filters>
				<YesNoFilter table={table} name="enabled" label={t('admin.schedules.clock')} />
				<YesNoFilter table={table} name="changed" label={t('admin.schedules.changed')} />
			</Filters>
			<DataTable
				label={t('admin.nav.schedules')}
				table={table}
				columns={columns}
				keyOf={({ name }) => name}
				nameOf={nameOf}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				<BulkButton icon="play" onClick={() => void bulk.each(bulk.keys, runNow)}>
					{t('admin.schedules.run')}
				</BulkButton>
				{[true, false].map((on) => (
					<BulkButton key={String(on)} onClick={() => void bulk.each(bulk.keys, (name) => enable(name, on))}>
						{t(on ? 'admin.schedules.turnOn' : 'admin.schedules.turnOff')}
					</BulkButton>
				))}
			</BulkBar>
			<ScheduleTime key={timed?.name} schedule={timed} onClose={() => setTimed(null)} onDone={table.reload} />
			<ScheduleRuns schedule={history} onClose={() => setHistory(null)} onJob={setJob} />
			<JobDialog id={job} onClose={() => setJob(null)} />
		</>
	);
}
