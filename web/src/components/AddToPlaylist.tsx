import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';
import { useInfiniteList } from '../api/hooks';
import { addTracks, createPlaylist, type Playlist } from '../api/playlists';
import { useToAdd, type ToAdd } from './add-to-playlist';
import { Button } from './Button';
import { Actions, Dialog } from './Dialog';
import { Problem } from './form/Problem';
import { TextInput } from './form/TextInput';
import { faultsOf, useForm } from './form/use-form';
import { Icon } from './Icon';
import { PlaylistCover } from './PlaylistCover';
import { SkeletonRows } from './Skeletons';
import { toast } from './toast';

interface StepProps {
	what: ToAdd;
	onClose: () => void;
}

const FILTER_FROM = 8;

const close = () => useToAdd.setState({ what: null });

/** Ids the server found in the list already; null when that is not what went wrong. */
function duplicatesOf(error: unknown): number[] | null {
	if (!(error instanceof ApiError) || error.status !== 409) return null;
	const { duplicates } = (error.details ?? {}) as { duplicates?: number[] };
	return Array.isArray(duplicates) ? duplicates : null;
}

function NewPlaylist({ what, onDone }: { what: ToAdd; onDone: (playlist: Playlist) => void }) {
	const { t } = useTranslation();
	const form = useForm(
		{ title: '' },
		async ({ title }) => onDone(await createPlaylist({ title: title.trim(), track_ids: what.ids })),
		({ title }) => ({ title: title.trim() ? undefined : t('playlist.titleNeeded') }),
	);
	return (
		<form {...form.props} className="flex items-end gap-2.5">
			<TextInput label={t('playlist.new')} maxLength={200} fieldClass="flex-1" {...form.bind('title')} />
			<Button type="submit" look="primary" disabled={form.busy} className={form.problem ? 'mb-7' : ''}>
				{t('action.create')}
			</Button>
		</form>
	);
}

function Choice({ playlist, onChoose, busy }: { playlist: Playlist; onChoose: () => void; busy: boolean }) {
	const { t } = useTranslation();
	return (
		<li>
			<button
				type="button"
				disabled={busy}
				onClick={onChoose}
				className="flex w-full items-center gap-3 rounded-sm p-2 text-left hover:bg-surface-2 disabled:opacity-60"
			>
				<PlaylistCover playlist={playlist} sizes="48px" className="w-11 rounded-xs!" />
				<span className="min-w-0 flex-1">
					<span className="block truncate font-medium">{playlist.title}</span>
					<span className="block text-sm text-text-2">{t('count.tracks', { count: playlist.track_count })}</span>
				</span>
				<Icon name="plus" className="size-5 text-text-3" />
			</button>
		</li>
	);
}

function Choices({ what, onClose }: StepProps) {
	const { t } = useTranslation();
	const [filter, setFilter] = useState('');
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState('');
	const [asked, setAsked] = useState<{ playlist: Playlist; duplicates: number[] } | null>(null);
	const list = useInfiniteList<Playlist>('/playlists', { owner: 'me', kind: 'manual', sort: '-updated_at' });
	const words = filter.trim().toLowerCase();
	const shown = list.items.filter(({ title }) => title.toLowerCase().includes(words));

	const done = (playlist: Playlist, count: number) => {
		toast(
			count === 0
				? t('playlist.nothingAdded', { playlist: playlist.title })
				: t('playlist.added', { count, playlist: playlist.title }),
			{ label: t('action.open'), to: `/playlists/${playlist.id}` },
		);
		onClose();
	};
	const add = async (playlist: Playlist, duplicates: 'report' | 'skip' | 'add') => {
		setBusy(true);
		setProblem('');
		try {
			done(playlist, (await addTracks(playlist.id, what.ids, duplicates)).added);
		} catch (error) {
			const there = duplicatesOf(error);
			if (there) setAsked({ playlist, duplicates: there });
			else setProblem(faultsOf(error, {}).rest);
		} finally {
			setBusy(false);
		}
	};

	if (asked) {
		const { playlist, duplicates } = asked;
		const all = duplicates.length >= new Set(what.ids).size;
		return (
			<>
				<p className="text-text-2">
					{all
						? t('playlist.allThere', { count: what.ids.length, playlist: playlist.title })
						: t('playlist.someThere', { count: duplicates.length, playlist: playlist.title })}
				</p>
				<Problem text={problem} />
				<Actions>
					<Button look="quiet" onClick={onClose}>
						{t('action.cancel')}
					</Button>
					<Button look={all ? 'primary' : 'plain'} disabled={busy} onClick={() => void add(playlist, 'add')}>
						{t('playlist.addAgain')}
					</Button>
					{!all && (
						<Button look="primary" disabled={busy} onClick={() => void add(playlist, 'skip')}>
							{t('playlist.addOthers')}
						</Button>
					)}
				</Actions>
			</>
		);
	}
	return (
		<div className="space-y-4">
			<Problem text={problem} />
			<NewPlaylist what={what} onDone={(playlist) => done(playlist, what.ids.length)} />
			{list.loading && <SkeletonRows count={3} />}
			{list.items.length >= FILTER_FROM && (
				<TextInput
					label={t('playlist.find')}
					hiddenLabel
					type="search"
					placeholder={t('playlist.find')}
					value={filter}
					onChange={setFilter}
				/>
			)}
			<ul aria-label={t('nav.playlists')} className="-mx-2 max-h-[46dvh] overflow-y-auto">
				{shown.map((playlist) => (
					<Choice key={playlist.id} playlist={playlist} busy={busy} onChoose={() => void add(playlist, 'report')} />
				))}
				{list.hasMore && (
					<li className="p-2 text-center">
						<Button look="quiet" onClick={list.loadMore}>
							{t('action.more')}
						</Button>
					</li>
				)}
			</ul>
		</div>
	);
}

export default function AddToPlaylist() {
	const { t } = useTranslation();
	const what = useToAdd((state) => state.what);
	const title = what
		? what.ids.length > 1
			? t('playlist.addMany', { count: what.ids.length })
			: t('playlist.addOne', { title: what.title })
		: '';
	return (
		<Dialog open={what !== null} title={title} onClose={close}>
			{what && <Choices what={what} onClose={close} />}
		</Dialog>
	);
}
