import { useTranslation } from 'react-i18next';
import { Button } from '../../../components/Button';
import { CopyText } from '../../../components/CopyText';
import { Actions, Dialog } from '../../../components/Dialog';
import { dateTimeOf } from '../../../i18n/dates';

interface LinkDialogProps {
	shown: { name: string; link: string; until: string | null } | null;
	onClose: () => void;
}

/** A link that is shown once: whoever has it sets the password. */
export function LinkDialog({ shown, onClose }: LinkDialogProps) {
	const { t, i18n } = useTranslation();
	return (
		<Dialog open={shown !== null} title={t('admin.users.linkFor', { name: shown?.name ?? '' })} onClose={onClose}>
			<p className="mb-4 text-text-2">{t('admin.users.linkText')}</p>
			{shown && <CopyText text={new URL(shown.link, location.origin).href} label={t('admin.users.link')} />}
			{shown?.until && (
				<p className="mt-3 text-sm text-text-2">{t('admin.until', { time: dateTimeOf(shown.until, i18n.language) })}</p>
			)}
			<Actions>
				<Button look="primary" onClick={onClose}>
					{t('action.close')}
				</Button>
			</Actions>
		</Dialog>
	);
}
