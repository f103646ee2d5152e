import { useTranslation } from 'react-i18next';
import { useInfiniteList } from '../../api/hooks';
import type { Track } from '../../api/types';
import { LibraryHead, useSort } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { SkeletonRows } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { VirtualTracks } from '../../components/VirtualTracks';

const SORTS = ['title', 'artist', 'album', '-created_at', '-popularity', '-year', 'year', 'duration'];

export default function TracksPage() {
	const { t } = useTranslation();
	const [sort, setSort] = useSort(SORTS);
	const list = useInfiniteList<Track>('/tracks/', { sort });
	return (
		<Page title={t('nav.tracks')}>
			<LibraryHead title={t('nav.tracks')} total={list.total} sorts={SORTS} sort={sort} onSort={setSort} />
			{list.error ? <ErrorView error={list.error} retry={list.retry} /> : null}
			{list.loading && <SkeletonRows count={12} />}
			{list.total === 0 && <EmptyState title={t('state.nothing')} />}
			<div className="-mx-2">
				<VirtualTracks key={sort} list={list} label={t('nav.tracks')} />
			</div>
		</Page>
	);
}
