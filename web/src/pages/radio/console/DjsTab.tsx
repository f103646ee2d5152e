import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changePlan, deletePlan, disconnectDj, usePlans, type Dj } from '../../../api/channel-plans';
import type { Channel } from '../../../api/channels';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Toggle } from '../../../components/form/Toggle';
import { Menu } from '../../../components/Menu';
import { OnAir } from '../../../components/OnAir';
import { Panel } from '../../../components/Panel';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { attempt } from '../report';
import { daysText } from './days-text';
import { DjDialog } from './DjDialog';
import { Encoder } from './Encoder';

/** Somebody comes in or goes without the page being told. */
const AGAIN_MS = 10_000;

function Row({ channel, dj, onEdit }: { channel: number; dj: Dj; onEdit: () => void }) {
	const { t } = useTranslation();
	const remove = async () => {
		const title = t('console.djs.deleteTitle', { name: dj.username });
		const yes = await confirm({ title, action: t('action.delete'), danger: true });
		if (yes) await attempt(() => deletePlan(channel, 'djs', dj.id));
	};
	const disconnect = async () => {
		const yes = await confirm({
			title: t('console.djs.disconnectTitle', { name: dj.username }),
			text: t('console.djs.disconnectText'),
			action: t('console.djs.disconnect'),
			danger: true,
		});
		if (yes) await attempt(() => disconnectDj(channel));
	};
	const whole = dj.starts_at === null && dj.ends_at === null;
	const span = { from: dj.starts_at ?? '00:00', to: dj.ends_at ?? '24:00' };
	return (
		<li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
			<div className="min-w-32 flex-1">
				<p className="truncate font-medium">{dj.username}</p>
				<p className="text-sm text-text-2">
					{daysText(dj.weekdays)}
					{!whole && ` · ${t('console.schedule.span', span)}`}
				</p>
			</div>
			{dj.on_air && (
				<>
					<OnAir on />
					<Button look="danger" icon="close" onClick={() => void disconnect()}>
						{t('console.djs.disconnect')}
					</Button>
				</>
			)}
			<Toggle
				label={t('console.djs.may', { name: dj.username })}
				hiddenLabel
				checked={dj.enabled}
				onChange={(enabled) => void attempt(() => changePlan(channel, 'djs', dj.id, { enabled }))}
			/>
			<Menu
				label={t('track.more', { title: dj.username })}
				entries={() => [
					{ icon: 'edit', label: t('console.edit'), run: onEdit },
					{ icon: 'trash', label: t('action.delete'), danger: true, run: () => void remove() },
				]}
			/>
		</li>
	);
}

/** Who may come in live, when, and with what address. */
export function DjsTab({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const { data, error, mutate } = usePlans(channel.id, 'djs', AGAIN_MS);
	const [edited, setEdited] = useState<Dj | 'new' | null>(null);
	if (error && !data) return <ErrorView error={error} retry={() => void mutate()} />;
	return (
		<div className="max-w-4xl">
			<Panel
				title={t('console.tab.djs')}
				hint={t('console.djs.hint')}
				actions={
					<Button icon="plus" look="primary" onClick={() => setEdited('new')}>
						{t('console.djs.add')}
					</Button>
				}
			>
				{!data && <SkeletonRows count={3} />}
				{data?.items.length === 0 && <p className="text-sm text-text-2">{t('console.djs.none')}</p>}
				<ul aria-label={t('console.tab.djs')} className="-my-3 divide-y divide-line empty:hidden">
					{data?.items.map((dj) => (
						<Row key={dj.id} channel={channel.id} dj={dj} onEdit={() => setEdited(dj)} />
					))}
				</ul>
			</Panel>
			<Panel title={t('console.djs.connect')} hint={t('console.djs.connectHint')}>
				<Encoder channel={channel.id} />
			</Panel>
			<DjDialog channel={channel.id} edited={edited} onClose={() => setEdited(null)} />
		</div>
	);
}
