import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
	commandChannel,
	onAir,
	skipTrack,
	type Channel,
	type ChannelCommand,
	type Received,
} from '../../../api/channels';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Cover } from '../../../components/Cover';
import { StateLamp } from '../../../components/OnAir';
import { tintStyle, useTint } from '../../../design/palette';
import { Listeners, PlayChannel, Progress } from '../parts';
import { attempt } from '../report';
import { Levels } from './Levels';

/** What is on, and the buttons that change it for everybody who listens. */
export function Transport({ channel }: { channel: Received<Channel> }) {
	const { t } = useTranslation();
	const [busy, setBusy] = useState(false);
	const item = channel.current_item;
	const tint = useTint(item?.cover_url, item?.title ?? channel.title);
	const run = async (work: () => Promise<void>) => {
		setBusy(true);
		await attempt(work);
		setBusy(false);
	};
	const command = (name: ChannelCommand) => void run(() => commandChannel(channel.id, name));
	const stop = async () => {
		const alone = channel.listeners_count === 0;
		const yes =
			alone ||
			(await confirm({
				title: t('console.stopTitle'),
				text: t('console.stopText', { count: channel.listeners_count }),
				action: t('console.stop'),
				danger: true,
			}));
		if (yes) command('stop');
	};
	return (
		<section
			aria-label={t('console.transport')}
			className="sheet-glow flex flex-wrap items-center gap-x-6 gap-y-5 rounded-lg border border-line bg-surface p-4 sm:p-5"
			style={tintStyle(tint)}
		>
			<Cover
				url={item?.cover_url}
				name={item?.title ?? channel.title}
				sizes="112px"
				className="w-20 rounded-md! shadow-2 sm:w-28"
			/>
			<div className="min-w-44 flex-1 basis-72">
				<p className="flex flex-wrap items-center gap-3 text-sm">
					<StateLamp state={channel.state} />
					{onAir(channel) && <Listeners count={channel.listeners_count} />}
				</p>
				<div aria-live="polite">
					<p className="display mt-2 text-lg wrap-anywhere">
						{item?.title ?? t(onAir(channel) ? 'radio.placeholder' : 'radio.offAirText')}
					</p>
					{item?.artist && <p className="truncate text-text-2">{item.artist}</p>}
				</div>
				<Progress channel={channel} className="mt-2.5 max-w-xl" />
				<Levels channel={channel} />
			</div>
			<div className="flex flex-wrap items-center gap-2.5">
				{onAir(channel) ? (
					<>
						<Button icon="next" disabled={busy} onClick={() => void run(() => skipTrack(channel.id))}>
							{t('console.skip')}
						</Button>
						{channel.state === 'paused' ? (
							<Button look="primary" icon="play" disabled={busy} onClick={() => command('resume')}>
								{t('console.resume')}
							</Button>
						) : (
							<Button icon="pause" disabled={busy} onClick={() => command('pause')}>
								{t('console.pause')}
							</Button>
						)}
						<Button icon="stop" disabled={busy} onClick={() => void stop()}>
							{t('console.stop')}
						</Button>
						<PlayChannel channel={channel} className="size-11" iconClass="size-5" />
					</>
				) : (
					<Button look="primary" icon="radio" disabled={busy} onClick={() => command('start')}>
						{t('console.start')}
					</Button>
				)}
			</div>
		</section>
	);
}
