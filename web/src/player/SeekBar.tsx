import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Slider } from '../components/Slider';
import { clockOf } from '../i18n/format';
import { usePlayer } from './store';
import { useBuffered, useDuration, usePosition } from './use-time';

const STEP_MS = 5000;

export function SeekBar({ stacked = false }: { stacked?: boolean }) {
	const { t } = useTranslation();
	const position = usePosition();
	const duration = useDuration();
	const buffered = useBuffered();
	const [preview, setPreview] = useState<number | null>(null);
	const now = preview ?? position;
	const clock = 'tabular w-11 text-xs text-text-2';
	const slider = (
		<Slider
			label={t('player.seek')}
			value={position}
			max={duration}
			step={STEP_MS}
			buffered={buffered}
			valueText={t('player.positionOf', { position: clockOf(now), duration: clockOf(duration) })}
			onPreview={setPreview}
			onChange={(ms) => usePlayer.getState().seek(ms)}
			className={stacked ? 'w-full' : 'flex-1'}
		/>
	);
	if (stacked) {
		return (
			<div>
				{slider}
				<div className="flex justify-between">
					<span className={clock}>{clockOf(now)}</span>
					<span className={`${clock} text-right`}>{clockOf(duration)}</span>
				</div>
			</div>
		);
	}
	return (
		<div className="flex w-full items-center gap-2">
			<span className={`${clock} text-right`}>{clockOf(now)}</span>
			{slider}
			<span className={clock}>{clockOf(duration)}</span>
		</div>
	);
}

/** Only the line: the edge of the mini player. */
export function ProgressLine() {
	const position = usePosition();
	const duration = useDuration();
	const width = `${duration > 0 ? Math.min(100, (position / duration) * 100) : 0}%`;
	return (
		<span className="absolute inset-x-3 bottom-0 h-0.5 overflow-hidden rounded-full bg-line" aria-hidden="true">
			<span className="block h-full rounded-full bg-accent" style={{ width }} />
		</span>
	);
}
