import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Button } from '../../components/Button';
import { Page } from '../../components/Page';
import { EmptyState } from '../../components/States';
import { lengthOf } from '../../i18n/format';
import { QueueList } from '../../player/QueueList';
import { usePlayer } from '../../player/store';

export default function QueuePage() {
	const { t, i18n } = useTranslation();
	const items = usePlayer((state) => state.queue.items);
	const index = usePlayer((state) => state.queue.index);
	const { clear, clearAhead } = usePlayer.getState();
	const ahead = items.slice(index + 1);
	const left = ahead.reduce((sum, item) => sum + item.track.duration_ms, 0);
	return (
		<Page title={t('nav.queue')} className="pb-[calc(var(--covered)+1rem)]!">
			<header className="mb-5 flex flex-wrap items-end justify-between gap-3">
				<div>
					<h1 className="text-2xl font-bold">{t('nav.queue')}</h1>
					{ahead.length > 0 && (
						<p className="mt-1 text-sm text-text-2">
							{t('queue.ahead', { count: ahead.length })} · {lengthOf(left, i18n.language)}
						</p>
					)}
				</div>
				{items.length > 0 && (
					<div className="flex gap-2">
						<Button look="quiet" onClick={clearAhead} disabled={ahead.length === 0}>
							{t('queue.clearAhead')}
						</Button>
						<Button look="quiet" icon="trash" onClick={clear}>
							{t('queue.clear')}
						</Button>
					</div>
				)}
			</header>
			{items.length === 0 ? (
				<EmptyState title={t('queue.empty')}>
					<p>{t('queue.emptyText')}</p>
					<Link
						to="/albums"
						className="inline-flex h-11 items-center rounded-full bg-accent px-5 text-sm font-semibold text-accent-ink hover:bg-accent-hover"
					>
						{t('nav.albums')}
					</Link>
				</EmptyState>
			) : (
				<QueueList className="-mx-2 h-[calc(100dvh-var(--covered)-var(--header)-7.5rem)] min-h-64" />
			)}
		</Page>
	);
}
