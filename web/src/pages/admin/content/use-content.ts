import { useSearchParams } from 'react-router';
import { useTable, type Table } from '../../../components/table/use-table';

interface ContentOptions {
	sorts: string[];
	filters?: string[];
}

/** A list of the library; with words in its search field, what the search finds, best first. */
export function useContent<T>(
	kind: 'tracks' | 'albums' | 'artists',
	options: ContentOptions,
): Table<T> & { path: string } {
	const [params] = useSearchParams();
	const searched = Boolean(params.get('q'));
	const path = searched ? `/search/${kind}` : `/${kind}/`;
	const table = useTable<T>(path, {
		sorts: searched ? [''] : options.sorts,
		filters: searched ? ['q'] : (options.filters ?? []),
		limit: searched ? 100 : 50,
	});
	return { ...table, filter: (name) => params.get(name) ?? '', path };
}
