import { useTranslation } from 'react-i18next';
import { useInfiniteList } from '../../api/hooks';
import type { Album } from '../../api/types';
import { AlbumCard } from '../../components/Card';
import { CardGrid } from '../../components/CardGrid';
import { LibraryHead, useSort } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { SkeletonCards } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';

const SORTS = ['title', 'artist', '-year', '-created_at', '-popularity'];

export default function AlbumsPage() {
	const { t } = useTranslation();
	const [sort, setSort] = useSort(SORTS);
	const list = useInfiniteList<Album>('/albums/', { sort }, 60);
	return (
		<Page title={t('nav.albums')}>
			<LibraryHead title={t('nav.albums')} total={list.total} sorts={SORTS} sort={sort} onSort={setSort} />
			{list.error ? <ErrorView error={list.error} retry={list.retry} /> : null}
			{list.loading && <SkeletonCards count={18} />}
			{list.total === 0 && <EmptyState title={t('state.nothing')} />}
			<CardGrid
				items={list.items}
				keyOf={(album) => album.id}
				render={(album) => <AlbumCard album={album} />}
				hasMore={list.hasMore}
				loadMore={list.loadMore}
			/>
		</Page>
	);
}
