import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Track } from '../../../api/types';
import { Cover } from '../../../components/Cover';
import type { Column } from '../../../components/table/DataTable';
import { clockOf } from '../../../i18n/format';
import { trackArtist } from '../../../i18n/names';
import { shortDate } from '../short-date';

export type TrackListRow = Track & { hidden?: boolean; hidden_at?: string };

/** What the list of tracks shows of each. */
export function useTrackColumns(): Column<TrackListRow>[] {
	const { t, i18n } = useTranslation();
	return [
		{
			name: 'title',
			title: t('admin.content.title'),
			sortable: true,
			render: (track) => (
				<span className="flex min-w-0 items-center gap-3">
					<Cover url={track.cover_url} name={track.album ?? track.title} sizes="40px" className="w-10 rounded-xs!" />
					<span className="min-w-0">
						<Link
							to={`/tracks/${track.id}`}
							className="block max-w-72 truncate font-semibold underline-offset-3 hover:underline"
						>
							{track.title}
						</Link>
						<span className="block max-w-72 truncate text-xs text-text-2">{trackArtist(track)}</span>
					</span>
				</span>
			),
		},
		{
			name: 'album',
			title: t('kind.album'),
			from: 'md',
			sortable: true,
			render: ({ album }) => <span className="block max-w-56 truncate">{album ?? '—'}</span>,
		},
		{ name: 'genre', title: t('kind.genre'), from: 'lg', render: ({ genre }) => genre ?? '—' },
		{
			name: 'year',
			title: t('fact.year'),
			from: 'lg',
			numeric: true,
			sortable: true,
			render: ({ year }) => year ?? '—',
		},
		{
			name: 'duration',
			title: t('admin.content.length'),
			from: 'sm',
			numeric: true,
			sortable: true,
			render: ({ duration_ms: ms }) => clockOf(ms),
		},
		{
			name: 'created_at',
			title: t('fact.added'),
			from: 'xl',
			sortable: true,
			className: 'whitespace-nowrap',
			render: (track) => shortDate(track.hidden_at ?? track.created_at, i18n.language),
		},
	];
}
