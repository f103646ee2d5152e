import { useTranslation } from 'react-i18next';
import type { Rule, RuleFields, RuleGroup } from '../../api/playlists';
import { Button, IconButton } from '../../components/Button';
import { BareSelect } from '../../components/form/Select';
import { fieldOf, isGroup, newRule, opOf, withField, withOp, type Path, type RuleNode } from './rules';
import { ValueInput } from './ValueInput';

export interface EditorProps {
	fields: RuleFields;
	/** Faults of the server's by place ("1.0"). */
	faults: Map<string, string>;
	full: boolean;
	onReplace: (path: Path, node: RuleNode | null) => void;
	onAdd: (path: Path, node: RuleNode) => void;
}

function RuleRow({ rule, path, editor }: { rule: Rule; path: Path; editor: EditorProps }) {
	const { t, i18n } = useTranslation();
	const { fields, faults, onReplace } = editor;
	const field = fieldOf(fields, rule.field);
	if (!field) return null;
	const fault = faults.get(path.join('.'));
	const words = (label: { en: string; ru: string }) => (i18n.language === 'ru' ? label.ru : label.en);
	return (
		<li className="rounded-md bg-surface-2/60 p-2.5">
			<div className="flex flex-wrap items-center gap-2" role="group" aria-label={words(field.label)}>
				<BareSelect
					label={t('rules.field')}
					value={rule.field}
					options={fields.fields.map(({ name, label }) => ({ value: name, label: words(label) }))}
					onChange={(name) => onReplace(path, withField(fields, rule, name))}
					className="min-w-32 flex-[1_1_8.5rem]"
				/>
				<BareSelect
					label={t('rules.op')}
					value={rule.op}
					options={field.ops.map((name) => {
						const op = opOf(fields, name);
						return { value: name, label: op ? words(op.label) : name };
					})}
					onChange={(name) => onReplace(path, withOp(fields, rule, name))}
					className="min-w-28 flex-[1_1_7.5rem]"
				/>
				<div className="flex min-w-36 flex-[2_1_9rem] items-center gap-2 empty:hidden">
					<ValueInput
						rule={rule}
						field={field}
						op={opOf(fields, rule.op)}
						wrong={fault !== undefined}
						textMax={fields.limits.text}
						onChange={(value) => onReplace(path, { ...rule, value: value ?? '' })}
					/>
				</div>
				<IconButton icon="close" size="sm" label={t('rules.remove')} onClick={() => onReplace(path, null)} />
			</div>
			{fault && <p className="mt-1.5 px-1 text-sm font-medium text-danger">{fault}</p>}
		</li>
	);
}

/** Rules that hold all together or each by itself, and groups of such. */
export function GroupEditor({ group, path, editor }: { group: RuleGroup; path: Path; editor: EditorProps }) {
	const { t } = useTranslation();
	const { fields, full, onReplace, onAdd } = editor;
	const nested = path.length > 0;
	const fault = editor.faults.get(path.join('.'));
	return (
		<fieldset className={nested ? 'rounded-md border border-line-strong p-3' : ''}>
			<legend className="sr-only">{t(nested ? 'rules.group' : 'rules.title')}</legend>
			<div className="mb-2.5 flex items-center gap-2">
				<BareSelect
					label={t('rules.match')}
					value={group.match}
					options={[
						{ value: 'all', label: t('rules.all') },
						{ value: 'any', label: t('rules.any') },
					]}
					onChange={(match) => onReplace(path, { match, rules: group.rules })}
					className="font-semibold"
				/>
				{nested && (
					<IconButton
						icon="trash"
						size="sm"
						label={t('rules.removeGroup')}
						className="ml-auto"
						onClick={() => onReplace(path, null)}
					/>
				)}
			</div>
			<ul className="space-y-2">
				{group.rules.map((node, at) =>
					isGroup(node) ? (
						<li key={at}>
							<GroupEditor group={node} path={[...path, at]} editor={editor} />
						</li>
					) : (
						<RuleRow key={at} rule={node} path={[...path, at]} editor={editor} />
					),
				)}
			</ul>
			{fault && <p className="mt-1.5 text-sm font-medium text-danger">{fault}</p>}
			<div className="mt-2.5 flex flex-wrap gap-2">
				<Button icon="plus" className="h-10! px-4!" disabled={full} onClick={() => onAdd(path, newRule(fields))}>
					{t('rules.add')}
				</Button>
				{path.length + 1 < fields.limits.depth && (
					<Button
						look="quiet"
						icon="plus"
						className="h-10! px-4!"
						disabled={full}
						onClick={() => onAdd(path, { match: group.match === 'all' ? 'any' : 'all', rules: [newRule(fields)] })}
					>
						{t('rules.addGroup')}
					</Button>
				)}
			</div>
		</fieldset>
	);
}
