import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addPlan, changePlan, deletePlan, usePlans, type Jingle } from '../../../api/channel-plans';
import type { Channel } from '../../../api/channels';
import type { Track } from '../../../api/types';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { Select } from '../../../components/form/Select';
import { TextInput } from '../../../components/form/TextInput';
import { Toggle } from '../../../components/form/Toggle';
import { useForm } from '../../../components/form/use-form';
import { Menu } from '../../../components/Menu';
import { Panel } from '../../../components/Panel';
import { FindTrack } from '../FindTrack';
import { attempt } from '../report';
import { numberIn } from './number-in';

interface EditProps {
	channel: number;
	track: Pick<Track, 'id' | 'title'>;
	onClose: () => void;
}

function Often({ channel, track, onClose }: EditProps) {
	const { t } = useTranslation();
	const form = useForm(
		{ every: '4', unit: 'tracks' as 'tracks' | 'minutes' },
		async ({ every, unit }) => {
			const count = { every_tracks: null, every_minutes: null, [`every_${unit}`]: Number(every) };
			await addPlan(channel, 'jingles', { title: track.title, track_id: track.id, ...count });
			onClose();
		},
		({ every }) => ({ every: numberIn(every, 1, 1440) }),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<p className="font-medium">{track.title}</p>
			<div className="grid grid-cols-2 gap-3">
				<TextInput label={t('console.jingles.every')} inputMode="numeric" {...form.bind('every')} />
				<Select
					label={t('console.jingles.unit')}
					value={form.values.unit}
					options={[
						{ value: 'tracks', label: t('console.jingles.tracks') },
						{ value: 'minutes', label: t('console.jingles.minutes') },
					]}
					onChange={(unit) => form.set({ unit })}
				/>
			</div>
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('action.add')}
				</Button>
			</Actions>
		</form>
	);
}

function NewJingle({ channel, onClose }: { channel: number; onClose: () => void }) {
	const { t } = useTranslation();
	const [track, setTrack] = useState<Track | null>(null);
	if (track) return <Often channel={channel} track={track} onClose={onClose} />;
	return <FindTrack icon="check" action={({ title }) => t('console.jingles.choose', { title })} onChoose={setTrack} />;
}

function Row({ channel, jingle }: { channel: number; jingle: Jingle }) {
	const { t } = useTranslation();
	const often =
		jingle.every_tracks !== null
			? t('console.jingles.everyTracks', { count: jingle.every_tracks })
			: t('console.jingles.everyMinutes', { count: jingle.every_minutes ?? 0 });
	return (
		<li className="flex items-center gap-4 py-3">
			<div className="min-w-0 flex-1">
				<p className="truncate font-medium">{jingle.title}</p>
				<p className="text-sm text-text-2">{often}</p>
			</div>
			<Toggle
				label={t('console.jingles.play', { title: jingle.title })}
				hiddenLabel
				checked={jingle.enabled}
				onChange={(enabled) => void attempt(() => changePlan(channel, 'jingles', jingle.id, { enabled }))}
			/>
			<Menu
				label={t('track.more', { title: jingle.title })}
				entries={() => [
					{
						icon: 'trash',
						label: t('action.delete'),
						danger: true,
						run: () => void attempt(() => deletePlan(channel, 'jingles', jingle.id)),
					},
				]}
			/>
		</li>
	);
}

export function Jingles({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const { data } = usePlans(channel.id, 'jingles');
	const [adding, setAdding] = useState(false);
	return (
		<Panel
			title={t('console.jingles.title')}
			hint={t('console.jingles.hint')}
			actions={
				<Button icon="plus" onClick={() => setAdding(true)}>
					{t('console.jingles.add')}
				</Button>
			}
		>
			{data?.items.length === 0 && <p className="text-sm text-text-2">{t('console.jingles.none')}</p>}
			<ul className="-my-3 divide-y divide-line empty:hidden">
				{data?.items.map((jingle) => (
					<Row key={jingle.id} channel={channel.id} jingle={jingle} />
				))}
			</ul>
			<Dialog open={adding} title={t('console.jingles.add')} onClose={() => setAdding(false)}>
				<NewJingle channel={channel.id} onClose={() => setAdding(false)} />
			</Dialog>
		</Panel>
	);
}
