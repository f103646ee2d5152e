import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../../api/channels';
import { startMeter } from '../../../player/meter';
import { useTuned } from '../parts';

const FLOOR_DB = -48;
/** Seen at a glance: under it all is well. */
const LOUD_DB = -3;

const shareOf = (db: number) => `${Math.max(0, Math.min(1, 1 - db / FLOOR_DB)) * 100}%`;

/** How loud the channel is, measured where it sounds: here, while the operator listens. */
export function Levels({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const tuned = useTuned(channel.id);
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const element = box.current;
		if (!tuned || !element) return;
		return startMeter(({ rms, peak }) => {
			element.style.setProperty('--rms', shareOf(rms));
			element.style.setProperty('--peak', shareOf(peak));
			element.toggleAttribute('data-loud', peak > LOUD_DB);
		});
	}, [tuned]);
	if (!tuned) return <p className="mt-2.5 text-xs text-text-2">{t('console.levelsHint')}</p>;
	return (
		<div ref={box} role="img" aria-label={t('console.levels')} className="group/levels mt-3 max-w-xl">
			<div className="relative h-2 overflow-hidden rounded-full bg-line-strong">
				<span className="absolute inset-y-0 left-0 w-(--rms,0%) rounded-full bg-chart-3" />
				<span className="absolute inset-y-0 left-(--peak,0%) w-0.75 -translate-x-full bg-text group-data-loud/levels:bg-danger" />
			</div>
			<div className="tabular mt-1 flex justify-between text-2xs text-text-2" aria-hidden="true">
				{[-48, -36, -24, -12, 0].map((mark) => (
					<span key={mark}>{mark}</span>
				))}
			</div>
		</div>
	);
}
