import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueItem } from '../../../api/channels';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Cover } from '../../../components/Cover';
import { Icon, type IconName } from '../../../components/Icon';
import { Menu } from '../../../components/Menu';
import { remPx } from '../../../components/rem';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { useReorder } from '../../../components/use-reorder';
import { clockOf, lengthOf } from '../../../i18n/format';
import { isPending } from './queue-edit';
import type { QueueEditor } from './use-queue-editor';

const ROW_REM = 3.75;

const SOURCE_ICON: Record<QueueItem['source'], IconName> = {
	track: 'tracks',
	file: 'library',
	stream: 'radio',
	telegram: 'send',
	youtube: 'link',
};

interface RowProps {
	item: QueueItem;
	at: number;
	grip: object;
	lifted: boolean;
	onNext: () => void;
	onRemove: () => void;
}

function Row({ item, at, grip, lifted, onNext, onRemove }: RowProps) {
	const { t } = useTranslation();
	const pending = isPending(item);
	return (
		<div
			className={`grid h-15 grid-cols-[1.75rem_2.75rem_minmax(0,1fr)_auto_2.25rem] items-center gap-3 rounded-sm pr-1.5 transition-opacity ${lifted ? 'bg-surface-3 shadow-2' : 'hover:bg-surface-2'} ${pending ? 'opacity-60' : ''}`}
		>
			<button
				type="button"
				data-grip
				disabled={pending}
				aria-label={t('queue.grip', { title: item.title })}
				title={t('queue.gripHint')}
				className="grid h-11 touch-none cursor-grab place-items-center rounded-xs text-text-3 hover:text-text active:cursor-grabbing"
				{...grip}
			>
				<Icon name="grip" />
			</button>
			<span className="relative size-11">
				<Cover url={item.cover_url} name={item.title} sizes="48px" className="size-full rounded-xs!" />
				{item.source !== 'track' && (
					<span className="absolute -right-1.5 -bottom-1.5 grid size-5 place-items-center rounded-full bg-surface text-text-2 shadow-1">
						<Icon name={SOURCE_ICON[item.source]} className="size-3" />
					</span>
				)}
			</span>
			<div className="min-w-0">
				<p className="truncate font-medium">{item.title}</p>
				<p className="truncate text-sm text-text-2">
					{[
						item.artist,
						item.source === 'track' ? '' : t(`console.source.${item.source}`),
						item.requested_by ? t('console.queue.by', { name: item.requested_by }) : '',
					]
						.filter(Boolean)
						.join(' · ')}
				</p>
			</div>
			<span className="tabular text-sm text-text-3">{item.duration_ms === null ? '' : clockOf(item.duration_ms)}</span>
			<Menu
				label={t('track.more', { title: item.title })}
				entries={() => [
					...(at > 0 ? [{ icon: 'playNext' as const, label: t('track.playNext'), run: onNext }] : []),
					{ icon: 'close', label: t('console.queue.remove'), run: onRemove },
				]}
			/>
		</div>
	);
}

/** What comes next, to be put in order: by the grips or with the arrow keys; Delete takes out. At most 100 rows. */
export function QueueEdit({ queue }: { queue: QueueEditor }) {
	const { t, i18n } = useTranslation();
	const { items, total, move, remove, clear } = queue;
	const box = useRef<HTMLOListElement>(null);
	const [said, setSaid] = useState('');
	const height = ROW_REM * remPx();
	const focusGrip = (id: string | undefined) =>
		requestAnimationFrame(() =>
			requestAnimationFrame(() =>
				box.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(id ?? '')}"] [data-grip]`)?.focus(),
			),
		);
	const moved = (from: number, to: number) => {
		const item = items[from];
		if (!item) return;
		move(from, to);
		focusGrip(item.id);
		setSaid(t('queue.moved', { title: item.title, position: to + 1, total }));
	};
	const removed = (at: number) => {
		const item = items[at];
		if (!item) return;
		remove(item.id);
		focusGrip((items[at + 1] ?? items[at - 1])?.id);
		setSaid(t('queue.removed', { title: item.title }));
	};
	const reorder = useReorder({ count: items.length, height, onMove: moved, onRemove: removed });
	const askClear = async () => {
		const yes = await confirm({
			title: t('console.queue.clearTitle'),
			text: t('console.queue.clearText', { count: total }),
			action: t('queue.clear'),
			danger: true,
		});
		if (yes) clear();
	};
	const length = items.reduce((sum, item) => sum + (item.duration_ms ?? 0), 0);

	return (
		<section aria-labelledby="console-queue" className="min-w-0">
			<div className="mb-2 flex flex-wrap items-end justify-between gap-3">
				<div>
					<h2 id="console-queue" className="text-xl">
						{t('console.queue.title')}
					</h2>
					<p className="mt-0.5 text-sm text-text-2">
						{total > 0
							? `${t('console.queue.count', { count: total })} · ${lengthOf(length, i18n.language)}`
							: t('console.queue.none')}
					</p>
				</div>
				{total > 0 && (
					<Button look="quiet" icon="trash" onClick={() => void askClear()}>
						{t('queue.clear')}
					</Button>
				)}
			</div>
			<div role="status" className="sr-only">
				{said}
			</div>
			{queue.loading && <SkeletonRows count={5} />}
			{queue.error ? <ErrorView error={queue.error} retry={queue.retry} /> : null}
			{!queue.loading && !queue.error && total === 0 && (
				<p className="rounded-lg border border-dashed border-line-strong px-5 py-10 text-center text-text-2">
					{t('console.queue.emptyText')}
				</p>
			)}
			<ol ref={box} aria-label={t('console.queue.title')} className="relative -mx-2">
				{items.map((item, at) => {
					const lifted = reorder.lifted === at;
					return (
						<li
							key={item.id}
							data-key={item.id}
							className={`relative ${reorder.lifted !== null && !lifted ? 'transition-transform duration-150' : ''} ${lifted ? 'z-10' : ''}`}
							style={{ transform: reorder.lifted === null ? undefined : `translateY(${reorder.wayOf(at)}px)` }}
						>
							<Row
								item={item}
								at={at}
								grip={reorder.grip(at)}
								lifted={lifted}
								onNext={() => moved(at, 0)}
								onRemove={() => removed(at)}
							/>
						</li>
					);
				})}
			</ol>
		</section>
	);
}
