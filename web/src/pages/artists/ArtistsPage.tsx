import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useInfiniteList } from '../../api/hooks';
import type { Artist } from '../../api/types';
import { ArtistCard } from '../../components/Card';
import { CardGrid } from '../../components/CardGrid';
import { LibraryHead, useSort } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { SkeletonCards } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { LetterRail } from './LetterRail';

const SORTS = ['name', '-popularity', '-created_at'];

export default function ArtistsPage() {
	const { t } = useTranslation();
	const [params, setParams] = useSearchParams();
	const [sort, setSort] = useSort(SORTS);
	const letter = params.get('letter');
	const list = useInfiniteList<Artist>('/artists/', { sort, letter }, 60);
	const choose = (value: string | null) =>
		setParams(
			(before) => {
				if (value === null) before.delete('letter');
				else before.set('letter', value);
				return before;
			},
			{ replace: true },
		);
	return (
		<Page title={t('nav.artists')}>
			<LibraryHead title={t('nav.artists')} total={list.total} sorts={SORTS} sort={sort} onSort={setSort} />
			<LetterRail letter={letter} choose={choose} />
			{list.error ? <ErrorView error={list.error} retry={list.retry} /> : null}
			{list.loading && <SkeletonCards count={18} round />}
			{list.total === 0 && <EmptyState title={t('artists.noneAt', { letter: letter ?? '' })} />}
			<CardGrid
				items={list.items}
				keyOf={(artist) => artist.id}
				render={(artist) => <ArtistCard artist={artist} />}
				hasMore={list.hasMore}
				loadMore={list.loadMore}
			/>
		</Page>
	);
}
