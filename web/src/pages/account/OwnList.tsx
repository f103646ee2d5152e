import type { ReactNode } from 'react';
import type { KeyedMutator } from 'swr';
import { useTranslation } from 'react-i18next';
import { apiSend } from '../../api/client';
import type { Page } from '../../api/types';
import { faultsOf } from '../../components/form/use-form';
import { Panel } from '../../components/Panel';
import { SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { toast } from '../../components/toast';

interface OwnListProps<Row> {
	title: string;
	hint: string;
	actions: ReactNode;
	list: { data: Page<Row> | undefined; error: unknown; mutate: KeyedMutator<Page<Row>> };
	empty?: string;
	/** The row, with a way to take it away: asks for the path's DELETE and says `done`. */
	row: (row: Row, remove: (path: string, done?: string) => Promise<void>) => ReactNode;
	children?: ReactNode;
}

/** What gets into one's account: sessions, keys. Each may be taken away. */
export function OwnList<Row extends { id: number }>(props: OwnListProps<Row>) {
	const { title, hint, actions, list, empty, row, children } = props;
	const { t } = useTranslation();
	const { data, error, mutate } = list;
	const remove = async (path: string, done?: string) => {
		try {
			await apiSend('DELETE', path);
			if (done) toast(done);
		} catch (cause) {
			toast(faultsOf(cause, {}).rest);
		}
		void mutate();
	};
	return (
		<Panel title={title} hint={hint} actions={actions}>
			{error ? <ErrorView error={error} retry={() => void mutate()} /> : null}
			{!data && !error && <SkeletonRows count={2} />}
			{data?.items.length === 0 && <p className="text-text-2">{empty ?? t('state.nothing')}</p>}
			<ul aria-label={title} className="divide-y divide-line">
				{data?.items.map((one) => (
					<li key={one.id} className="flex items-center gap-4 py-3.5 first:pt-0 last:pb-0">
						{row(one, remove)}
					</li>
				))}
			</ul>
			{children}
		</Panel>
	);
}
