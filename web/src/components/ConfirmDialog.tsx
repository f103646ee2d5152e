import { useTranslation } from 'react-i18next';
import { Button } from './Button';
import { useConfirm } from './confirm';
import { Actions, Dialog } from './Dialog';

/** Shows what `confirm` asks. Once in the shell. */
export function ConfirmDialog() {
	const { t } = useTranslation();
	const { question, answer } = useConfirm();
	return (
		<Dialog open={question !== null} title={question?.title ?? ''} onClose={() => answer(false)}>
			{question?.text && <p className="text-text-2">{question.text}</p>}
			<Actions>
				<Button look="quiet" onClick={() => answer(false)}>
					{t('action.cancel')}
				</Button>
				<Button look={question?.danger ? 'danger' : 'primary'} onClick={() => answer(true)}>
					{question?.action}
				</Button>
			</Actions>
		</Dialog>
	);
}
