import { useTranslation } from 'react-i18next';
import { addPlan, changePlan, PUSH_FORMATS, PUSH_PICTURES, type Push } from '../../../api/channel-plans';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { Select } from '../../../components/form/Select';
import { PasswordInput, TextInput } from '../../../components/form/TextInput';
import { Toggle } from '../../../components/form/Toggle';
import { useForm } from '../../../components/form/use-form';
import { numberIn } from './number-in';

interface EditProps {
	channel: number;
	push: Push | null;
	onClose: () => void;
}

const ADDRESS = { rtmp: /^rtmps?:\/\/\S+$/, icecast: /^https?:\/\/[^/\s]+\/\S+$/ } as const;
const EXAMPLE = { rtmp: 'rtmps://live.example.org/app', icecast: 'http://radio.example.org:8000/amber.mp3' } as const;

function Edit({ channel, push, onClose }: EditProps) {
	const { t } = useTranslation();
	const settings = push?.settings;
	const form = useForm(
		{
			kind: push?.kind ?? ('rtmp' as Push['kind']),
			url: push?.url ?? '',
			secret: '',
			bitrate_kbps: String(settings?.bitrate_kbps ?? ''),
			format: settings?.format ?? PUSH_FORMATS[0],
			picture: settings?.picture ?? PUSH_PICTURES[0],
			name: settings?.name ?? '',
			username: settings?.username ?? '',
			counts_as_listener: settings?.counts_as_listener ?? false,
			enabled: push?.enabled ?? true,
		},
		async (values) => {
			const { kind, url, secret, enabled, counts_as_listener, format, picture } = values;
			const icecast = { format, username: values.username.trim() || null };
			const body = {
				url: url.trim(),
				enabled,
				settings: {
					bitrate_kbps: values.bitrate_kbps.trim() ? Number(values.bitrate_kbps) : null,
					name: values.name.trim() || null,
					counts_as_listener,
					...(kind === 'icecast' ? icecast : { picture }),
				},
				/* One that is not typed is left as it is. */
				...(secret && { secret }),
			};
			if (push) await changePlan(channel, 'pushes', push.id, body);
			else await addPlan(channel, 'pushes', { kind, ...body });
			onClose();
		},
		(values) => ({
			url: ADDRESS[values.kind].test(values.url.trim()) ? undefined : t(`console.pushes.urlNeeded.${values.kind}`),
			bitrate_kbps: values.bitrate_kbps.trim() ? numberIn(values.bitrate_kbps, 32, 512) : undefined,
		}),
	);
	const { kind } = form.values;
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<Select
				label={t('console.pushes.kindLabel')}
				value={kind}
				disabled={push !== null}
				options={(['rtmp', 'icecast'] as const).map((value) => ({ value, label: t(`console.pushes.kind.${value}`) }))}
				onChange={(next) => form.set({ kind: next })}
			/>
			<TextInput
				label={t('console.pushes.url')}
				hint={t('console.pushes.urlHint', { example: EXAMPLE[kind] })}
				type="url"
				spellCheck={false}
				autoCapitalize="none"
				{...form.bind('url')}
			/>
			<PasswordInput
				label={t(`console.pushes.secret.${kind}`)}
				hint={t(push?.has_secret ? 'console.pushes.secretKept' : 'console.pushes.secretHint')}
				autoComplete="new-password"
				maxLength={500}
				{...form.bind('secret')}
			/>
			<div className="grid gap-4 sm:grid-cols-2">
				{kind === 'icecast' ? (
					<>
						<TextInput
							label={t('console.pushes.username')}
							placeholder="source"
							autoComplete="off"
							{...form.bind('username')}
						/>
						<Select
							label={t('console.pushes.format')}
							value={form.values.format}
							options={PUSH_FORMATS.map((value) => ({ value, label: value.toUpperCase() }))}
							onChange={(format) => form.set({ format })}
						/>
					</>
				) : (
					<Select
						label={t('console.pushes.pictureLabel')}
						value={form.values.picture}
						options={PUSH_PICTURES.map((value) => ({ value, label: t(`console.pushes.picture.${value}`) }))}
						onChange={(picture) => form.set({ picture })}
					/>
				)}
				<TextInput
					label={t('console.pushes.bitrate')}
					hint={t('console.pushes.bitrateHint')}
					inputMode="numeric"
					{...form.bind('bitrate_kbps')}
				/>
				<TextInput
					label={t('console.pushes.name')}
					hint={t('console.pushes.nameHint')}
					maxLength={200}
					{...form.bind('name')}
				/>
			</div>
			<Toggle
				label={t('console.pushes.counts')}
				hint={t('console.pushes.countsHint')}
				checked={form.values.counts_as_listener}
				onChange={(counts_as_listener) => form.set({ counts_as_listener })}
			/>
			<Toggle label={t('console.on')} checked={form.values.enabled} onChange={(enabled) => form.set({ enabled })} />
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t(push ? 'action.save' : 'action.add')}
				</Button>
			</Actions>
		</form>
	);
}

interface PushDialogProps {
	channel: number;
	edited: Push | 'new' | null;
	onClose: () => void;
}

export function PushDialog({ channel, edited, onClose }: PushDialogProps) {
	const { t } = useTranslation();
	const push = edited === 'new' ? null : edited;
	return (
		<Dialog open={edited !== null} title={t(push ? 'console.pushes.edit' : 'console.pushes.add')} onClose={onClose}>
			<Edit channel={channel} push={push} onClose={onClose} />
		</Dialog>
	);
}
