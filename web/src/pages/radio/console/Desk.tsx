import { useTranslation } from 'react-i18next';
import { keepOn, type Channel, type Received } from '../../../api/channels';
import { Box } from '../../../components/chart/Box';
import { Icon } from '../../../components/Icon';
import { EndsSoon } from '../parts';
import { attempt } from '../report';
import { AddPanel } from './AddPanel';
import { QueueEdit } from './QueueEdit';
import { Transport } from './Transport';
import { useQueueEditor } from './use-queue-editor';

function WhoIsOn({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	return (
		<Box>
			<h2 className="text-lg">{t('console.dj.now')}</h2>
			<p className="mt-2 flex items-center gap-2.5 text-sm">
				<span
					className={`grid size-9 place-items-center rounded-full ${channel.dj ? 'bg-danger text-danger-ink' : 'bg-surface-2 text-text-2'}`}
				>
					<Icon name={channel.dj ? 'mic' : 'queue'} className="size-4.5" />
				</span>
				{channel.dj ? (
					<span className="font-semibold">{channel.dj}</span>
				) : (
					<span className="text-text-2">{t(channel.auto_dj ? 'console.dj.auto' : 'console.dj.queue')}</span>
				)}
			</p>
		</Box>
	);
}

export function Desk({ channel }: { channel: Received<Channel> }) {
	const { t } = useTranslation();
	const queue = useQueueEditor(channel.id);
	return (
		<div className="space-y-6">
			<EndsSoon
				channel={channel}
				action={t('radio.keepOn')}
				onKeep={() => void attempt(() => keepOn(channel.id), t('radio.kept'))}
			/>
			<Transport channel={channel} />
			<div className="grid grid-cols-1 items-start gap-x-8 gap-y-8 xl:grid-cols-[minmax(0,1.3fr)_minmax(20rem,1fr)]">
				<div className="min-w-0 max-xl:order-2">
					<QueueEdit queue={queue} />
				</div>
				<div className="max-xl:contents xl:sticky xl:top-[calc(var(--header)+0.75rem)] xl:space-y-5">
					<div className="min-w-0 max-xl:order-1">
						<AddPanel queue={queue} />
					</div>
					<div className="grid min-w-0 grid-cols-1 items-start gap-5 max-xl:order-3 sm:grid-cols-2 xl:grid-cols-1 2xl:grid-cols-2">
						<WhoIsOn channel={channel} />
					</div>
				</div>
			</div>
		</div>
	);
}
