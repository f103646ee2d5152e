import { useTranslation } from 'react-i18next';
import type { Channel, Received } from '../../api/channels';
import { endsIn, positionOf } from '../../api/channel-time';
import { Button, PlayButton } from '../../components/Button';
import { Icon } from '../../components/Icon';
import { useClock } from '../../components/use-clock';
import { secondsOf } from '../../i18n/channel-words';
import { clockOf, numberOf } from '../../i18n/format';
import { tuneIn } from '../../player/live';
import { radioSounds, useRadio } from '../../player/radio';

/** Whether this channel is what sounds here. */
export const useTuned = (id: number): boolean => useRadio((state) => state.station?.id === id && radioSounds(state));

interface PlayChannelProps {
	channel: Pick<Channel, 'id' | 'title'>;
	className?: string;
	iconClass?: string;
}

export function PlayChannel({ channel, className, iconClass }: PlayChannelProps) {
	const { t } = useTranslation();
	const tuned = useTuned(channel.id);
	return (
		<PlayButton
			playing={tuned}
			off="stop"
			label={t(tuned ? 'radio.stop' : 'radio.play', { title: channel.title })}
			{...(className && { className })}
			{...(iconClass && { iconClass })}
			onClick={() => (tuned ? useRadio.getState().stop() : tuneIn({ id: channel.id, title: channel.title }))}
		/>
	);
}

export function Listeners({ count, className = '' }: { count: number; className?: string }) {
	const { t, i18n } = useTranslation();
	return (
		<span className={`tabular inline-flex items-center gap-1.5 ${className}`}>
			<Icon name="users" className="size-4" />
			<span className="sr-only">{t('radio.listeners', { count })}</span>
			<span aria-hidden="true">{numberOf(count, i18n.language)}</span>
		</span>
	);
}

/** How far what plays has come. A picture of it only: a channel has no place one could go to. */
export function Progress({ channel, className = '' }: { channel: Received<Channel>; className?: string }) {
	const now = useClock();
	const length = channel.current_item?.duration_ms ?? 0;
	if (!(length > 0) || channel.state === 'stopped') return null;
	const at = positionOf(channel, now);
	return (
		<div className={`flex items-center gap-3 ${className}`} aria-hidden="true">
			<span className="tabular text-xs text-text-2">{clockOf(at)}</span>
			<span className="h-1 flex-1 overflow-hidden rounded-full bg-line-strong">
				<span
					className="block h-full rounded-full bg-accent transition-[width] duration-1000 ease-linear"
					style={{ width: `${(at / length) * 100}%` }}
				/>
			</span>
			<span className="tabular text-xs text-text-2">{clockOf(length)}</span>
		</div>
	);
}

/** Warned about from a minute before, as the server does. */
const WARN_SECONDS = 60;

interface EndsSoonProps {
	channel: Received<Channel>;
	/** Words of the button, and what it does. */
	action: string;
	onKeep: () => void;
	className?: string;
}

/** The channel ends by itself soon, because nobody listens. Said aloud once; the seconds are for the eye. */
export function EndsSoon({ channel, action, onKeep, className = '' }: EndsSoonProps) {
	const { t } = useTranslation();
	const left = endsIn(channel, useClock());
	const soon = left !== null && left <= WARN_SECONDS;
	return (
		<div role="alert" className={className}>
			{soon && (
				<div className="flex animate-rise flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-accent bg-accent-soft p-4">
					<span
						aria-hidden="true"
						className="display tabular grid size-14 shrink-0 place-items-center rounded-full bg-surface text-lg"
						style={{
							background: `radial-gradient(closest-side, var(--surface) 84%, transparent 85%), conic-gradient(var(--accent) ${(left / WARN_SECONDS) * 360}deg, var(--line-strong) 0)`,
						}}
					>
						{secondsOf(left)}
					</span>
					<p className="min-w-48 flex-1">
						<span className="block font-semibold">{t('radio.endsSoon', { title: channel.title })}</span>
						<span className="block text-sm text-text-2">{t('radio.endsSoonText')}</span>
					</p>
					<Button look="primary" onClick={onKeep}>
						{action}
					</Button>
				</div>
			)}
		</div>
	);
}
