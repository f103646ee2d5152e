import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { keepOn, onAir, useChannels, type Channel, type Received } from '../../../api/channels';
import { useMonitoring, type Monitoring, type SystemAlert } from '../../../api/monitoring';
import { Cover } from '../../../components/Cover';
import { IconButton } from '../../../components/Button';
import { StateLamp } from '../../../components/OnAir';
import { Icon } from '../../../components/Icon';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { itemLine } from '../../../i18n/channel-words';
import { timeOf } from '../../../i18n/dates';
import { LineState } from '../../radio/LineState';
import { EndsSoon, Listeners, Progress } from '../../radio/parts';
import { attempt } from '../../radio/report';
import { Head } from '../Head';
import { Charts } from './Charts';
import { SystemCard } from './SystemCard';

function StreamCard({ channel }: { channel: Received<Channel> }) {
	const { t } = useTranslation();
	const item = channel.current_item;
	return (
		<li className="relative rounded-lg border border-line bg-surface p-4">
			<div className="flex items-center justify-between gap-3">
				<StateLamp state={channel.state} />
				<Listeners count={channel.listeners_count} className="text-sm" />
			</div>
			<div className="mt-3 flex items-center gap-3">
				<Cover url={item?.cover_url} name={item?.title ?? channel.title} sizes="56px" className="w-14" />
				<div className="min-w-0 flex-1">
					<h3 className="truncate font-sans text-base font-semibold">
						<Link to={`/radio/${channel.id}/console`} className="after:absolute after:inset-0 hover:underline">
							{channel.title}
						</Link>
					</h3>
					<p className="truncate text-sm text-text-2">{item ? itemLine(item) : t('radio.placeholder')}</p>
				</div>
			</div>
			<Progress channel={channel} className="mt-3" />
			<p className="mt-2.5 flex items-center gap-1.5 text-sm text-text-2">
				<Icon name="queue" className="size-4" />
				{t('monitoring.queued', { count: channel.queue_size })}
			</p>
		</li>
	);
}

function Streams() {
	const { t } = useTranslation();
	const { data, error, mutate } = useChannels();
	if (error && !data) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows count={4} />;
	const live = data.items.filter(onAir);
	return (
		<section aria-labelledby="monitoring-streams">
			<h2 id="monitoring-streams" className="mb-3 text-lg">
				{t('monitoring.streams')}
			</h2>
			<div className="space-y-3">
				{live.map((channel) => (
					<EndsSoon
						key={channel.id}
						channel={channel}
						action={t('radio.keepOn')}
						onKeep={() => void attempt(() => keepOn(channel.id), t('radio.kept'))}
					/>
				))}
			</div>
			{live.length === 0 ? (
				<p className="rounded-lg border border-dashed border-line-strong px-5 py-8 text-center text-text-2">
					{t('monitoring.none')}
				</p>
			) : (
				<ul className="mt-3 grid grid-cols-1 gap-3.5 first:mt-0 sm:grid-cols-[repeat(auto-fill,minmax(17rem,1fr))]">
					{live.map((channel) => (
						<StreamCard key={channel.id} channel={channel} />
					))}
				</ul>
			)}
		</section>
	);
}

function Alerts({ alerts, onClose }: { alerts: SystemAlert[]; onClose: (alert: SystemAlert) => void }) {
	const { t, i18n } = useTranslation();
	return (
		<ul role="log" aria-label={t('monitoring.alerts')} className="space-y-2 empty:hidden">
			{alerts.map((alert) => (
				<li
					key={alert.key}
					className={`flex items-start gap-3 rounded-md border px-4 py-3 text-sm ${alert.level === 'info' ? 'border-line bg-surface' : 'border-danger/40 bg-danger/10'}`}
				>
					<Icon name="alert" className="mt-0.5 size-4.5 text-danger" />
					<p className="min-w-0 flex-1 wrap-anywhere">
						<time dateTime={alert.at} className="tabular mr-2 text-text-2">
							{timeOf(alert.at, i18n.language)}
						</time>
						{alert.message}
					</p>
					<IconButton icon="close" size="sm" label={t('action.close')} onClick={() => onClose(alert)} />
				</li>
			))}
		</ul>
	);
}

export default function MonitoringPage() {
	const { t } = useTranslation();
	const monitoring: Monitoring = useMonitoring();
	const [closed, setClosed] = useState<string[]>([]);
	const alerts = monitoring.alerts.filter(({ key }) => !closed.includes(key));
	return (
		<>
			<Head title={t('admin.nav.monitoring')} hint={t('monitoring.hint')}>
				<LineState line={monitoring.line} />
			</Head>
			<div className="space-y-8">
				<Alerts alerts={alerts} onClose={({ key }) => setClosed((before) => [...before, key])} />
				<SystemCard system={monitoring.system} />
				<Streams />
				<Charts />
			</div>
		</>
	);
}
