import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes, useParams } from 'react-router';
import { useChannel, type Channel, type Received } from '../../../api/channels';
import { useChannelEvents } from '../../../api/channel-events';
import { can } from '../../../api/roles';
import { useMe } from '../../../api/session';
import { Icon } from '../../../components/Icon';
import { Page } from '../../../components/Page';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView, NotFound } from '../../../components/States';
import { TabLinks } from '../../../components/TabLinks';
import { LineState } from '../LineState';
import { Desk } from './Desk';
import { DjsTab } from './DjsTab';
import { ListenersTab } from './ListenersTab';
import { ProgrammeTab } from './ProgrammeTab';
import { PushesTab } from './PushesTab';
import { ScheduleTab } from './ScheduleTab';
import { SettingsTab } from './SettingsTab';

function Frame({ channel, children }: { channel: Received<Channel>; children: ReactNode }) {
	const { t } = useTranslation();
	const line = useChannelEvents(channel.id);
	const { me } = useMe();
	const base = `/radio/${channel.id}/console`;
	return (
		<Page title={`${channel.title} · ${t('radio.console')}`}>
			<header className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
				<div className="min-w-0">
					<Link
						to={`/radio/${channel.id}`}
						className="inline-flex items-center gap-1 rounded-xs text-sm font-medium text-text-2 hover:text-text"
					>
						<Icon name="left" className="size-4" />
						{t('console.toChannel')}
					</Link>
					<h1 className="mt-1 text-2xl font-bold wrap-anywhere">{channel.title}</h1>
				</div>
				<LineState line={line} />
			</header>
			<TabLinks
				label={t('radio.console')}
				tabs={[
					{ to: base, label: t('console.tab.desk'), end: true },
					{ to: `${base}/schedule`, label: t('console.tab.schedule') },
					{ to: `${base}/programme`, label: t('console.tab.programme') },
					{ to: `${base}/djs`, label: t('console.tab.djs') },
					{ to: `${base}/listeners`, label: t('console.tab.listeners') },
					...(can(me, 'admin') ? [{ to: `${base}/pushes`, label: t('console.tab.pushes') }] : []),
					{ to: `${base}/settings`, label: t('console.tab.settings') },
				]}
			/>
			{children}
		</Page>
	);
}

/** The operators' side of a channel; one chunk, so that listeners never fetch it. */
export default function ConsolePage() {
	const { id } = useParams();
	const { data: channel, error, mutate } = useChannel(id);
	if (!channel) {
		return (
			<Page title="">
				{error ? <ErrorView error={error} retry={() => void mutate()} /> : <SkeletonRows count={8} />}
			</Page>
		);
	}
	return (
		<Frame channel={channel}>
			<Routes>
				<Route index element={<Desk key={channel.id} channel={channel} />} />
				<Route path="schedule" element={<ScheduleTab key={channel.id} channel={channel} />} />
				<Route path="programme" element={<ProgrammeTab key={channel.id} channel={channel} />} />
				<Route path="djs" element={<DjsTab key={channel.id} channel={channel} />} />
				<Route path="listeners" element={<ListenersTab key={channel.id} channel={channel} />} />
				<Route path="pushes" element={<PushesTab key={channel.id} channel={channel} />} />
				<Route path="settings" element={<SettingsTab key={channel.id} channel={channel} />} />
				<Route path="*" element={<NotFound />} />
			</Routes>
		</Frame>
	);
}
