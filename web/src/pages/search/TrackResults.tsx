import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { isAbort } from '../../api/client';
import { useSearchTracks } from '../../api/hooks';
import type { FacetValue, Facets } from '../../api/types';
import { Icon } from '../../components/Icon';
import { SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { TrackList } from '../../components/TrackList';

const SHOWN = 100;
const VALUES_SHOWN = 8;

/** Facet, and the parameter of the search that narrows by it. */
const FACETS = [
	['genre', 'genre'],
	['artist', 'artist_id'],
	['year', 'year'],
] as const;

type Param = (typeof FACETS)[number][1];

const paramOf = (param: Param, value: FacetValue) => String(param === 'artist_id' ? (value.id ?? '') : value.value);

interface FacetBarProps {
	facets: Facets;
	chosen: Record<Param, string | null>;
	choose: (param: Param, value: string | null) => void;
}

function FacetBar({ facets, chosen, choose }: FacetBarProps) {
	const { t } = useTranslation();
	return (
		<div className="mb-5 space-y-2">
			{FACETS.map(([facet, param]) => {
				const values = (facets[facet] ?? []).filter((value) => paramOf(param, value)).slice(0, VALUES_SHOWN);
				const picked = chosen[param];
				if (values.length < 2 && !picked) return null;
				return (
					<div
						key={facet}
						role="group"
						aria-label={t(`search.facet.${facet}`)}
						className="no-scrollbar -mx-gutter flex items-center gap-1.5 overflow-x-auto px-gutter md:flex-wrap"
					>
						<span className="w-24 shrink-0 text-sm text-text-3">{t(`search.facet.${facet}`)}</span>
						{values.map((value) => {
							const own = paramOf(param, value);
							const on = picked === own;
							return (
								<button
									key={own}
									type="button"
									aria-pressed={on}
									onClick={() => choose(param, on ? null : own)}
									className={`inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full border px-3 text-sm transition-colors ${on ? 'border-accent bg-accent-soft text-text' : 'border-line text-text-2 hover:border-line-strong hover:text-text'}`}
								>
									{value.value}
									{on ? (
										<Icon name="close" className="size-3.5" />
									) : (
										<span className="tabular text-xs text-text-3">{value.count}</span>
									)}
								</button>
							);
						})}
					</div>
				);
			})}
		</div>
	);
}

export function TrackResults({ q }: { q: string }) {
	const { t } = useTranslation();
	const [params, setParams] = useSearchParams();
	const chosen = { genre: params.get('genre'), year: params.get('year'), artist_id: params.get('artist_id') };
	const { data, error, mutate } = useSearchTracks(q, { ...chosen, limit: SHOWN });
	const choose = (param: Param, value: string | null) =>
		setParams(
			(before) => {
				if (value === null) before.delete(param);
				else before.set(param, value);
				return before;
			},
			{ replace: true },
		);
	if (error && !isAbort(error) && !data) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows />;
	return (
		<>
			<FacetBar facets={data.facets ?? {}} chosen={chosen} choose={choose} />
			<TrackList tracks={data.items} label={t('nav.tracks')} showAlbum from={{ type: 'search' }} className="-mx-2" />
			{data.total > data.items.length && (
				<p className="mt-6 text-text-2">{t('search.narrow', { count: data.total - data.items.length })}</p>
			)}
		</>
	);
}
