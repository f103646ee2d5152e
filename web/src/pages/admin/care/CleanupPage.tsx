import { useTranslation } from 'react-i18next';
import { useCleanupRules, type Suggestion } from '../../../api/care';
import { Button } from '../../../components/Button';
import { Select } from '../../../components/form/Select';
import { EmptyState } from '../../../components/States';
import { DataTable } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { numberOf } from '../../../i18n/format';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { useBulk } from '../use-bulk';
import { nameOf, useCleanupColumns } from './cleanup-columns';
import { useDecisions } from './use-decisions';

const STATES = ['', 'accepted', 'automatic', 'dismissed', 'undone'] as const;

/** What could be tidied up, with what would become of it; all of it can be undone. */
export default function CleanupPage() {
	const { t, i18n } = useTranslation();
	const { data: rules, mutate } = useCleanupRules();
	const table = useTable<Suggestion>('/cleanup', {
		sorts: ['-id', 'id'],
		filters: ['rule', 'kind'],
		asked: ({ filter }) =>
			filter('state') === 'automatic' ? { state: 'accepted', automatic: 'true' } : { state: filter('state') || 'open' },
	});
	const bulk = useBulk(() => {
		table.reload();
		void mutate();
	});
	const decide = useDecisions(bulk);
	const state = table.filter('state');
	const ruleOf = (name: string) => rules?.items.find((rule) => rule.name === name);
	const rule = ruleOf(table.filter('rule'));
	const columns = useCleanupColumns(decide, ruleOf);
	return (
		<>
			<Head title={t('admin.nav.cleanup')} hint={t('care.cleanupHint')}>
				{rule?.suggests && state === '' && rule.open > 0 && (
					<Button look="primary" icon="check" className="h-10! px-4!" onClick={() => void decide.all(rule)}>
						{t('care.acceptAllOf', { count: rule.open })}
					</Button>
				)}
				<ListExport<Suggestion>
					path="/cleanup"
					query={table.query}
					name="ogma-cleanup"
					columns={columnsOf(
						'id',
						'rule',
						'kind',
						'thing_id',
						'title',
						'artist',
						'field',
						'was',
						'becomes',
						'state',
						'created_at',
						'decided_at',
						'decided_by',
					)}
				/>
			</Head>
			<Filters>
				<ChoiceFilter
					table={table}
					name="rule"
					label={t('care.rule')}
					options={(rules?.items ?? []).map(({ name, summary, open }) => ({
						value: name,
						label: `${summary} (${numberOf(open, i18n.language)})`,
					}))}
				/>
				<ChoiceFilter
					table={table}
					name="kind"
					label={t('care.kind')}
					options={(['track', 'album', 'artist'] as const).map((value) => ({
						value,
						label: t(`care.kinds.${value}`),
					}))}
				/>
				<Select
					label={t('care.state')}
					hiddenLabel
					value={state}
					options={STATES.map((value) => ({ value: value as string, label: t(`care.states.${value || 'open'}`) }))}
					onChange={(value) => table.setFilter('state', value)}
					className="min-w-36 max-sm:flex-1"
				/>
			</Filters>
			<DataTable
				label={t('admin.nav.cleanup')}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				nameOf={nameOf}
				empty={<EmptyState title={t('care.tidy')} />}
				{...(state === '' || state === 'accepted' || state === 'automatic' ? { selection: bulk.selection } : {})}
			/>
			<BulkBar bulk={bulk}>
				{state === '' ? (
					<>
						<BulkButton icon="check" onClick={() => void decide.many(bulk.keys, 'accept')}>
							{t('care.accept')}
						</BulkButton>
						<BulkButton icon="close" onClick={() => void decide.many(bulk.keys, 'dismiss')}>
							{t('care.dismiss')}
						</BulkButton>
					</>
				) : (
					<BulkButton icon="history" onClick={() => void decide.many(bulk.keys, 'undo')}>
						{t('care.undo')}
					</BulkButton>
				)}
			</BulkBar>
		</>
	);
}
