import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRealTime } from '../../../api/analytics';
import { Box } from '../../../components/chart/Box';
import { Cover } from '../../../components/Cover';
import { Strokes } from '../../../components/Strokes';
import { agoOf } from '../../../i18n/dates';
import { numberOf } from '../../../i18n/format';
import { trackArtist } from '../../../i18n/names';

/** Who listens to what at this moment; asked every ten seconds. */
export function NowPlaying() {
	const { t, i18n } = useTranslation();
	const { data } = useRealTime();
	if (!data) return null;
	const counts: [string, number][] = [
		['admin.now.active', data.active_users],
		['admin.now.quarter', data.last_15_minutes],
		['admin.now.hour', data.last_hour],
	];
	return (
		<Box>
			<div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
				<h2 className="flex items-center gap-2.5 text-lg">
					<Strokes moving={data.listening > 0} className="size-5" />
					{t('admin.now.title', { count: data.listening })}
				</h2>
				<dl className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
					{counts.map(([name, count]) => (
						<div key={name} className="flex gap-1.5">
							<dt className="text-text-2">{t(name)}</dt>
							<dd className="tabular font-semibold">{numberOf(count, i18n.language)}</dd>
						</div>
					))}
				</dl>
			</div>
			<ul className="grid gap-x-8 gap-y-1 md:grid-cols-2 2xl:grid-cols-3">
				{data.now_playing.map(({ user, track, since }, at) => (
					<li key={`${track.id}-${at}`} className="flex min-w-0 items-center gap-3 py-1 text-sm">
						<Cover url={track.cover_url} name={track.album ?? track.title} sizes="40px" className="w-10 rounded-xs!" />
						<span className="min-w-0">
							<Link to={`/tracks/${track.id}`} className="block truncate font-medium hover:underline">
								{track.title} — {trackArtist(track)}
							</Link>
							<span className="block truncate text-xs text-text-2">
								{user ? (
									<Link to={`/admin/users/${user.id}`} className="hover:underline">
										{user.username}
									</Link>
								) : (
									t('admin.now.somebody')
								)}
								{` · ${agoOf(since, i18n.language)}`}
							</span>
						</span>
					</li>
				))}
			</ul>
		</Box>
	);
}
