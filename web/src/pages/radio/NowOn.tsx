import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { onAir, type Channel, type Received } from '../../api/channels';
import { Heart } from '../../components/Heart';
import { Icon } from '../../components/Icon';
import { Strokes } from '../../components/Strokes';
import { Progress, useTuned } from './parts';

/** What is on at the moment. Its change is told to readers, politely. */
export function NowOn({ channel }: { channel: Received<Channel> }) {
	const { t } = useTranslation();
	const tuned = useTuned(channel.id);
	const item = channel.current_item;
	const fallback = !onAir(channel)
		? t('radio.offAirText')
		: t(channel.state === 'placeholder' ? 'radio.placeholder' : 'radio.nothing');
	return (
		<section aria-labelledby="radio-now">
			<h2 id="radio-now" className="mb-3 flex items-center gap-2.5 text-xl">
				{t('radio.now')}
				{tuned && <Strokes moving className="size-4.5" />}
			</h2>
			<div className="flex items-center gap-3">
				<div aria-live="polite" className="min-w-0 flex-1">
					{channel.dj && (
						<p className="mb-1 flex items-center gap-1.5 text-sm font-semibold text-accent-text">
							<Icon name="mic" className="size-4" />
							{t('radio.live', { name: channel.dj })}
						</p>
					)}
					{item ? (
						<>
							<p className="display text-lg wrap-anywhere">
								{item.track_id === null ? (
									item.title
								) : (
									<Link to={`/tracks/${item.track_id}`} className="underline-offset-4 hover:underline">
										{item.title}
									</Link>
								)}
							</p>
							{item.artist && <p className="text-text-2 wrap-anywhere">{item.artist}</p>}
						</>
					) : (
						<p className="text-text-2">{fallback}</p>
					)}
				</div>
				{item && item.track_id !== null && <Heart kind="track" id={item.track_id} title={item.title} size="lg" />}
			</div>
			<Progress channel={channel} className="mt-3" />
		</section>
	);
}
