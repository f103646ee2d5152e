import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { isAbort } from '../../api/client';
import { useGenres, useSearchMulti } from '../../api/hooks';
import { GenreTile } from '../../components/GenreTile';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { SkeletonRows } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { AlbumResults, ArtistResults, PlaylistResults } from './CardResults';
import { reportClick } from './clicks';
import { DidYouMean } from './DidYouMean';
import { Everything } from './Everything';
import { TrackResults } from './TrackResults';

const TABS = ['all', 'tracks', 'albums', 'artists', 'playlists'] as const;
type Tab = (typeof TABS)[number];

function Tabs({ tab, q, totals }: { tab: Tab; q: string; totals: Partial<Record<Tab, number>> }) {
	const { t } = useTranslation();
	const [, setParams] = useSearchParams();
	return (
		<div className="no-scrollbar -mx-gutter mb-6 flex gap-2 overflow-x-auto px-gutter py-1">
			{TABS.map((name) => (
				<button
					key={name}
					type="button"
					aria-pressed={name === tab}
					onClick={() => setParams(name === 'all' ? { q } : { q, tab: name }, { replace: true })}
					className={`h-9 shrink-0 rounded-full px-4 text-sm font-medium transition-colors ${name === tab ? 'bg-text text-bg' : 'bg-surface-2 text-text-2 hover:text-text'}`}
				>
					{t(`search.tab.${name}`)}
					{totals[name] !== undefined && <span className="tabular ml-1.5 font-normal">{totals[name]}</span>}
				</button>
			))}
		</div>
	);
}

function Browse() {
	const { t } = useTranslation();
	const genres = useGenres(24);
	return (
		<Section title={t('search.browse')}>
			<div className="grid grid-cols-2 gap-gap md:grid-cols-3 xl:grid-cols-4">
				{genres.data?.items.map((genre) => (
					<GenreTile key={genre.id} genre={genre} />
				))}
			</div>
		</Section>
	);
}

function Results({ q, tab }: { q: string; tab: Tab }) {
	const { t } = useTranslation();
	const { data, error, mutate } = useSearchMulti(q, 12);
	if (error && !isAbort(error) && !data) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows count={6} />;
	const totals = {
		tracks: data.tracks.total,
		albums: data.albums.total,
		artists: data.artists.total,
		playlists: data.playlists.total,
	};
	const found = Object.values(totals).reduce((sum, count) => sum + count, 0);
	return (
		<>
			<p role="status" className="sr-only">
				{t('search.found', { count: found })}
			</p>
			<DidYouMean words={data.did_you_mean} />
			{found === 0 ? (
				<EmptyState title={t('search.nothing', { q })}>
					<p>{t('search.nothingHint')}</p>
				</EmptyState>
			) : (
				<>
					<Tabs tab={tab} q={q} totals={totals} />
					{tab === 'all' && <Everything data={data} q={q} />}
					{tab === 'tracks' && <TrackResults q={q} />}
					{tab === 'albums' && <AlbumResults q={q} />}
					{tab === 'artists' && <ArtistResults q={q} />}
					{tab === 'playlists' && <PlaylistResults q={q} />}
				</>
			)}
		</>
	);
}

export default function SearchPage() {
	const { t } = useTranslation();
	const [params] = useSearchParams();
	const q = params.get('q')?.trim() ?? '';
	const tab = TABS.find((name) => name === params.get('tab')) ?? 'all';
	return (
		<Page title={q ? t('search.title', { q }) : t('nav.search')}>
			<div data-search-page onClickCapture={(event) => q && reportClick(q, event.target)}>
				<h1 className="sr-only">{t('nav.search')}</h1>
				{q ? <Results q={q} tab={tab} /> : <Browse />}
			</div>
		</Page>
	);
}
