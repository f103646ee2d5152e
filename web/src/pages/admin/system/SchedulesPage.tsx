import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAlerts, useSchedules, type Job, type Schedule } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { Toggle } from '../../../components/form/Toggle';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { agoOf, dateTimeOf } from '../../../i18n/dates';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';
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

/** Work by the clock: when it comes, what came of it, and a way to have it now. */
export function SchedulesPage() {
	const { t, i18n } = useTranslation();
	const { data, error, mutate } = useSchedules();
	const [timed, setTimed] = useState<Schedule | null>(null);
	const [history, setHistory] = useState<Schedule | null>(null);
	const [job, setJob] = useState<number | null>(null);
	const name = (one: Schedule) => t(`admin.jobs.kind.${one.name}`);
	const change = async (one: Schedule, enabled: boolean) => {
		await attempt(() => apiSend('PATCH', `/schedules/${one.name}`, { enabled }));
		await mutate();
	};
	const run = async (one: Schedule) => {
		await attempt(async () => setJob((await apiSend<Job>('POST', `/schedules/${one.name}/run`)).id));
		await mutate();
	};
	if (error) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows count={5} />;
	return (
		<>
			<Head title={t('admin.nav.schedules')} hint={t('admin.schedules.hint')}>
				<ListExport<Schedule>
					path="/schedules"
					name="ogma-schedules"
					columns={columnsOf('name', 'cron', 'preset', 'enabled', 'last_run_at', 'next_run_at')}
				/>
			</Head>
			<Alerts />
			<ul className="divide-y divide-line rounded-lg border border-line bg-surface">
				{data.items.map((one) => (
					<li key={one.name} className="flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-4 text-sm">
						<span className="min-w-56 grow">
							<h2 className="font-semibold">{name(one)}</h2>
							<span className="block text-text-2">{t(`admin.schedules.does.${one.name}`)}</span>
						</span>
						<span className="tabular min-w-44 text-text-2">
							<code className="font-mono text-text">{one.cron}</code>
							<span className="block text-xs">
								{one.next_run_at
									? t('admin.schedules.next', { time: dateTimeOf(one.next_run_at, i18n.language) })
									: t('admin.schedules.never')}
							</span>
							{one.last_run_at && (
								<span className="block text-xs">
									{t('admin.schedules.last', { time: agoOf(one.last_run_at, i18n.language) })}
								</span>
							)}
						</span>
						<span className="flex flex-wrap items-center gap-2">
							<Toggle
								hiddenLabel
								label={t('admin.schedules.on', { name: name(one) })}
								checked={one.enabled}
								onChange={(enabled) => void change(one, enabled)}
							/>
							<Button look="quiet" icon="calendar" onClick={() => setTimed(one)}>
								{t('admin.schedules.time')}
							</Button>
							<Button look="quiet" icon="history" onClick={() => setHistory(one)}>
								{t('admin.schedules.history')}
							</Button>
							<Button
								icon="play"
								aria-label={t('admin.schedules.runOf', { name: name(one) })}
								onClick={() => void run(one)}
							>
								{t('admin.schedules.run')}
							</Button>
						</span>
					</li>
				))}
			</ul>
			<ScheduleTime key={timed?.name} schedule={timed} onClose={() => setTimed(null)} onDone={() => void mutate()} />
			<ScheduleRuns schedule={history} onClose={() => setHistory(null)} onJob={setJob} />
			<JobDialog id={job} onClose={() => setJob(null)} />
		</>
	);
}
