import { useTranslation } from 'react-i18next';
import type { Rule, RuleFields, RuleGroup } from '../../api/playlists';
import { Button, IconButton } from '../../components/Button';
import { CONTROL } from '../../components/form/control';
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

const SELECT = `h-11 cursor-pointer ${CONTROL}`;

function RuleRow({ rule, path, editor }: { rule: Rule; path: Path; editor: EditorProps }) {
	const { t, i18n } = useTranslation();
	const { fields, faults, onReplace } = editor;
	const field = fieldOf(fields, rule.field);
	if (!field) return null;
	const fault = faults.get(path.join('.'));
	const words = (label: Record<string, string>) => label[i18n.language] ?? label.en;
	return (
		<li className="rounded-md bg-surface-2/60 p-2.5">
			<div className="flex flex-wrap items-center gap-2" role="group" aria-label={words(field.label)}>
				<select
					aria-label={t('rules.field')}
					value={rule.field}
					onChange={(event) => onReplace(path, withField(fields, rule, event.target.value))}
					className={`min-w-36 basis-40 max-sm:flex-1 sm:w-auto ${SELECT}`}
				>
					{fields.fields.map(({ name, label }) => (
						<option key={name} value={name}>
							{words(label)}
						</option>
					))}
				</select>
				<select
					aria-label={t('rules.op')}
					value={rule.op}
					onChange={(event) => onReplace(path, withOp(fields, rule, event.target.value))}
					className={`min-w-32 basis-36 max-sm:flex-1 sm:w-auto ${SELECT}`}
				>
					{field.ops.map((name) => (
						<option key={name} value={name}>
							{words(opOf(fields, name)?.label ?? {}) ?? name}
						</option>
					))}
				</select>
				<div className="flex min-w-48 flex-[2_1_12rem] items-center gap-2">
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
				<select
					aria-label={t('rules.match')}
					value={group.match}
					onChange={(event) =>
						onReplace(path, { match: event.target.value === 'any' ? 'any' : 'all', rules: group.rules })
					}
					className={`w-auto! pr-8 font-semibold ${SELECT}`}
				>
					<option value="all">{t('rules.all')}</option>
					<option value="any">{t('rules.any')}</option>
				</select>
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
