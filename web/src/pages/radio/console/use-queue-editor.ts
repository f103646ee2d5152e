/* The queue of a channel as an operator sees and edits it: edits show at once and are made one after the other. */
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSWRConfig } from 'swr';
import { queueKey, useQueue } from '../../../api/channels';
import { toast } from '../../../components/toast';
import { wordsOf } from '../report';
import { sendEdit } from './send-edit';
import { carryOut, moveEdit, shownOf, type Draft, type Edit, type QueueState } from './queue-edit';

let serial = 0;

export function useQueueEditor(channel: number) {
	const { t } = useTranslation();
	const { data, error, mutate } = useQueue(channel);
	const { cache } = useSWRConfig();
	const [edits, setEdits] = useState<Edit[]>([]);
	const line = useRef<Promise<unknown>>(Promise.resolve());
	const items = shownOf(data ?? null, edits);

	const work = useCallback(
		async (edit: Edit) => {
			const known = cache.get(queueKey(channel))?.data as QueueState | undefined;
			try {
				const outcome = await carryOut(edit, known ?? { items: [], version: 0 }, {
					send: (each, state) => sendEdit(channel, each, state),
				});
				/* What somebody else did meanwhile may be known already; and an answer that was on its way is thrown
				 * away by SWR for this change, so it is asked for again. */
				await mutate((before) =>
					before && before.version <= outcome.state.version ? { ...before, ...outcome.state } : before,
				);
				if (outcome.kind === 'dropped') toast(t('console.queue.dropped'));
				else if (outcome.redone) toast(t('console.queue.redone'));
			} catch (failure) {
				toast(wordsOf(failure));
				void mutate();
			} finally {
				setEdits((before) => before.filter((other) => other !== edit));
			}
		},
		[cache, channel, mutate, t],
	);
	const make = (edit: Edit | null) => {
		if (!edit) return;
		setEdits((before) => [...before, edit]);
		line.current = line.current.then(() => work(edit));
	};
	return {
		items,
		total: items.length,
		loading: !data && !error,
		error: data ? null : error,
		retry: () => void mutate(),
		add: (draft: Draft, next: boolean) => {
			serial += 1;
			make({ kind: 'add', key: `new-${serial}`, draft, next });
		},
		move: (from: number, to: number) => make(moveEdit(items, from, to)),
		remove: (id: string) => make({ kind: 'remove', id }),
		clear: () => make({ kind: 'clear' }),
	};
}

export type QueueEditor = ReturnType<typeof useQueueEditor>;
