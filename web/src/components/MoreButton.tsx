import { useTranslation } from 'react-i18next';
import type { InfiniteList } from '../api/infinite';
import { Button } from './Button';

/** Under a list that grows as one asks; nothing when there is no more of it. */
export function MoreButton({ list }: { list: Pick<InfiniteList<unknown>, 'hasMore' | 'loadMore'> }) {
	const { t } = useTranslation();
	if (!list.hasMore) return null;
	return (
		<Button className="mt-3" onClick={list.loadMore}>
			{t('action.more')}
		</Button>
	);
}
