import { useTranslation } from 'react-i18next';
import type { ChannelState } from '../api/channels';

/** The red lamp of a studio: lit while a channel is on the air. */
export function OnAir({ on, className = '' }: { on: boolean; className?: string }) {
	const { t } = useTranslation();
	return (
		<span
			className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 text-2xs font-bold tracking-wide whitespace-nowrap uppercase ${on ? 'bg-danger text-danger-ink' : 'bg-surface-3 text-text-2'} ${className}`}
		>
			<span className={`size-1.5 rounded-full bg-current ${on ? 'animate-pulse' : 'opacity-60'}`} aria-hidden="true" />
			{t(on ? 'radio.onAir' : 'radio.offAir')}
		</span>
	);
}

/** What an operator wants to know of it in a word. */
export function StateLamp({ state }: { state: ChannelState }) {
	const { t } = useTranslation();
	if (state === 'playing' || state === 'stopped') return <OnAir on={state === 'playing'} />;
	return (
		<span className="inline-flex items-center gap-1.5 rounded-full bg-accent-soft px-2.5 py-1 text-2xs font-bold tracking-wide whitespace-nowrap text-text uppercase">
			<span className="size-1.5 rounded-full bg-accent" aria-hidden="true" />
			{t(`radio.state.${state}`)}
		</span>
	);
}
