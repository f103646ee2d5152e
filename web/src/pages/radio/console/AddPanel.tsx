import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Track } from '../../../api/types';
import { Button, IconButton } from '../../../components/Button';
import { Checkbox } from '../../../components/form/Toggle';
import { Select } from '../../../components/form/Select';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';
import { Problem } from '../../../components/form/Problem';
import { Segmented } from '../../../components/Segmented';
import { toast } from '../../../components/toast';
import { FindTrack } from '../FindTrack';
import type { Draft } from './queue-edit';
import type { QueueEditor } from './use-queue-editor';

const draftOf = (track: Track): Draft => ({
	title: track.title,
	artist: track.artist,
	source: 'track',
	track_id: track.id,
	duration_ms: track.duration_ms,
	cover_url: track.cover_url,
});

const URL_SOURCES = ['stream', 'file', 'youtube', 'telegram'] as const;
type UrlSource = (typeof URL_SOURCES)[number];

/** What an address is, as far as it says by itself. */
function guessOf(url: string): UrlSource {
	if (/^https?:\/\/((www|m|music)\.)?(youtube\.com|youtu\.be)\//i.test(url)) return 'youtube';
	if (/^(https?:\/\/([a-z0-9_]+\.)?(t\.me|telegram\.(me|dog))\/|tg:)/i.test(url)) return 'telegram';
	return /^https?:/i.test(url) ? 'stream' : 'file';
}

function AddAddress({ queue }: { queue: QueueEditor }) {
	const { t } = useTranslation();
	const [chosen, setChosen] = useState<UrlSource | null>(null);
	const form = useForm(
		{ url: '', title: '', next: false },
		({ url, title, next }, set) => {
			const address = url.trim();
			const name = title.trim() || address.split('/').filter(Boolean).at(-1) || address;
			const source = chosen ?? guessOf(address);
			/* a post has a title of its own */
			const untitled = source === 'telegram' && !title.trim();
			queue.add({ title: name.slice(0, 500), untitled, url: address, source }, next);
			set({ url: '', title: '' });
			setChosen(null);
			return Promise.resolve();
		},
		({ url }) => ({ url: url.trim() ? undefined : t('console.add.urlNeeded') }),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<TextInput
				label={t('console.add.url')}
				hint={t('console.add.urlHint')}
				inputMode="url"
				autoComplete="off"
				spellCheck={false}
				{...form.bind('url')}
			/>
			<Select
				label={t('console.add.source')}
				value={chosen ?? guessOf(form.values.url.trim())}
				options={URL_SOURCES.map((value) => ({ value, label: t(`console.source.${value}`) }))}
				onChange={setChosen}
			/>
			<TextInput label={t('console.add.name')} maxLength={500} {...form.bind('title')} />
			<div className="flex flex-wrap items-center justify-between gap-3">
				<Checkbox label={t('console.add.first')} checked={form.values.next} onChange={(next) => form.set({ next })} />
				<Button type="submit" look="primary" icon="plus" disabled={form.busy}>
					{t('action.add')}
				</Button>
			</div>
		</form>
	);
}

/** Search the library and put on: after what plays, or at the end; or anything with an address. */
export function AddPanel({ queue }: { queue: QueueEditor }) {
	const { t } = useTranslation();
	const [from, setFrom] = useState<'library' | 'address'>('library');
	const add = (track: Track, next: boolean) => {
		queue.add(draftOf(track), next);
		toast(t(next ? 'track.willPlayNext' : 'track.addedToQueue', { title: track.title }));
	};
	return (
		<section aria-labelledby="console-add" className="rounded-lg border border-line bg-surface p-4 sm:p-5">
			<div className="mb-4 flex flex-wrap items-center justify-between gap-3">
				<h2 id="console-add" className="text-lg">
					{t('console.add.title')}
				</h2>
				<Segmented
					label={t('console.add.from')}
					value={from}
					options={[
						{ value: 'library', label: t('nav.library') },
						{ value: 'address', label: t('console.add.address') },
					]}
					onChange={setFrom}
				/>
			</div>
			{from === 'library' ? (
				<FindTrack
					className="max-h-104"
					icon="queueAdd"
					action={(track) => t('console.add.end', { title: track.title })}
					onChoose={(track) => add(track, false)}
					extra={(track) => (
						<IconButton
							icon="playNext"
							label={t('console.add.next', { title: track.title })}
							onClick={() => add(track, true)}
						/>
					)}
				/>
			) : (
				<AddAddress queue={queue} />
			)}
		</section>
	);
}
