import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useRecap, type Recap } from '../../api/analytics';
import { LinkButton } from '../../components/Button';
import { Box } from '../../components/chart/Box';
import { monthNames } from '../../components/chart/chart-data';
import { Figure, Figures } from '../../components/chart/Figure';
import { HeatMap } from '../../components/chart/HeatMap';
import { Page } from '../../components/Page';
import { SkeletonRows } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { trackArtist } from '../../i18n/names';
import { lengthOf, numberOf } from '../../i18n/format';
import { TopList } from '../../components/chart/TopList';
import { comparisonOf, factsOf, minutesOf, yearOf } from './facts';
import { Picture } from './Picture';

function Months({ recap }: { recap: Recap }) {
	const { t, i18n } = useTranslation();
	const most = Math.max(1, ...recap.months.map(({ heard_ms }) => heard_ms));
	const [short, long] = [monthNames(i18n.language, 'short'), monthNames(i18n.language, 'long')];
	return (
		<Box>
			<h2 className="mb-4 font-sans text-base font-semibold">{t('recap.months')}</h2>
			<ol className="grid h-44 grid-cols-12 items-end gap-1 sm:gap-2">
				{recap.months.map(({ month, heard_ms }) => (
					<li key={month} className="flex h-full min-w-0 flex-col justify-end text-center">
						<span
							className="block rounded-t-xs bg-chart-1"
							style={{ height: `${(heard_ms / most) * 85}%` }}
							aria-hidden="true"
						/>
						<span className="mt-1.5 truncate text-2xs text-text-2" aria-hidden="true">
							{short[month - 1]}
						</span>
						<span className="sr-only">
							{`${long[month - 1]}: ${heard_ms > 0 ? lengthOf(heard_ms, i18n.language) : '0'}`}
						</span>
					</li>
				))}
			</ol>
		</Box>
	);
}

function Tops({ recap }: { recap: Recap }) {
	const { t } = useTranslation();
	return (
		<div className="grid gap-6 xl:grid-cols-2">
			<TopList
				title={t('recap.topArtists')}
				by="plays"
				round
				entries={recap.top_artists.map(({ artist, ...heard }) => ({
					id: artist.id,
					to: `/artists/${artist.id}`,
					title: artist.name,
					cover: artist.cover_url,
					...heard,
				}))}
			/>
			<TopList
				title={t('recap.topTracks')}
				by="plays"
				entries={recap.top_tracks.map(({ track, ...heard }) => ({
					id: track.id,
					to: `/tracks/${track.id}`,
					title: track.title,
					subtitle: trackArtist(track),
					cover: track.cover_url,
					...heard,
				}))}
			/>
			<TopList
				title={t('recap.topAlbums')}
				by="plays"
				entries={recap.top_albums.map(({ album, ...heard }) => ({
					id: album.id,
					to: `/albums/${album.id}`,
					title: album.title,
					subtitle: album.artist ?? '',
					cover: album.cover_url,
					...heard,
				}))}
			/>
			<TopList
				title={t('recap.topGenres')}
				by="plays"
				entries={recap.top_genres.map(({ genre, ...heard }) => ({
					id: genre.id,
					to: `/genres/${genre.id}`,
					title: genre.name,
					...heard,
				}))}
			/>
		</div>
	);
}

function Content({ recap }: { recap: Recap }) {
	const { t, i18n } = useTranslation();
	const language = i18n.language;
	const first = recap.first_play?.track;
	if (recap.plays === 0 && recap.heard_ms === 0) {
		return (
			<EmptyState title={t('recap.empty', { year: String(recap.year) })}>
				<p>{t('stats.emptyText')}</p>
			</EmptyState>
		);
	}
	return (
		<div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
			<div className="min-w-0 space-y-6">
				<Box className="sheet-glow">
					<p className="display text-3xl font-bold text-accent-text">{numberOf(minutesOf(recap.heard_ms), language)}</p>
					<p className="mt-1 text-lg font-semibold">{t('recap.minutes', { count: minutesOf(recap.heard_ms) })}</p>
					<p className="mt-1 text-text-2">{comparisonOf(recap, t, language)}</p>
				</Box>
				<Figures>
					{factsOf(recap, t, language).map(({ name, value }) => (
						<Figure key={name} label={name} value={value} />
					))}
				</Figures>
				<Months recap={recap} />
				<Tops recap={recap} />
				<Box>
					<h2 className="mb-3 font-sans text-base font-semibold">{t('stats.heat')}</h2>
					<HeatMap title={t('stats.heat')} weekdayHours={recap.weekday_hours} />
				</Box>
				{first && (
					<p className="text-text-2">
						{t('recap.first')}{' '}
						<Link to={`/tracks/${first.id}`} className="font-semibold text-text underline-offset-3 hover:underline">
							{first.title}
						</Link>{' '}
						— {trackArtist(first)}
					</p>
				)}
			</div>
			<Picture recap={recap} />
		</div>
	);
}

/** A year of one's listening. */
export default function RecapPage() {
	const { t } = useTranslation();
	const params = useParams();
	const thisYear = new Date().getFullYear();
	const year = yearOf(params.year, thisYear);
	const { data, error, mutate } = useRecap(year);
	return (
		<Page title={t('recap.title', { year: String(year) })}>
			<header className="mb-7 flex flex-wrap items-center justify-between gap-4">
				<h1 className="text-2xl font-bold">{t('recap.title', { year: String(year) })}</h1>
				<nav aria-label={t('recap.years')} className="flex items-center gap-2">
					<LinkButton to={`/me/recap/${year - 1}`} icon="left" look="quiet" className="h-10! px-3.5!">
						{String(year - 1)}
					</LinkButton>
					{year < thisYear && (
						<LinkButton to={`/me/recap/${year + 1}`} icon="right" look="quiet" className="h-10! px-3.5!">
							{String(year + 1)}
						</LinkButton>
					)}
				</nav>
			</header>
			{error ? (
				<ErrorView error={error} retry={() => void mutate()} />
			) : data?.year === year ? (
				<Content recap={data} />
			) : (
				<SkeletonRows count={8} />
			)}
		</Page>
	);
}
