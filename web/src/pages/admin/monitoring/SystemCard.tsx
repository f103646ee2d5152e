import { useTranslation } from 'react-i18next';
import type { SystemMetrics } from '../../../api/monitoring';
import { Box } from '../../../components/chart/Box';
import { lengthOf, numberOf } from '../../../i18n/format';

/** From here on somebody should look. */
const HIGH_PERCENT = 85;

function Gauge({ label, percent }: { label: string; percent: number | null }) {
	const { i18n } = useTranslation();
	const shown = percent === null ? '–' : `${numberOf(Math.round(percent), i18n.language)} %`;
	const high = percent !== null && percent >= HIGH_PERCENT;
	return (
		<div>
			<p className="flex items-baseline justify-between gap-3">
				<span className="text-sm text-text-2">{label}</span>
				<span className={`display tabular text-lg ${high ? 'text-danger' : ''}`}>{shown}</span>
			</p>
			<div className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-line-strong" aria-hidden="true">
				<span
					className={`block h-full rounded-full transition-[width] duration-700 ${high ? 'bg-danger' : 'bg-chart-1'}`}
					style={{ width: `${Math.min(100, percent ?? 0)}%` }}
				/>
			</div>
		</div>
	);
}

/** The computer it runs on, and what it does for how many. */
export function SystemCard({ system }: { system: SystemMetrics | null }) {
	const { t, i18n } = useTranslation();
	const counts: [string, string][] = [
		[t('monitoring.activeStreams'), system ? numberOf(system.active_streams, i18n.language) : '–'],
		[t('monitoring.listeners'), system ? numberOf(system.total_listeners, i18n.language) : '–'],
		[t('monitoring.queueItems'), system ? numberOf(system.queue_items, i18n.language) : '–'],
		[t('monitoring.sockets'), system ? numberOf(system.websocket_connections, i18n.language) : '–'],
		[t('monitoring.uptime'), system ? lengthOf(system.uptime_seconds * 1000, i18n.language) : '–'],
	];
	return (
		<section aria-label={t('monitoring.system')}>
			<Box>
				<div className="grid gap-x-10 gap-y-4 sm:grid-cols-3">
					<Gauge label={t('monitoring.cpu')} percent={system?.cpu_percent ?? null} />
					<Gauge label={t('monitoring.memory')} percent={system?.memory_percent ?? null} />
					<Gauge label={t('monitoring.disk')} percent={system?.disk_percent ?? null} />
				</div>
				<dl className="mt-5 grid grid-cols-[repeat(auto-fit,minmax(min(8.5rem,42%),1fr))] gap-x-6 gap-y-3 border-t border-line pt-4">
					{counts.map(([name, value]) => (
						<div key={name}>
							<dt className="text-sm text-text-2">{name}</dt>
							<dd className="display tabular mt-0.5 text-lg">{value}</dd>
						</div>
					))}
				</dl>
			</Box>
		</section>
	);
}
