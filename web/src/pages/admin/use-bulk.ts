import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Selection } from '../../components/table/DataTable';
import { toast } from '../../components/toast';
import { eachOf } from './each';
import { tellError } from './report';

/** What became of each of many. */
export interface Outcome {
	changed: unknown[];
	refused: { reason: string }[];
}

/** Says how many were changed, and the reason of the first that was not. */
export function useBulkReport(): (outcome: Outcome) => void {
	const { t } = useTranslation();
	return ({ changed, refused }) => {
		const done = t('admin.bulk.changed', { count: changed.length });
		toast(
			refused.length === 0
				? done
				: `${done} ${t('admin.bulk.refused', { count: refused.length })} ${refused[0]!.reason}`,
		);
	};
}

export interface Bulk<K> {
	selection: Selection<K>;
	/** Those that are chosen. */
	keys: K[];
	clear: () => void;
	reload: () => void;
	/** Does something with many in one call; then none is chosen, and the list is asked for again. */
	together: (work: () => Promise<Outcome>) => Promise<void>;
	/** The same one after the other. */
	each: (keys: K[], work: (key: K) => Promise<unknown>) => Promise<void>;
}

/** Rows of a list that are chosen for something done to many. */
export function useBulk<K = number>(reload: () => void): Bulk<K> {
	const report = useBulkReport();
	const [keys, set] = useState<Set<K>>(new Set());
	const clear = () => set(new Set());
	const together = async (work: () => Promise<Outcome>) => {
		try {
			report(await work());
			clear();
			reload();
		} catch (error) {
			tellError(error);
		}
	};
	return {
		selection: { keys, set },
		keys: [...keys],
		clear,
		reload,
		together,
		each: (some, work) => together(() => eachOf(some, work)),
	};
}
