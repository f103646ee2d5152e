import { useTranslation } from 'react-i18next';
import useSWR from 'swr';
import type { Genre } from '../../../api/types';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { Select } from '../../../components/form/Select';
import { useForm } from '../../../components/form/use-form';
import { allRows } from '../csv';

interface MergeDialogProps {
	/** null: closed. */
	ids: number[] | null;
	onClose: () => void;
	onMerge: (ids: number[], into: number) => void;
}

function Form({ ids, onClose, onMerge }: MergeDialogProps & { ids: number[] }) {
	const { t } = useTranslation();
	const { data } = useSWR<Genre[]>('all-genres', () => allRows<Genre>('/genres/', {}));
	const targets = (data ?? []).filter(({ id }) => !ids.includes(id)).sort((a, b) => a.name.localeCompare(b.name));
	const names = (data ?? []).filter(({ id }) => ids.includes(id)).map(({ name }) => name);
	const form = useForm(
		{ into: '' },
		({ into }) => {
			onMerge(ids, Number(into));
			return Promise.resolve();
		},
		({ into }) => ({ into: into ? undefined : t('admin.content.needed') }),
	);
	return (
		<form {...form.props}>
			<p className="mb-4 text-text-2">{t('admin.genres.mergeText', { names: names.join(', ') })}</p>
			<Select
				label={t('admin.genres.into')}
				options={[{ value: '', label: '—' }, ...targets.map(({ id, name }) => ({ value: String(id), label: name }))]}
				{...form.bind('into')}
			/>
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button look="primary" type="submit">
					{t('admin.genres.merge')}
				</Button>
			</Actions>
		</form>
	);
}

/** Two spellings of one genre become one. */
export function MergeDialog(props: MergeDialogProps) {
	const { t } = useTranslation();
	const { ids, onClose } = props;
	return (
		<Dialog open={ids !== null} title={t('admin.genres.merge')} onClose={onClose}>
			{ids && <Form {...props} ids={ids} />}
		</Dialog>
	);
}
