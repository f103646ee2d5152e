import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deletePlan, usePlans, type ScheduleRow } from '../../../api/channel-plans';
import type { Channel } from '../../../api/channels';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { weekdays } from '../../../components/chart/chart-data';
import { Menu } from '../../../components/Menu';
import { SkeletonRows } from '../../../components/Skeletons';
import { EmptyState, ErrorView } from '../../../components/States';
import { attempt } from '../report';
import { daysText } from './days-text';
import { ScheduleDialog } from './ScheduleDialog';
import { nameOf, timeText, weekOf } from './week';

const HOURS = [0, 6, 12, 18];

/** The week at a glance; what wins stands first and in amber. */
function Week({ rows, onChoose }: { rows: ScheduleRow[]; onChoose: (row: ScheduleRow) => void }) {
	const { t, i18n } = useTranslation();
	const names = weekdays(i18n.language, 'short');
	const week = weekOf(rows);
	return (
		<div className="hidden rounded-lg border border-line bg-surface p-4 md:block" aria-hidden="true">
			<div className="grid grid-cols-[3rem_repeat(7,minmax(0,1fr))] gap-x-1.5">
				<span />
				{names.map((name) => (
					<span key={name} className="pb-2 text-center text-sm font-semibold text-text-2">
						{name}
					</span>
				))}
				<div className="relative h-104">
					{HOURS.map((hour) => (
						<span
							key={hour}
							className="tabular absolute right-1 -translate-y-1/2 text-xs text-text-3"
							style={{ top: `${(hour / 24) * 100}%` }}
						>
							{timeText(hour * 60)}
						</span>
					))}
				</div>
				{week.map((blocks, day) => (
					<div key={names[day]} className="relative h-104 rounded-sm bg-surface-2">
						{HOURS.map((hour) => (
							<span key={hour} className="absolute inset-x-0 h-px bg-line" style={{ top: `${(hour / 24) * 100}%` }} />
						))}
						{blocks.map(({ row, from, to, lane, lanes }) => (
							<button
								key={`${row.id}-${from}`}
								type="button"
								tabIndex={-1}
								title={`${nameOf(row)} · ${t('console.schedule.span', { from: row.starts_at, to: row.ends_at })}`}
								onClick={() => onChoose(row)}
								className={`absolute overflow-hidden rounded-xs border border-bg px-1.5 py-0.5 text-left text-xs leading-tight font-medium hover:brightness-110 ${lane === 0 ? 'bg-accent text-accent-ink' : 'bg-surface-3 text-text'}`}
								style={{
									top: `${(from / 1440) * 100}%`,
									height: `${((to - from) / 1440) * 100}%`,
									left: `${(lane / lanes) * 100}%`,
									width: `${100 / lanes}%`,
								}}
							>
								{nameOf(row)}
							</button>
						))}
					</div>
				))}
			</div>
		</div>
	);
}

function Row({ row, onEdit, onDelete }: { row: ScheduleRow; onEdit: () => void; onDelete: () => void }) {
	const { t } = useTranslation();
	return (
		<li className={`flex items-center gap-4 py-3 ${row.enabled ? '' : 'opacity-60'}`}>
			<div className="min-w-0 flex-1">
				<p className="truncate font-medium">{nameOf(row)}</p>
				<p className="text-sm text-text-2">
					{daysText(row.weekdays)} · {t('console.schedule.span', { from: row.starts_at, to: row.ends_at })}
					{row.priority !== 0 && ` · ${t('console.schedule.priorityOf', { value: row.priority })}`}
					{!row.enabled && ` · ${t('console.off')}`}
				</p>
			</div>
			<Menu
				label={t('track.more', { title: nameOf(row) })}
				entries={() => [
					{ icon: 'edit', label: t('console.edit'), run: onEdit },
					{ icon: 'trash', label: t('action.delete'), run: onDelete, danger: true },
				]}
			/>
		</li>
	);
}

/** Which playlist when. What the queue holds comes first always. */
export function ScheduleTab({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const { data, error, mutate } = usePlans(channel.id, 'schedule');
	/* 'new', a row, or nothing. */
	const [edited, setEdited] = useState<ScheduleRow | 'new' | null>(null);
	const remove = async (row: ScheduleRow) => {
		const yes = await confirm({
			title: t('console.schedule.deleteTitle', { title: nameOf(row) }),
			action: t('action.delete'),
			danger: true,
		});
		if (yes) await attempt(() => deletePlan(channel.id, 'schedule', row.id));
	};
	const rows = data?.items ?? [];
	return (
		<div className="space-y-5">
			<div className="flex flex-wrap items-end justify-between gap-4">
				<p className="max-w-prose text-text-2">{t('console.schedule.hint')}</p>
				<Button icon="plus" look="primary" onClick={() => setEdited('new')}>
					{t('console.schedule.add')}
				</Button>
			</div>
			{error && !data ? <ErrorView error={error} retry={() => void mutate()} /> : null}
			{!data && !error && <SkeletonRows count={4} />}
			{data && rows.length === 0 && (
				<EmptyState title={t('console.schedule.none')}>
					<p>{t('console.schedule.noneText')}</p>
				</EmptyState>
			)}
			{rows.length > 0 && (
				<>
					<Week rows={rows} onChoose={setEdited} />
					<ul aria-label={t('console.tab.schedule')} className="divide-y divide-line">
						{rows.map((row) => (
							<Row key={row.id} row={row} onEdit={() => setEdited(row)} onDelete={() => void remove(row)} />
						))}
					</ul>
				</>
			)}
			<ScheduleDialog channel={channel.id} edited={edited} onClose={() => setEdited(null)} />
		</div>
	);
}
