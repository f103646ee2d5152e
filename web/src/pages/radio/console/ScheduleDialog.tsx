import { useTranslation } from 'react-i18next';
import { addPlan, changePlan, type ScheduleRow } from '../../../api/channel-plans';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { TextInput } from '../../../components/form/TextInput';
import { Toggle } from '../../../components/form/Toggle';
import { useForm } from '../../../components/form/use-form';
import { numberIn } from './number-in';
import { PlaylistSelect } from './PlaylistSelect';
import { DAYS, isTime } from './week';
import { Weekdays } from './Weekdays';

interface EditProps {
	channel: number;
	row: ScheduleRow | null;
	onClose: () => void;
}

function Edit({ channel, row, onClose }: EditProps) {
	const { t } = useTranslation();
	const form = useForm(
		{
			playlist_id: row ? String(row.playlist_id) : '',
			weekdays: row?.weekdays ?? [...DAYS],
			starts_at: row?.starts_at ?? '08:00',
			ends_at: row?.ends_at ?? '12:00',
			priority: String(row?.priority ?? 0),
			enabled: row?.enabled ?? true,
		},
		async (values) => {
			const body = { ...values, playlist_id: Number(values.playlist_id), priority: Number(values.priority) };
			if (row) await changePlan(channel, 'schedule', row.id, body);
			else await addPlan(channel, 'schedule', body);
			onClose();
		},
		(values) => ({
			playlist_id: values.playlist_id ? undefined : t('console.playlist.needed'),
			weekdays: values.weekdays.length > 0 ? undefined : t('console.schedule.dayNeeded'),
			starts_at: isTime(values.starts_at) ? undefined : t('console.schedule.timeNeeded'),
			ends_at: isTime(values.ends_at) ? undefined : t('console.schedule.timeNeeded'),
			priority: numberIn(values.priority, -100, 100),
		}),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem || form.bind('weekdays').error || ''} />
			<PlaylistSelect label={t('kind.playlist')} {...form.bind('playlist_id')} />
			<Weekdays value={form.values.weekdays} onChange={(weekdays) => form.set({ weekdays })} />
			<div className="grid grid-cols-[1fr_1fr_5.5rem] gap-3">
				<TextInput type="time" label={t('console.schedule.from')} {...form.bind('starts_at')} />
				<TextInput type="time" label={t('console.schedule.to')} {...form.bind('ends_at')} />
				<TextInput inputMode="numeric" label={t('console.schedule.priority')} {...form.bind('priority')} />
			</div>
			<p className="text-sm text-text-2">{t('console.schedule.priorityHint')}</p>
			<Toggle label={t('console.on')} checked={form.values.enabled} onChange={(enabled) => form.set({ enabled })} />
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('action.save')}
				</Button>
			</Actions>
		</form>
	);
}

interface ScheduleDialogProps {
	channel: number;
	edited: ScheduleRow | 'new' | null;
	onClose: () => void;
}

export function ScheduleDialog({ channel, edited, onClose }: ScheduleDialogProps) {
	const { t } = useTranslation();
	return (
		<Dialog
			open={edited !== null}
			title={t(edited === 'new' ? 'console.schedule.add' : 'console.schedule.edit')}
			onClose={onClose}
		>
			<Edit channel={channel} row={edited === 'new' ? null : edited} onClose={onClose} />
		</Dialog>
	);
}
