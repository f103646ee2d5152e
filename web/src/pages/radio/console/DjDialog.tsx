import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addPlan, changePlan, type Dj } from '../../../api/channel-plans';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { Notice, Problem } from '../../../components/form/Problem';
import { PasswordInput, TextInput } from '../../../components/form/TextInput';
import { Toggle } from '../../../components/form/Toggle';
import { useForm } from '../../../components/form/use-form';
import { Encoder } from './Encoder';
import { DAYS, isTime } from './week';
import { Weekdays } from './Weekdays';

const PASSWORD_MIN = 8;

interface EditProps {
	channel: number;
	dj: Dj | null;
	onSaved: (username: string) => void;
	onClose: () => void;
}

function Edit({ channel, dj, onSaved, onClose }: EditProps) {
	const { t } = useTranslation();
	const form = useForm(
		{
			username: dj?.username ?? '',
			password: '',
			weekdays: dj && dj.weekdays.length > 0 ? dj.weekdays : [...DAYS],
			starts_at: dj?.starts_at ?? '',
			ends_at: dj?.ends_at ?? '',
			enabled: dj?.enabled ?? true,
		},
		async ({ password, ...values }) => {
			const body = {
				...values,
				username: values.username.trim(),
				weekdays: values.weekdays.length === DAYS.length ? [] : values.weekdays,
				starts_at: values.starts_at || null,
				ends_at: values.ends_at || null,
				...(password && { password }),
			};
			if (dj) await changePlan(channel, 'djs', dj.id, body);
			else await addPlan(channel, 'djs', body);
			onSaved(body.username);
		},
		(values) => {
			const short = values.password.length < PASSWORD_MIN && (!dj || values.password !== '');
			const time = (text: string) => (text === '' || isTime(text) ? undefined : t('console.schedule.timeNeeded'));
			return {
				username: values.username.trim() ? undefined : t('console.djs.nameNeeded'),
				password: short ? t('console.djs.passwordShort', { min: PASSWORD_MIN }) : undefined,
				weekdays: values.weekdays.length > 0 ? undefined : t('console.schedule.dayNeeded'),
				starts_at: time(values.starts_at),
				ends_at: time(values.ends_at),
			};
		},
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem || form.bind('weekdays').error || ''} />
			<div className="grid gap-4 sm:grid-cols-2">
				<TextInput label={t('console.djs.name')} maxLength={64} autoComplete="off" {...form.bind('username')} />
				<PasswordInput
					label={t('console.djs.password')}
					hint={t(dj ? 'console.djs.passwordKept' : 'console.djs.passwordHint')}
					autoComplete="new-password"
					maxLength={200}
					{...form.bind('password')}
				/>
			</div>
			<Weekdays value={form.values.weekdays} onChange={(weekdays) => form.set({ weekdays })} />
			<div className="grid grid-cols-2 gap-3">
				<TextInput type="time" label={t('console.schedule.from')} {...form.bind('starts_at')} />
				<TextInput type="time" label={t('console.schedule.to')} {...form.bind('ends_at')} />
			</div>
			<p className="text-sm text-text-2">{t('console.djs.windowHint')}</p>
			<Toggle label={t('console.on')} checked={form.values.enabled} onChange={(enabled) => form.set({ enabled })} />
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t(dj ? 'action.save' : 'action.add')}
				</Button>
			</Actions>
		</form>
	);
}

function Made({ channel, username, onClose }: { channel: number; username: string; onClose: () => void }) {
	const { t } = useTranslation();
	return (
		<div className="space-y-4">
			<Notice>{t('console.djs.made', { name: username })}</Notice>
			<Encoder channel={channel} username={username} />
			<Actions>
				<Button look="primary" onClick={onClose}>
					{t('action.close')}
				</Button>
			</Actions>
		</div>
	);
}

interface DjDialogProps {
	channel: number;
	edited: Dj | 'new' | null;
	onClose: () => void;
}

export function DjDialog({ channel, edited, onClose }: DjDialogProps) {
	const { t } = useTranslation();
	const [made, setMade] = useState<string | null>(null);
	const dj = edited === 'new' ? null : edited;
	const close = () => {
		setMade(null);
		onClose();
	};
	return (
		<Dialog open={edited !== null} title={t(dj ? 'console.djs.edit' : 'console.djs.add')} onClose={close}>
			{made === null ? (
				<Edit channel={channel} dj={dj} onSaved={(name) => (dj ? close() : setMade(name))} onClose={close} />
			) : (
				<Made channel={channel} username={made} onClose={close} />
			)}
		</Dialog>
	);
}
