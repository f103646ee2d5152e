import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schedule, ScheduleRun } from '../../../api/admin';
import { ApiError, apiSend } from '../../../api/client';
import { useInfiniteList } from '../../../api/infinite';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { TextInput } from '../../../components/form/TextInput';
import { MoreButton } from '../../../components/MoreButton';
import { SkeletonRows } from '../../../components/Skeletons';
import { dateTimeOf } from '../../../i18n/dates';
import { tellError } from '../report';

interface TimeProps {
	schedule: Schedule | null;
	onClose: () => void;
	onDone: () => void;
}

/** Another time for it, or the one of the setting again. */
export function ScheduleTime({ schedule, onClose, onDone }: TimeProps) {
	const { t } = useTranslation();
	const [cron, setCron] = useState(schedule?.cron ?? '');
	const [wrong, setWrong] = useState<string>();
	const save = async (value: string | null) => {
		try {
			await apiSend('PATCH', `/schedules/${schedule?.name}`, { cron: value });
		} catch (error) {
			const field = error instanceof ApiError ? error.fields()[0] : undefined;
			if (field) setWrong(field.message);
			else tellError(error);
			return;
		}
		onDone();
		onClose();
	};
	return (
		<Dialog open={schedule !== null} title={t('admin.schedules.time')} onClose={onClose}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void save(cron.trim());
				}}
			>
				<TextInput
					required
					label={t('admin.schedules.cron')}
					hint={t('admin.schedules.cronHint')}
					value={cron}
					error={wrong}
					onChange={(value) => {
						setCron(value);
						setWrong(undefined);
					}}
					className="font-mono"
				/>
				<Actions>
					{schedule?.changed && (
						<Button look="quiet" onClick={() => void save(null)}>
							{t('admin.schedules.preset', { cron: schedule.preset })}
						</Button>
					)}
					<Button type="submit" look="primary">
						{t('action.save')}
					</Button>
				</Actions>
			</form>
		</Dialog>
	);
}

interface RunsProps {
	schedule: Schedule | null;
	onClose: () => void;
	onJob: (id: number) => void;
}

/** What came of it, the newest first; each leads to its job. */
export function ScheduleRuns({ schedule, onClose, onJob }: RunsProps) {
	const { t, i18n } = useTranslation();
	const runs = useInfiniteList<ScheduleRun>(schedule && `/schedules/${schedule.name}/runs`, {}, 100, true);
	return (
		<Dialog
			wide
			open={schedule !== null}
			title={t('admin.schedules.historyOf', { name: schedule && t(`admin.jobs.kind.${schedule.name}`) })}
			onClose={onClose}
		>
			{runs.loading && <SkeletonRows count={3} />}
			{!runs.loading && runs.items.length === 0 && <p className="text-sm text-text-2">{t('admin.schedules.noRuns')}</p>}
			<ol className="divide-y divide-line text-sm">
				{runs.items.map((run) => (
					<li key={run.id}>
						<button
							type="button"
							className="flex w-full flex-wrap items-center gap-3 rounded-xs py-2.5 text-left hover:bg-surface-2"
							onClick={() => {
								onClose();
								onJob(run.job_id);
							}}
						>
							<span className="tabular">{dateTimeOf(run.started_at, i18n.language)}</span>
							<Badge look={run.state === 'failed' || run.state === 'dead' ? 'danger' : 'plain'}>
								{t(`admin.jobs.state.${run.state}`)}
							</Badge>
							<span className="text-text-2">{t(`admin.schedules.reason.${run.reason}`)}</span>
							{run.error && <span className="text-danger wrap-anywhere">{run.error}</span>}
						</button>
					</li>
				))}
			</ol>
			<MoreButton list={runs} />
		</Dialog>
	);
}
