import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../components/Button';
import { Cover } from '../components/Cover';
import { Icon } from '../components/Icon';
import { Strokes } from '../components/Strokes';
import { clockOf } from '../i18n/format';
import type { QueueItem } from './queue';
import { trackArtist } from '../i18n/names';

interface QueueRowProps {
	item: QueueItem;
	state: 'played' | 'current' | 'playing' | 'ahead';
	lifted: boolean;
	onPlay: () => void;
	onRemove: () => void;
	onMove: (by: -1 | 1 | 'first' | 'last') => void;
	onDrag: (offset: number) => void;
	onDrop: (kept: boolean) => void;
}

const MOVES: Record<string, -1 | 1 | 'first' | 'last'> = { ArrowUp: -1, ArrowDown: 1, Home: 'first', End: 'last' };

export function QueueRow({ item, state, lifted, onPlay, onRemove, onMove, onDrag, onDrop }: QueueRowProps) {
	const { t } = useTranslation();
	const start = useRef<number | null>(null);
	const { track } = item;
	const current = state === 'current' || state === 'playing';
	const onKeyDown = (event: React.KeyboardEvent) => {
		const by = MOVES[event.key];
		if (by === undefined && event.key !== 'Delete') return;
		event.preventDefault();
		event.stopPropagation();
		if (by === undefined) onRemove();
		else onMove(by);
	};
	const finish = (kept: boolean) => {
		if (start.current === null) return;
		start.current = null;
		onDrop(kept);
	};
	const look = lifted ? 'bg-surface-3 shadow-2' : current ? 'bg-accent-soft' : 'hover:bg-surface-2';

	return (
		<div
			className={`group/row grid h-15 grid-cols-[2rem_2.75rem_minmax(0,1fr)_auto_2.25rem] items-center gap-3 rounded-sm pr-1.5 ${look}`}
		>
			<button
				type="button"
				data-grip
				aria-label={t('queue.grip', { title: track.title })}
				title={t('queue.gripHint')}
				className="grid h-11 touch-none cursor-grab place-items-center rounded-xs text-text-3 hover:text-text active:cursor-grabbing"
				onKeyDown={onKeyDown}
				onPointerDown={(event) => {
					start.current = event.clientY;
					event.currentTarget.setPointerCapture(event.pointerId);
				}}
				onPointerMove={(event) => start.current !== null && onDrag(event.clientY - start.current)}
				onPointerUp={() => finish(true)}
				onPointerCancel={() => finish(false)}
			>
				<Icon name="grip" />
			</button>
			<button
				type="button"
				onClick={onPlay}
				aria-label={t(state === 'playing' ? 'track.pauseThis' : 'track.playThis', {
					title: track.title,
					artist: trackArtist(track),
				})}
				className="group/play relative size-11 rounded-xs"
			>
				<Cover url={track.cover_url} name={track.album ?? track.title} sizes="48px" className="size-full rounded-xs" />
				<span
					className={`absolute inset-0 grid place-items-center rounded-xs bg-black/55 text-white transition-opacity ${current ? '' : 'opacity-0 group-hover/row:opacity-100 group-focus-visible/play:opacity-100'}`}
				>
					{current ? <Strokes moving={state === 'playing'} className="size-5 text-white!" /> : <Icon name="play" />}
				</span>
			</button>
			<div className={`min-w-0 ${state === 'played' ? 'opacity-75' : ''}`}>
				<p className={`truncate font-medium ${current ? 'text-accent-text' : ''}`}>{track.title}</p>
				<p className="truncate text-sm text-text-2">{trackArtist(track)}</p>
			</div>
			<span className="tabular text-sm text-text-3">{clockOf(track.duration_ms)}</span>
			<IconButton icon="close" size="sm" label={t('queue.remove', { title: track.title })} onClick={onRemove} />
		</div>
	);
}
