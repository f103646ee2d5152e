import { useEffect, useRef, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useLevels } from '../../../api/channel-listeners';
import { onAir, type Channel } from '../../../api/channels';

const FLOOR_DB = -48;
/** Seen at a glance: under it all is well. */
const LOUD_DB = -3;
const MARKS = [-48, -36, -24, -12, 0];

const shareOf = (db: number) => `${Math.max(0, Math.min(1, 1 - db / FLOOR_DB)) * 100}%`;

/** Whether somebody can see it: the part is in the window, and the window is looked at. */
function useSeen(box: RefObject<HTMLElement | null>): boolean {
	const [within, setWithin] = useState(false);
	const [looked, setLooked] = useState(document.visibilityState === 'visible');
	useEffect(() => {
		const observer = new IntersectionObserver((entries) => setWithin(entries.at(-1)?.isIntersecting ?? false));
		if (box.current) observer.observe(box.current);
		const look = () => setLooked(document.visibilityState === 'visible');
		document.addEventListener('visibilitychange', look);
		return () => {
			observer.disconnect();
			document.removeEventListener('visibilitychange', look);
		};
	}, [box]);
	return within && looked;
}

/** How loud the channel is, left and right, as its server measures it. The server does so only while it is looked at. */
export function Levels({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const box = useRef<HTMLDivElement>(null);
	const seen = useSeen(box);
	const live = seen && onAir(channel);
	const gain = useRef<HTMLSpanElement>(null);
	useLevels(live ? channel.id : null, ({ peak_db, rms_db, gain_db }) => {
		box.current?.querySelectorAll<HTMLElement>('[data-side]').forEach((bar, side) => {
			bar.style.setProperty('--rms', shareOf(rms_db[side] ?? FLOOR_DB));
			bar.style.setProperty('--peak', shareOf(peak_db[side] ?? FLOOR_DB));
			bar.toggleAttribute('data-loud', (peak_db[side] ?? FLOOR_DB) > LOUD_DB);
		});
		box.current?.toggleAttribute('data-heard', true);
		if (gain.current) gain.current.textContent = t('console.gain', { value: gain_db.toFixed(1) });
	});
	return (
		<div ref={box} role="img" aria-label={t('console.levels')} className="mt-3 max-w-xl min-h-9">
			{onAir(channel) && (
				<>
					<div className="space-y-1">
						{['left', 'right'].map((side) => (
							<div
								key={side}
								data-side={side}
								className="group/side relative h-1.5 overflow-hidden rounded-full bg-line-strong"
							>
								<span className="absolute inset-y-0 left-0 w-(--rms,0%) rounded-full bg-chart-3 transition-[width] duration-150 ease-linear motion-reduce:transition-none" />
								<span className="absolute inset-y-0 left-(--peak,0%) w-0.75 -translate-x-full bg-text group-data-loud/side:bg-danger" />
							</div>
						))}
					</div>
					<div className="tabular mt-1 flex justify-between text-2xs text-text-2" aria-hidden="true">
						{MARKS.map((mark) => (
							<span key={mark}>{mark}</span>
						))}
					</div>
					<span ref={gain} className="tabular text-2xs text-text-2" aria-hidden="true" />
				</>
			)}
		</div>
	);
}
