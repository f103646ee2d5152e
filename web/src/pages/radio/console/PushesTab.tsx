import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changePlan, deletePlan, usePlans, type Push } from '../../../api/channel-plans';
import type { Channel } from '../../../api/channels';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Toggle } from '../../../components/form/Toggle';
import { Menu } from '../../../components/Menu';
import { Panel } from '../../../components/Panel';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { agoOf } from '../../../i18n/dates';
import { sizeOf } from '../../../i18n/format';
import { attempt } from '../report';
import { PushDialog } from './PushDialog';

const AGAIN_MS = 5000;
const LOOKS = { off: 'plain', connecting: 'plain', on: 'accent', waiting: 'danger' } as const;

/** How it goes there at this moment. */
function State({ push }: { push: Push }) {
	const { t, i18n } = useTranslation();
	const since = push.since && t('console.pushes.since', { ago: agoOf(push.since, i18n.language) });
	const retry = push.retry_at && t('console.pushes.retry', { when: agoOf(push.retry_at, i18n.language) });
	const facts = [
		push.state === 'on' && since,
		push.state === 'on' && sizeOf(push.bytes, i18n.language),
		push.state === 'waiting' && retry,
	].filter(Boolean);
	return (
		<>
			<p className="mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm text-text-2" data-state={push.state}>
				<Badge look={LOOKS[push.state]}>{t(`console.pushes.state.${push.state}`)}</Badge>
				{facts.join(' · ')}
			</p>
			{push.error && <p className="mt-1 text-sm wrap-anywhere text-danger">{push.error}</p>}
		</>
	);
}

function Row({ channel, push, onEdit }: { channel: number; push: Push; onEdit: () => void }) {
	const { t } = useTranslation();
	const remove = async () => {
		const yes = await confirm({
			title: t('console.pushes.deleteTitle'),
			text: push.url,
			action: t('action.delete'),
			danger: true,
		});
		if (yes) await attempt(() => deletePlan(channel, 'pushes', push.id));
	};
	return (
		<li className="flex items-center gap-4 py-3">
			<div className="min-w-0 flex-1">
				<p className="font-medium wrap-anywhere">{push.url}</p>
				<State push={push} />
			</div>
			<Toggle
				label={t('console.pushes.send', { url: push.url })}
				hiddenLabel
				checked={push.enabled}
				onChange={(enabled) => void attempt(() => changePlan(channel, 'pushes', push.id, { enabled }))}
			/>
			<Menu
				label={t('track.more', { title: push.url })}
				entries={() => [
					{ icon: 'edit', label: t('console.edit'), run: onEdit },
					{ icon: 'trash', label: t('action.delete'), danger: true, run: () => void remove() },
				]}
			/>
		</li>
	);
}

/** Which other servers the channel is sent to, and how that goes. */
export function PushesTab({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const { data, error, mutate } = usePlans(channel.id, 'pushes', AGAIN_MS);
	const [edited, setEdited] = useState<Push | 'new' | null>(null);
	if (error && !data) return <ErrorView error={error} retry={() => void mutate()} />;
	return (
		<div className="max-w-4xl">
			<Panel
				title={t('console.tab.pushes')}
				hint={t('console.pushes.hint')}
				actions={
					<Button icon="plus" look="primary" onClick={() => setEdited('new')}>
						{t('console.pushes.add')}
					</Button>
				}
			>
				{!data && <SkeletonRows count={3} />}
				{data?.items.length === 0 && <p className="text-sm text-text-2">{t('console.pushes.none')}</p>}
				<ul aria-label={t('console.tab.pushes')} className="-my-3 divide-y divide-line empty:hidden">
					{data?.items.map((push) => (
						<Row key={push.id} channel={channel.id} push={push} onEdit={() => setEdited(push)} />
					))}
				</ul>
			</Panel>
			<PushDialog channel={channel.id} edited={edited} onClose={() => setEdited(null)} />
		</div>
	);
}
