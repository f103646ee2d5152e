import { useTranslation } from 'react-i18next';
import { IconButton, PlayButton } from '../components/Button';
import { usePlayer } from './store';

export function PlayPause({ large = false }: { large?: boolean }) {
	const { t } = useTranslation();
	const wantsPlay = usePlayer((state) => state.wantsPlay);
	const waiting = usePlayer((state) => state.waiting);
	return (
		<span className="relative inline-grid">
			<PlayButton
				playing={wantsPlay}
				label={t(wantsPlay ? 'player.pause' : 'player.play')}
				className={large ? 'size-18' : 'size-11'}
				iconClass={large ? 'size-8' : 'size-5'}
				onClick={() => usePlayer.getState().toggle()}
			/>
			{waiting && (
				<span className="pointer-events-none absolute -inset-1 animate-spin rounded-full border-2 border-transparent border-t-accent" />
			)}
		</span>
	);
}

export function Shuffle({ size }: { size?: 'md' | 'lg' }) {
	const { t } = useTranslation();
	const on = usePlayer((state) => state.queue.order !== null);
	return (
		<IconButton
			icon="shuffle"
			size={size ?? 'md'}
			label={t('player.shuffle')}
			pressed={on}
			onClick={() => usePlayer.getState().toggleShuffle()}
		/>
	);
}

export function Repeat({ size }: { size?: 'md' | 'lg' }) {
	const { t } = useTranslation();
	const repeat = usePlayer((state) => state.repeat);
	return (
		<IconButton
			icon={repeat === 'one' ? 'repeatOne' : 'repeat'}
			size={size ?? 'md'}
			label={t(`player.repeat.${repeat}`)}
			pressed={repeat !== 'off'}
			onClick={() => usePlayer.getState().cycleRepeat()}
		/>
	);
}

export function Transport({ large = false }: { large?: boolean }) {
	const { t } = useTranslation();
	const { next, previous } = usePlayer.getState();
	const size = large ? 'lg' : 'md';
	return (
		<div className={`flex items-center justify-center ${large ? 'gap-3 sm:gap-5' : 'gap-1.5'}`}>
			<Shuffle size={size} />
			<IconButton icon="previous" size={size} label={t('player.previous')} onClick={previous} />
			<PlayPause large={large} />
			<IconButton icon="next" size={size} label={t('player.next')} onClick={next} />
			<Repeat size={size} />
		</div>
	);
}
