import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createKey, useApiKeys, type ApiKey } from '../../api/auth';
import { Badge } from '../../components/Badge';
import { Button, IconButton } from '../../components/Button';
import { confirm } from '../../components/confirm';
import { CopyText } from '../../components/CopyText';
import { Actions, Dialog } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { Select } from '../../components/form/Select';
import { TextInput } from '../../components/form/TextInput';
import { Checkbox } from '../../components/form/Toggle';
import { useForm } from '../../components/form/use-form';
import { agoOf, isPast } from '../../i18n/dates';
import { OwnList } from './OwnList';

const DAYS = ['30', '90', '365', 'never'] as const;
const DAY_MS = 86_400_000;

function KeyForm({ onDone, onCancel }: { onDone: (key: string) => void; onCancel: () => void }) {
	const { t } = useTranslation();
	const form = useForm(
		{ name: '', write: false, days: '365' as (typeof DAYS)[number] },
		async ({ name, write, days }) => {
			const expires = days === 'never' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
			onDone((await createKey(name.trim(), write ? ['read', 'write'] : ['read'], expires)).key);
		},
		({ name }) => ({ name: name.trim() ? undefined : t('account.keyNameNeeded') }),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<TextInput label={t('account.keyName')} hint={t('account.keyNameHint')} {...form.bind('name')} />
			<Select
				label={t('account.keyExpires')}
				options={DAYS.map((value) => ({ value, label: t(`account.expires.${value}`) }))}
				value={form.values.days}
				onChange={(days) => form.set({ days })}
			/>
			<Checkbox label={t('account.keyWrite')} checked={form.values.write} onChange={(write) => form.set({ write })} />
			<Actions>
				<Button look="quiet" onClick={onCancel}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('account.createKey')}
				</Button>
			</Actions>
		</form>
	);
}

function KeyItem({ row, onDelete }: { row: ApiKey; onDelete: () => void }) {
	const { t, i18n } = useTranslation();
	const facts = [
		t(row.scopes.includes('write') ? 'account.scope.write' : 'account.scope.read'),
		row.last_used_at ? t('account.used', { when: agoOf(row.last_used_at, i18n.language) }) : t('account.neverUsed'),
	];
	const over = isPast(row.expires_at);
	if (row.expires_at && !over) facts.push(t('account.ends', { when: agoOf(row.expires_at, i18n.language) }));
	return (
		<>
			<span className="min-w-0 flex-1">
				<span className="flex flex-wrap items-center gap-2 font-semibold">
					{row.name}
					<code className="text-xs font-normal text-text-3">{row.prefix}…</code>
					{over && <Badge look="danger">{t('account.over')}</Badge>}
				</span>
				<span className="block text-sm text-text-2">{facts.join(' · ')}</span>
			</span>
			<IconButton icon="trash" label={t('account.deleteKey', { name: row.name })} onClick={onDelete} />
		</>
	);
}

export default function AppsTab() {
	const { t } = useTranslation();
	const list = useApiKeys();
	const [making, setMaking] = useState(false);
	const [made, setMade] = useState<string | null>(null);
	const ask = (row: ApiKey) =>
		confirm({
			title: t('account.deleteKeyAsk', { name: row.name }),
			text: t('account.deleteKeyText'),
			action: t('action.delete'),
			danger: true,
		});
	return (
		<OwnList
			title={t('account.keys')}
			hint={t('account.keysHint')}
			actions={
				<Button icon="plus" onClick={() => setMaking(true)}>
					{t('account.createKey')}
				</Button>
			}
			list={list}
			empty={t('account.noKeys')}
			row={(row, remove) => (
				<KeyItem
					row={row}
					onDelete={() => void ask(row).then((sure) => (sure ? remove(`/auth/keys/${row.id}`) : undefined))}
				/>
			)}
		>
			<Dialog
				open={making || made !== null}
				title={t(made ? 'account.keyMade' : 'account.createKey')}
				onClose={() => {
					setMaking(false);
					setMade(null);
				}}
			>
				{made ? (
					<>
						<p className="mb-4 text-text-2">{t('account.keyOnce')}</p>
						<CopyText text={made} label={t('account.keys')} />
					</>
				) : (
					<KeyForm
						onCancel={() => setMaking(false)}
						onDone={(key) => {
							setMade(key);
							void list.mutate();
						}}
					/>
				)}
			</Dialog>
		</OwnList>
	);
}
