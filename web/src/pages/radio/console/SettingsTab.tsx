import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { changeChannel, deleteChannel, type Channel } from '../../../api/channels';
import { Button } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { Problem } from '../../../components/form/Problem';
import { Select } from '../../../components/form/Select';
import { TextArea, TextInput } from '../../../components/form/TextInput';
import { Toggle } from '../../../components/form/Toggle';
import { useForm } from '../../../components/form/use-form';
import { Panel } from '../../../components/Panel';
import { toast } from '../../../components/toast';
import { attempt } from '../report';
import { numberIn } from './number-in';

function Form({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const form = useForm(
		{
			title: channel.title,
			description: channel.description ?? '',
			is_public: channel.is_public,
			auto_end_enabled: channel.auto_end_enabled,
			auto_end_timeout_minutes: String(channel.auto_end_timeout_minutes),
			crossfade_ms: String(channel.crossfade_ms / 1000),
			level_mode: channel.level_mode,
			listeners_max: String(channel.listeners_max),
			requests_enabled: channel.requests_enabled,
			request_cooldown_seconds: String(channel.request_cooldown_seconds / 60),
		},
		async (values) => {
			await changeChannel(channel.id, {
				...values,
				title: values.title.trim(),
				description: values.description.trim() || null,
				auto_end_timeout_minutes: Number(values.auto_end_timeout_minutes),
				crossfade_ms: Math.round(Number(values.crossfade_ms.replace(',', '.')) * 1000),
				listeners_max: Number(values.listeners_max),
				request_cooldown_seconds: Math.round(Number(values.request_cooldown_seconds) * 60),
			});
			toast(t('action.saved'));
		},
		(values) => ({
			title: values.title.trim() ? undefined : t('radio.titleNeeded'),
			auto_end_timeout_minutes: numberIn(values.auto_end_timeout_minutes, 1, 60),
			crossfade_ms: numberIn(values.crossfade_ms, 0, 12),
			listeners_max: numberIn(values.listeners_max, 0, 1_000_000),
			request_cooldown_seconds: numberIn(values.request_cooldown_seconds, 0, 1440),
		}),
	);
	const levels = (['off', 'track', 'album'] as const).map((value) => ({ value, label: t(`settings.gain.${value}`) }));
	return (
		<form {...form.props} className="grid gap-5 md:grid-cols-2">
			<Problem text={form.problem} className="md:col-span-2" />
			<TextInput label={t('radio.form.title')} maxLength={200} required {...form.bind('title')} />
			<TextInput
				label={t('console.settings.listenersMax')}
				hint={t('console.settings.listenersMaxHint')}
				inputMode="numeric"
				{...form.bind('listeners_max')}
			/>
			<TextArea
				label={t('radio.form.description')}
				maxLength={2000}
				fieldClass="md:col-span-2"
				{...form.bind('description')}
			/>
			<Toggle
				label={t('radio.form.public')}
				hint={t('radio.form.publicHint')}
				checked={form.values.is_public}
				onChange={(is_public) => form.set({ is_public })}
			/>
			<Toggle
				label={t('console.settings.requests')}
				hint={t('console.settings.requestsHint')}
				checked={form.values.requests_enabled}
				onChange={(requests_enabled) => form.set({ requests_enabled })}
			/>
			<Toggle
				label={t('console.settings.autoEnd')}
				hint={t('console.settings.autoEndHint')}
				checked={form.values.auto_end_enabled}
				onChange={(auto_end_enabled) => form.set({ auto_end_enabled })}
			/>
			<TextInput
				label={t('console.settings.autoEndMinutes')}
				inputMode="numeric"
				disabled={!form.values.auto_end_enabled}
				{...form.bind('auto_end_timeout_minutes')}
			/>
			<TextInput
				label={t('console.settings.crossfade')}
				hint={t('console.settings.crossfadeHint')}
				inputMode="decimal"
				{...form.bind('crossfade_ms')}
			/>
			<Select
				label={t('console.settings.levels')}
				value={form.values.level_mode}
				options={levels}
				onChange={(level_mode) => form.set({ level_mode })}
			/>
			<TextInput
				label={t('console.settings.cooldown')}
				inputMode="numeric"
				disabled={!form.values.requests_enabled}
				{...form.bind('request_cooldown_seconds')}
			/>
			<div className="flex items-end justify-end md:col-start-2">
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('action.save')}
				</Button>
			</div>
		</form>
	);
}

export function SettingsTab({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const remove = async () => {
		const yes = await confirm({
			title: t('console.settings.deleteTitle', { title: channel.title }),
			text: t('console.settings.deleteText'),
			action: t('action.delete'),
			danger: true,
		});
		if (yes && (await attempt(() => deleteChannel(channel), t('console.settings.deleted')))) navigate('/radio');
	};
	return (
		<div className="max-w-4xl">
			<Panel title={t('console.tab.settings')}>
				<Form channel={channel} />
			</Panel>
			<Panel title={t('console.settings.delete')} hint={t('console.settings.deleteHint')}>
				<Button look="danger" icon="trash" onClick={() => void remove()}>
					{t('console.settings.delete')}
				</Button>
			</Panel>
		</div>
	);
}
