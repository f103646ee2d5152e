import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
	dismissGroup,
	dismissTrack,
	keepTrack,
	sureGroups,
	undoDecision,
	type DuplicateGroup,
	type DuplicateState,
} from '../../../api/duplicates';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Segmented } from '../../../components/Segmented';
import { EmptyState, ErrorView } from '../../../components/States';
import { Pager } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { toast } from '../../../components/toast';
import { numberOf } from '../../../i18n/format';
import { usePlayer } from '../../../player/store';
import { AgeOrder, ChoiceFilter, Filters } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';
import { DuplicateFacts } from './DuplicateFacts';

const STATES = ['open', 'merged', 'dismissed'] as const;

function Group({ group, reload }: { group: DuplicateGroup; reload: () => void }) {
	const { t, i18n } = useTranslation();
	const id = useId();
	const { playTracks } = usePlayer.getState();
	const first = group.tracks[0]?.track;
	const decide = async (work: () => Promise<unknown>, done: string) => {
		if (await attempt(work, t(`duplicates.done.${done}`))) reload();
	};
	return (
		<section aria-labelledby={id} className="mb-6 rounded-lg border border-line bg-surface">
			<div className="flex flex-wrap items-center gap-x-3 gap-y-2 p-4">
				<h2 id={id} className="text-lg wrap-anywhere">
					{[first?.artist, first?.title].filter(Boolean).join(' — ')}
				</h2>
				<Badge>{t(`duplicates.kinds.${group.kind}`)}</Badge>
				{group.sure && <Badge look="accent">{t('duplicates.sure')}</Badge>}
				<span className="text-sm text-text-2">
					{t('duplicates.confidence', { value: numberOf(Math.round(group.confidence * 100), i18n.language) })}
				</span>
				<span className="ml-auto flex flex-wrap gap-2">
					{group.state === 'open' ? (
						<>
							<Button
								icon="play"
								className="h-9! px-3.5!"
								onClick={() =>
									playTracks(
										group.tracks.map(({ track }) => track),
										0,
									)
								}
							>
								{t('duplicates.playAll')}
							</Button>
							<Button
								icon="close"
								className="h-9! px-3.5!"
								onClick={() => void decide(() => dismissGroup(group), 'dismissed')}
							>
								{t('duplicates.dismiss')}
							</Button>
						</>
					) : (
						<Button
							icon="history"
							className="h-9! px-3.5!"
							onClick={() => void decide(() => undoDecision(group), 'undone')}
						>
							{t('duplicates.undo')}
						</Button>
					)}
				</span>
			</div>
			<DuplicateFacts
				group={group}
				keep={(track) => void decide(() => keepTrack(group, track), 'merged')}
				exclude={(track) => void decide(() => dismissTrack(group, track), 'dismissed')}
			/>
		</section>
	);
}

/** Keeps the best of every group that nothing speaks against, one after the other. */
function useKeepSure(reload: () => void) {
	const { t } = useTranslation();
	const [left, setLeft] = useState(0);
	const keepSure = async () => {
		const groups: DuplicateGroup[] = [];
		if (!(await attempt(async () => groups.push(...(await sureGroups()))))) return;
		if (groups.length === 0) {
			toast(t('duplicates.noneSure'));
			return;
		}
		const title = t('duplicates.keepSureAsk', { count: groups.length });
		if (!(await confirm({ title, text: t('duplicates.keepSureText'), action: t('duplicates.keepSure') }))) return;
		let done = 0;
		for (const [at, group] of groups.entries()) {
			setLeft(groups.length - at);
			if (group.best_id !== null && (await attempt(() => keepTrack(group, group.best_id!)))) done += 1;
		}
		setLeft(0);
		toast(t('duplicates.keptSure', { count: done }));
		reload();
	};
	return { left, keepSure };
}

/** Tracks that sound the same, side by side: which one to keep, or that they are none; all of it can be undone. */
export default function DuplicatesPage() {
	const { t } = useTranslation();
	const table = useTable<DuplicateGroup>('/duplicates', {
		sorts: ['-id', 'id'],
		filters: ['sure'],
		asked: ({ filter }) => ({ state: filter('state') || 'open' }),
		limit: 20,
	});
	const { left, keepSure } = useKeepSure(table.reload);
	const state = (table.filter('state') || 'open') as DuplicateState;
	return (
		<>
			<Head title={t('admin.nav.duplicates')} hint={t('duplicates.hint')}>
				{state === 'open' && table.items.length > 0 && (
					<Button
						look="primary"
						icon="check"
						className="h-10! px-4!"
						disabled={left > 0}
						onClick={() => void keepSure()}
					>
						{left > 0 ? t('duplicates.keepingSure', { count: left }) : t('duplicates.keepSure')}
					</Button>
				)}
				<ListExport<DuplicateGroup>
					path="/duplicates"
					query={table.query}
					name="ogma-duplicates"
					columns={[
						...columnsOf('id', 'state', 'kind', 'confidence', 'sure', 'best_id', 'kept_id', 'found_at', 'decided_at'),
						['track_ids', ({ tracks }) => tracks.map(({ track }) => track.id).join(' ')],
					]}
				/>
			</Head>
			<Filters>
				<Segmented<DuplicateState>
					label={t('duplicates.state')}
					value={state}
					options={STATES.map((value) => ({ value, label: t(`duplicates.states.${value}`) }))}
					onChange={(value) => table.setFilter('state', value === 'open' ? '' : value)}
				/>
				<ChoiceFilter
					table={table}
					name="sure"
					label={t('duplicates.confidenceOf')}
					options={[{ value: 'true', label: t('duplicates.sure') }]}
				/>
				<AgeOrder table={table} />
			</Filters>
			<div id="table-top" aria-busy={table.stale}>
				{table.error ? (
					<ErrorView error={table.error} retry={table.reload} />
				) : table.items.length === 0 && !table.loading ? (
					<EmptyState title={t(`duplicates.empty.${state}`)} />
				) : (
					table.items.map((group) => <Group key={group.id} group={group} reload={table.reload} />)
				)}
			</div>
			<Pager table={table} />
		</>
	);
}
