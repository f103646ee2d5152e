import { useTranslation } from 'react-i18next';
import { IconButton } from '../components/Button';
import { Slider } from '../components/Slider';
import { usePlayer } from './store';

export function Volume({ className = 'w-36' }: { className?: string }) {
	const { t } = useTranslation();
	const volume = usePlayer((state) => state.volume);
	const muted = usePlayer((state) => state.muted);
	const { setVolume, toggleMute } = usePlayer.getState();
	const shown = muted ? 0 : volume;
	return (
		<div className={`flex items-center gap-1 ${className}`}>
			<IconButton
				icon={shown === 0 ? 'muted' : shown < 0.5 ? 'volumeLow' : 'volume'}
				label={t(muted ? 'player.unmute' : 'player.mute')}
				onClick={toggleMute}
			/>
			<Slider
				label={t('player.volume')}
				value={shown}
				max={1}
				step={0.05}
				valueText={`${Math.round(shown * 100)} %`}
				onChange={setVolume}
				live
				className="flex-1"
			/>
		</div>
	);
}
