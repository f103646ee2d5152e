import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useInfiniteList } from '../../api/hooks';
import type { Genre } from '../../api/types';
import { GenreTile } from '../../components/GenreTile';
import { LibraryHead } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { Loading } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';

export default function GenresPage() {
	const { t } = useTranslation();
	const list = useInfiniteList<Genre>('/genres/');
	const { loadMore } = list;
	const end = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && loadMore(), {
			rootMargin: '600px',
		});
		if (end.current) observer.observe(end.current);
		return () => observer.disconnect();
	}, [loadMore]);
	return (
		<Page title={t('nav.genres')}>
			<LibraryHead title={t('nav.genres')} total={list.total} sorts={[]} sort="" onSort={() => undefined} />
			{list.error ? <ErrorView error={list.error} retry={list.retry} /> : null}
			{list.loading && <Loading />}
			{list.total === 0 && <EmptyState title={t('state.nothing')} />}
			<ul aria-label={t('nav.genres')} className="grid grid-cols-2 gap-gap sm:grid-cols-3 xl:grid-cols-4">
				{list.items.map((genre) => (
					<li key={genre.id}>
						<GenreTile genre={genre} />
					</li>
				))}
			</ul>
			<div ref={end} />
		</Page>
	);
}
