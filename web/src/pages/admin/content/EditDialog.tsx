import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useEdits } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { Actions, Dialog } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { TextArea, TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';
import { toast } from '../../../components/toast';
import { valueText } from '../diff';
import { attempt } from '../report';
import { changedValues, textsOf, type FieldSpec } from './edit-values';

interface EditProps {
	kind: 'tracks' | 'albums' | 'artists' | 'genres';
	id: number;
	specs: FieldSpec[];
	onClose: () => void;
	onSaved: () => void;
	/** What the server gets, where it is not the changed fields as they are. */
	bodyOf?: (changed: ReturnType<typeof changedValues>) => object;
	children?: ReactNode;
}

/** A field that a person has set: what the files say, and the way back to it. */
function Edited({
	kind,
	id,
	field,
	tag,
	onBack,
}: Pick<EditProps, 'kind' | 'id'> & { field: string; tag: string; onBack: () => void }) {
	const { t } = useTranslation();
	const back = async () => {
		const work = () => apiSend('DELETE', `/${kind}/${id}/edits?fields=${field}`);
		if (await attempt(work, t('admin.edit.backDone'))) onBack();
	};
	return (
		<span className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-text-2">
			<Badge look="accent">{t('admin.edit.edited')}</Badge>
			<span className="min-w-0 wrap-anywhere">{t('admin.edit.tag', { value: tag })}</span>
			<button
				type="button"
				onClick={() => void back()}
				className="rounded-xs font-semibold text-accent-text underline-offset-3 hover:underline"
			>
				{t('admin.edit.back')}
			</button>
		</span>
	);
}

function EditForm({ kind, id, specs, onClose, onSaved, bodyOf, children }: EditProps) {
	const { t } = useTranslation();
	const edits = useEdits(kind, id);
	const form = useForm(textsOf(specs), async (texts) => {
		const changed = changedValues(specs, texts);
		if (Object.keys(changed).length > 0) {
			await apiSend('PUT', `/${kind}/${id}`, bodyOf ? bodyOf(changed) : changed);
			toast(t('action.saved'));
			onSaved();
		}
		onClose();
	});
	const done = () => {
		onSaved();
		onClose();
	};
	return (
		<>
			<form {...form.props}>
				<Problem text={form.problem} />
				<div className="grid gap-4 sm:grid-cols-2">
					{specs.map((spec) => {
						const wide = spec.kind === 'area' || spec.kind === 'list' || spec.name === 'title' || spec.name === 'name';
						const edited = edits.data && spec.name in edits.data.fields;
						return (
							<div key={spec.name} className={wide ? 'sm:col-span-2' : ''}>
								{spec.kind === 'area' ? (
									<TextArea label={t(spec.label)} rows={6} maxLength={spec.max} {...form.bind(spec.name)} />
								) : (
									<TextInput
										label={t(spec.label)}
										hint={spec.hint && t(spec.hint)}
										inputMode={spec.kind === 'number' ? 'numeric' : undefined}
										maxLength={spec.max}
										{...form.bind(spec.name)}
									/>
								)}
								{edited && (
									<Edited
										kind={kind}
										id={id}
										field={spec.name}
										tag={valueText(edits.data?.tags[spec.name] ?? null)}
										onBack={done}
									/>
								)}
							</div>
						);
					})}
				</div>
				<Actions>
					<Button look="quiet" onClick={onClose}>
						{t('action.cancel')}
					</Button>
					<Button look="primary" type="submit" disabled={form.busy}>
						{t('action.save')}
					</Button>
				</Actions>
			</form>
			{children}
		</>
	);
}

interface EditDialogProps<T> extends Pick<EditProps, 'kind' | 'onSaved' | 'bodyOf'> {
	/** null: closed. */
	thing: T | null;
	title: (thing: T) => string;
	specs: (thing: T) => FieldSpec[];
	onClose: () => void;
	bodyFor?: (thing: T, changed: ReturnType<typeof changedValues>) => object;
	/** Below the form. */
	more?: (thing: T) => ReactNode;
}

/** Changes what the library says of a thing. A person's word wins over the files' tags, and can be taken back. */
export function EditDialog<T extends { id: number }>(props: EditDialogProps<T>) {
	const { thing, title, specs, kind, onClose, onSaved, bodyFor, more } = props;
	/* The words stay while the dialog closes. */
	const [last, setLast] = useState(thing);
	if (thing && thing !== last) setLast(thing);
	return (
		<Dialog wide open={thing !== null} title={last ? title(last) : ''} onClose={onClose}>
			{thing && (
				<EditForm
					key={thing.id}
					kind={kind}
					id={thing.id}
					specs={specs(thing)}
					onClose={onClose}
					onSaved={onSaved}
					{...(bodyFor ? { bodyOf: (changed) => bodyFor(thing, changed) } : {})}
				>
					{more?.(thing)}
				</EditForm>
			)}
		</Dialog>
	);
}
