/* Lists by cursor that grow as one scrolls. A chunk of its own: the home page has none. */
import { useCallback, useMemo } from 'react';
import useSWRInfinite from 'swr/infinite';
import { apiPath, type Query } from './client';
import type { Page } from './types';

export interface InfiniteList<T> {
	items: T[];
	total: number | null;
	error: unknown;
	loading: boolean;
	hasMore: boolean;
	loadMore: () => void;
	retry: () => void;
}

/** A list by cursor, page after page. `path` null: nothing to ask yet. `anew`: its beginning is asked for again whenever
 * it is shown. */
export function useInfiniteList<T>(path: string | null, query: Query = {}, limit = 100, anew = false): InfiniteList<T> {
	const first = path === null ? null : apiPath(path, { ...query, limit });
	const key = (index: number, previous: Page<T> | null) => {
		if (first === null || path === null) return null;
		if (index === 0) return first;
		return previous?.next_cursor ? apiPath(path, { ...query, limit, cursor: previous.next_cursor }) : null;
	};
	const { data, error, isLoading, isValidating, setSize, mutate } = useSWRInfinite<Page<T>>(key, {
		revalidateFirstPage: anew,
		...(anew ? { dedupingInterval: 0 } : {}),
		revalidateOnFocus: false,
	});
	const items = useMemo(() => data?.flatMap((page) => page.items) ?? [], [data]);
	const hasMore = Boolean(data?.at(-1)?.next_cursor);
	const loadMore = useCallback(() => {
		if (hasMore && !isValidating) void setSize((size) => size + 1);
	}, [hasMore, isValidating, setSize]);
	const retry = useCallback(() => void mutate(), [mutate]);
	return { items, total: data?.[0]?.total ?? null, error, loading: isLoading, hasMore, loadMore, retry };
}
