import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useHistoryOf, type Channel, type Played } from '../../api/channels';
import { Cover } from '../../components/Cover';
import { SkeletonRows } from '../../components/Skeletons';
import { timeOf } from '../../i18n/dates';

function Row({ played }: { played: Played }) {
	const { i18n } = useTranslation();
	return (
		<li className="flex items-center gap-3 py-1.5">
			<time dateTime={played.started_at} className="tabular w-16 shrink-0 text-sm whitespace-nowrap text-text-2">
				{timeOf(played.started_at, i18n.language)}
			</time>
			<Cover url={played.cover_url} name={played.title} sizes="40px" className="w-10 rounded-xs!" />
			<div className="min-w-0 flex-1">
				<p className="truncate font-medium">
					{played.track_id === null ? (
						played.title
					) : (
						<Link to={`/tracks/${played.track_id}`} className="underline-offset-3 hover:underline">
							{played.title}
						</Link>
					)}
				</p>
				{played.artist && <p className="truncate text-sm text-text-2">{played.artist}</p>}
			</div>
		</li>
	);
}

/** "What was that song?" */
export function History({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const { data } = useHistoryOf(channel.id);
	return (
		<section aria-labelledby="radio-history" className="min-w-0">
			<h2 id="radio-history" className="mb-2 text-xl">
				{t('radio.history')}
			</h2>
			{!data && <SkeletonRows count={5} />}
			{data?.items.length === 0 && <p className="text-text-2">{t('radio.historyNone')}</p>}
			<ol>
				{data?.items.map((played) => (
					<Row key={played.id} played={played} />
				))}
			</ol>
		</section>
	);
}
