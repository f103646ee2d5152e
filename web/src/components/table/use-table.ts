/* A list of the server's as a table: its order, its filters and its search live in the address, so that back, reload
 * and links keep them; pages go by cursor and cost the same at any depth. */
import { useEffect, useMemo, useState } from 'react';
import useSWR from 'swr';
import { useSearchParams } from 'react-router';
import { apiPath, type Query } from '../../api/client';
import type { Page } from '../../api/types';

export interface TableOptions<T = unknown> {
	/** The first is the one without a choice; "-name" is downwards. */
	sorts: string[];
	/** Names of filters that may stand in the address. */
	filters?: string[];
	/** What is always asked. */
	query?: Query;
	/** Filters that are asked for in another form than they have in the address. */
	asked?: (filters: { filter: (name: string) => string }) => Query;
	limit?: number;
	/** After how many milliseconds the page is asked for again; 0: not by itself. */
	refresh?: (items: T[]) => number;
}

export interface Table<T, A extends Page<T> = Page<T>> {
	items: T[];
	/** The answer as it came, for what it tells beside the items. */
	answer: A | null;
	total: number | null;
	/** A search that stopped here before its page was full; the next page goes on. */
	searchedTo: string | null;
	error: unknown;
	loading: boolean;
	/** Answer of the page before is shown while the next one comes. */
	stale: boolean;
	sort: string;
	setSort: (sort: string) => void;
	filter: (name: string) => string;
	setFilter: (name: string, value: string) => void;
	page: number;
	next: (() => void) | null;
	previous: (() => void) | null;
	reload: () => void;
	/** The same list without its page: what an export of it has to ask. */
	query: Query;
}

export function useTable<T, A extends Page<T> = Page<T>>(path: string | null, options: TableOptions<T>): Table<T, A> {
	const { sorts, filters = [], limit = 50 } = options;
	const [params, setParams] = useSearchParams();
	const wanted = params.get('sort') ?? '';
	const sort = sorts.includes(wanted) ? wanted : (sorts[0] ?? '');
	const query: Query = { ...options.query };
	if (sort) query.sort = sort;
	for (const name of filters) query[name] = params.get(name);
	Object.assign(query, options.asked?.({ filter: (name) => params.get(name) ?? '' }));
	const first = path === null ? null : apiPath(path, { ...query, limit });

	/* Cursors of the pages before this one; another list begins at its first page. */
	const [trail, setTrail] = useState<{ list: string | null; cursors: string[] }>({ list: first, cursors: [] });
	const cursors = trail.list === first ? trail.cursors : [];
	const cursor = cursors.at(-1);
	const key = path === null ? null : cursor ? apiPath(path, { ...query, limit, cursor }) : first;
	const { data, error, isLoading, isValidating, mutate } = useSWR<A & { searched_to?: string | null }>(key, {
		keepPreviousData: true,
		refreshInterval: (page) => options.refresh?.(page?.items ?? []) ?? 0,
	});
	const following = data?.next_cursor ?? null;
	useEffect(() => {
		if (cursors.length > 0) document.getElementById('table-top')?.scrollIntoView({ block: 'nearest' });
	}, [cursors.length]);

	const change = (name: string, value: string) =>
		setParams(
			(before) => {
				if (value) before.set(name, value);
				else before.delete(name);
				return before;
			},
			{ replace: true },
		);
	return {
		items: useMemo(() => data?.items ?? [], [data]),
		answer: data ?? null,
		total: data?.total ?? null,
		searchedTo: data?.searched_to ?? null,
		error,
		loading: isLoading && !data,
		stale: isValidating && Boolean(data),
		sort,
		setSort: (value) => {
			/* Some lists know one direction only. */
			const known = [value, value.startsWith('-') ? value.slice(1) : `-${value}`].find((one) => sorts.includes(one));
			change('sort', known === sorts[0] ? '' : (known ?? ''));
		},
		filter: (name) => params.get(name) ?? '',
		setFilter: change,
		page: cursors.length + 1,
		next: following ? () => setTrail({ list: first, cursors: [...cursors, following] }) : null,
		previous: cursors.length > 0 ? () => setTrail({ list: first, cursors: cursors.slice(0, -1) }) : null,
		reload: () => void mutate(),
		query,
	};
}
