import { useTranslation } from 'react-i18next';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';

export type ValueAction = 'genre' | 'album' | 'album_artist' | 'year' | 'artist';
/** What may be emptied for many tracks at once. */
const EMPTY = new Set<ValueAction>(['album_artist', 'year']);

interface BulkValueDialogProps {
	/** null: closed. */
	action: ValueAction | null;
	count: number;
	onClose: () => void;
	onValue: (value: string | number | null) => void;
}

function Form({ action, count, onClose, onValue }: BulkValueDialogProps & { action: ValueAction }) {
	const { t } = useTranslation();
	const form = useForm(
		{ value: '' },
		({ value }) => {
			const text = value.trim();
			onValue(text === '' ? null : action === 'year' ? Number(text) : text);
			return Promise.resolve();
		},
		({ value }) => {
			const text = value.trim();
			if (text === '' && !EMPTY.has(action)) return { value: t('admin.content.needed') };
			if (action === 'year' && text !== '' && !/^[1-9]\d{0,3}$/.test(text)) return { value: t('admin.content.noYear') };
			return {};
		},
	);
	return (
		<form {...form.props}>
			<TextInput
				label={t(`admin.content.bulk.${action}`)}
				hint={EMPTY.has(action) ? t('admin.content.emptyHint') : undefined}
				{...(action === 'year' ? { inputMode: 'numeric' as const } : {})}
				{...form.bind('value')}
			/>
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button look="primary" type="submit">
					{t('admin.content.apply', { count })}
				</Button>
			</Actions>
		</form>
	);
}

/** One value for many tracks. */
export function BulkValueDialog(props: BulkValueDialogProps) {
	const { t } = useTranslation();
	const { action, count, onClose } = props;
	return (
		<Dialog open={action !== null} title={t('admin.content.forMany', { count })} onClose={onClose}>
			{action && <Form {...props} action={action} />}
		</Dialog>
	);
}
