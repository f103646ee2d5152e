import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { onAir, useChannel } from '../api/channels';
import { useChannelEvents } from '../api/channel-events';
import type { QueueItem } from '../api/channel-types';
import { IconButton, PlayButton } from '../components/Button';
import { Cover } from '../components/Cover';
import { trackCover } from '../components/cover-url';
import { Icon } from '../components/Icon';
import { OnAir } from '../components/OnAir';
import { itemLine } from '../i18n/channel-words';
import { numberOf } from '../i18n/format';
import { radioSounds, useRadio, type Station } from './radio';
import { Volume } from './Volume';

function Play({ size = 'size-11' }: { size?: string }) {
	const { t } = useTranslation();
	const phase = useRadio((state) => state.phase);
	const station = useRadio((state) => state.station);
	const { play, stop } = useRadio.getState();
	const sounds = radioSounds({ phase });
	return (
		<span className="relative inline-grid">
			<PlayButton
				playing={sounds}
				off="stop"
				label={t(sounds ? 'radio.stop' : 'radio.play', { title: station?.title })}
				className={size}
				iconClass="size-5"
				onClick={sounds ? stop : play}
			/>
			{sounds && phase !== 'playing' && (
				<span className="pointer-events-none absolute -inset-1 animate-spin rounded-full border-2 border-transparent border-t-accent" />
			)}
		</span>
	);
}

const coverOf = ({ track_id, cover_url }: QueueItem): string | null =>
	track_id === null ? cover_url : trackCover({ id: track_id, cover_url });

/** The player while a channel is tuned in to: no place to seek, only on or off. */
function Bar({ station }: { station: Station }) {
	const { t, i18n } = useTranslation();
	const phase = useRadio((state) => state.phase);
	const { data: channel } = useChannel(station.id);
	useChannelEvents(station.id);
	const item = channel?.current_item;
	const line = item ? itemLine(item) : '';
	useEffect(() => {
		useRadio.setState({
			now: item ? { title: item.title, artist: item.artist ?? '', cover: coverOf(item) } : null,
		});
	}, [item]);
	/* What went off the air and comes back is put on again: one was listening. */
	const back = phase === 'over' && channel !== undefined && onAir(channel);
	useEffect(() => {
		if (back) useRadio.getState().play();
	}, [back]);

	const state = phase === 'playing' || phase === 'stopped' ? null : t(`radio.phase.${phase}`);
	const cover = <Cover url={item?.cover_url} name={item?.title ?? station.title} sizes="56px" className="size-full" />;
	const words = (
		<span className="min-w-0">
			<span className="block truncate text-sm font-semibold md:text-base">{line || station.title}</span>
			<span className="block truncate text-xs text-text-2 md:text-sm">{state ?? station.title}</span>
		</span>
	);
	return (
		<section
			aria-label={t('player.label')}
			data-live={phase}
			className="glass fixed inset-x-2 bottom-[calc(var(--tabbar)+env(safe-area-inset-bottom)+0.375rem)] z-(--z-player) rounded-md border border-line shadow-2 md:inset-x-3 md:bottom-3 md:rounded-lg"
		>
			<div className="flex h-15 items-center gap-3 px-2.5 md:grid md:h-(--player) md:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] md:gap-5 md:px-4">
				<Link
					to={`/radio/${station.id}`}
					className="flex min-w-0 flex-1 items-center gap-3 rounded-xs text-left md:gap-3.5"
				>
					<span className="size-11 shrink-0 md:size-14">{cover}</span>
					{words}
				</Link>
				<div className="flex items-center gap-3">
					{channel && <OnAir on={onAir(channel)} className="max-md:hidden" />}
					<Play />
					<span className="tabular hidden min-w-16 items-center gap-1.5 text-sm text-text-2 md:inline-flex">
						{channel && (
							<>
								<Icon name="users" className="size-4" />
								<span className="sr-only">{t('radio.listeners', { count: channel.listeners_count })}</span>
								<span aria-hidden="true">{numberOf(channel.listeners_count, i18n.language)}</span>
							</>
						)}
					</span>
				</div>
				<div className="flex items-center justify-end gap-1">
					<Volume className="hidden w-40 lg:flex" />
					<IconButton icon="close" label={t('radio.leave')} onClick={() => useRadio.getState().leave()} />
				</div>
			</div>
			<span role="status" className="sr-only">
				{state}
			</span>
		</section>
	);
}

export default function LiveBar() {
	const station = useRadio((state) => state.station);
	return station && <Bar key={station.id} station={station} />;
}
