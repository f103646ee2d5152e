import { useTranslation } from 'react-i18next';
import { useQueue, type Channel, type QueueItem } from '../../api/channels';
import { Cover } from '../../components/Cover';
import { clockOf } from '../../i18n/format';

const SHOWN = 5;

function Row({ item }: { item: QueueItem }) {
	return (
		<li className="flex items-center gap-3 py-1.5">
			<Cover url={item.cover_url} name={item.title} sizes="44px" className="w-11 rounded-xs!" />
			<div className="min-w-0 flex-1">
				<p className="truncate font-medium">{item.title}</p>
				{item.artist && <p className="truncate text-sm text-text-2">{item.artist}</p>}
			</div>
			{item.duration_ms !== null && <span className="tabular text-sm text-text-3">{clockOf(item.duration_ms)}</span>}
		</li>
	);
}

/** The next few things; what comes after them may still change. */
export function UpNext({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const { data } = useQueue(channel.id);
	const items = data?.items.slice(0, SHOWN) ?? [];
	if (items.length === 0) return null;
	return (
		<section aria-labelledby="radio-next">
			<h2 id="radio-next" className="mb-2 text-xl">
				{t('radio.next')}
			</h2>
			<ol>
				{items.map((item) => (
					<Row key={item.id} item={item} />
				))}
			</ol>
		</section>
	);
}
