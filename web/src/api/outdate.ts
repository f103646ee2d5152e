/* What somebody does on one page makes answers untrue that another page has kept. */
import { mutate } from 'swr';

/** What is on show is asked for again at once; lists that grow when they are shown next: of their pages SWR asks again for
 * those that are not what the list had. */
export function outdate(untrue: (key: string) => boolean): void {
	void mutate<object>(
		(key) => typeof key === 'string' && untrue(key),
		(answer) => answer && { ...answer, outdated: true },
		{ revalidate: true },
	);
}
