import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addPlan, changePlan, deletePlan, usePlans, type Dj } from '../../../api/channel-plans';
import { liveUrl, type Channel } from '../../../api/channels';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { CopyText } from '../../../components/CopyText';
import { Actions, Dialog } from '../../../components/Dialog';
import { Notice, Problem } from '../../../components/form/Problem';
import { PasswordInput, TextInput } from '../../../components/form/TextInput';
import { Toggle } from '../../../components/form/Toggle';
import { useForm } from '../../../components/form/use-form';
import { Menu } from '../../../components/Menu';
import { OnAir } from '../../../components/OnAir';
import { Panel } from '../../../components/Panel';
import { attempt } from '../report';

const PASSWORD_MIN = 8;

function NewDj({ channel, onClose }: { channel: Channel; onClose: () => void }) {
	const { t } = useTranslation();
	const [made, setMade] = useState<string | null>(null);
	const form = useForm(
		{ username: '', password: '' },
		async ({ username, password }) => {
			await addPlan(channel.id, 'djs', { username: username.trim(), password });
			setMade(username.trim());
		},
		({ username, password }) => ({
			username: username.trim() ? undefined : t('console.djs.nameNeeded'),
			password: password.length >= PASSWORD_MIN ? undefined : t('console.djs.passwordShort', { min: PASSWORD_MIN }),
		}),
	);
	if (made !== null) {
		return (
			<div className="space-y-4">
				<Notice>{t('console.djs.made', { name: made })}</Notice>
				<Address channel={channel} />
				<Actions>
					<Button look="primary" onClick={onClose}>
						{t('action.close')}
					</Button>
				</Actions>
			</div>
		);
	}
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<TextInput label={t('console.djs.name')} maxLength={64} autoComplete="off" {...form.bind('username')} />
			<PasswordInput
				label={t('console.djs.password')}
				hint={t('console.djs.passwordHint')}
				autoComplete="new-password"
				{...form.bind('password')}
			/>
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

/** What a DJ's program has to be told. */
function Address({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const mount = liveUrl(channel.id, 'mp3').replace(/\.mp3$/, '');
	const facts: [string, string][] = [
		[t('console.djs.server'), location.hostname],
		[t('console.djs.port'), location.port || (location.protocol === 'https:' ? '443' : '80')],
		[t('console.djs.mount'), mount],
	];
	return (
		<dl className="grid gap-3 sm:grid-cols-3">
			{facts.map(([name, value]) => (
				<div key={name}>
					<dt className="mb-1 text-sm text-text-2">{name}</dt>
					<dd>
						<CopyText text={value} label={name} />
					</dd>
				</div>
			))}
		</dl>
	);
}

function Row({ channel, dj }: { channel: Channel; dj: Dj }) {
	const { t } = useTranslation();
	const remove = async () => {
		const yes = await confirm({
			title: t('console.djs.deleteTitle', { name: dj.username }),
			action: t('action.delete'),
			danger: true,
		});
		if (yes) await attempt(() => deletePlan(channel.id, 'djs', dj.id));
	};
	return (
		<li className="flex items-center gap-4 py-3">
			<p className="min-w-0 flex-1 truncate font-medium">{dj.username}</p>
			{dj.connected && <OnAir on />}
			<Toggle
				label={t('console.djs.may', { name: dj.username })}
				hiddenLabel
				checked={dj.enabled}
				onChange={(enabled) => void attempt(() => changePlan(channel.id, 'djs', dj.id, { enabled }))}
			/>
			<Menu
				label={t('track.more', { title: dj.username })}
				entries={() => [{ icon: 'trash', label: t('action.delete'), danger: true, run: () => void remove() }]}
			/>
		</li>
	);
}

/** Who may come in live, and with what address. */
export function DjsTab({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const { data } = usePlans(channel.id, 'djs');
	const [adding, setAdding] = useState(false);
	return (
		<div className="max-w-4xl">
			<Panel
				title={t('console.tab.djs')}
				hint={t('console.djs.hint')}
				actions={
					<Button icon="plus" look="primary" onClick={() => setAdding(true)}>
						{t('console.djs.add')}
					</Button>
				}
			>
				{data?.items.length === 0 && <p className="text-sm text-text-2">{t('console.djs.none')}</p>}
				<ul className="-my-3 divide-y divide-line empty:hidden">
					{data?.items.map((dj) => (
						<Row key={dj.id} channel={channel} dj={dj} />
					))}
				</ul>
			</Panel>
			<Panel title={t('console.djs.connect')} hint={t('console.djs.connectHint')}>
				<Address channel={channel} />
			</Panel>
			<Dialog open={adding} title={t('console.djs.add')} onClose={() => setAdding(false)}>
				<NewDj channel={channel} onClose={() => setAdding(false)} />
			</Dialog>
		</div>
	);
}
