import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import {
	changePlaylist,
	createPlaylist,
	usePlaylist,
	useRuleFields,
	type Playlist,
	type RuleFields,
	type Rules,
} from '../../api/playlists';
import { Button, LinkButton } from '../../components/Button';
import { Actions } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { Select } from '../../components/form/Select';
import { TextInput } from '../../components/form/TextInput';
import { Page } from '../../components/Page';
import { Panel } from '../../components/Panel';
import { SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { TrackList } from '../../components/TrackList';
import { lengthOf } from '../../i18n/format';
import { GroupEditor, type EditorProps } from './RuleEditor';
import { added, countRules, emptyRules, isComplete, replaced } from './rules';
import { faultsIn, usePreview, type Preview } from './use-preview';

function Shown({ preview, complete }: { preview: Preview; complete: boolean }) {
	const { t, i18n } = useTranslation();
	return (
		<Panel
			title={t('rules.preview')}
			hint={
				<span role="status">
					{complete &&
						preview.total !== null &&
						[
							t('count.tracks', { count: preview.total }),
							preview.durationMs > 0 && lengthOf(preview.durationMs, i18n.language),
						]
							.filter(Boolean)
							.join(' · ')}
				</span>
			}
			className="min-w-0 lg:mt-0!"
		>
			{!complete && <p className="text-text-2">{t('rules.incomplete')}</p>}
			<div className={`transition-opacity ${preview.asking || !complete ? 'opacity-50' : ''}`}>
				{preview.total === null && complete && !preview.problem && preview.faults.size === 0 && (
					<SkeletonRows count={6} />
				)}
				{preview.total === 0 && <p className="text-text-2">{t('rules.noMatch')}</p>}
				<TrackList tracks={preview.tracks} label={t('rules.preview')} className="-mx-3" />
			</div>
		</Panel>
	);
}

interface EditorPageProps {
	playlist: Playlist | null;
	fields: RuleFields;
}

function Editor({ playlist, fields }: EditorPageProps) {
	const { t, i18n } = useTranslation();
	const navigate = useNavigate();
	const [title, setTitle] = useState(playlist?.title ?? '');
	const [rules, setRules] = useState<Rules>(() => playlist?.rules ?? emptyRules(fields));
	const [busy, setBusy] = useState(false);
	const [missing, setMissing] = useState(false);
	const [refused, setRefused] = useState<{ faults: Map<string, string>; problem: string } | null>(null);
	const preview = usePreview(rules, fields);
	const complete = isComplete(fields, rules);
	const change = (next: Rules) => {
		setRefused(null);
		setRules(next);
	};
	const editor: EditorProps = {
		fields,
		faults: refused?.faults ?? preview.faults,
		full: countRules(rules) >= fields.limits.rules,
		onReplace: (path, node) => change(replaced(rules, path, node)),
		onAdd: (path, node) => change(added(rules, path, node)),
	};
	const save = async () => {
		setMissing(!title.trim());
		if (!title.trim()) return;
		setBusy(true);
		try {
			const draft = { title: title.trim(), rules };
			const { id } = playlist ? await changePlaylist(playlist.id, draft) : await createPlaylist(draft);
			navigate(`/playlists/${id}`, { replace: true });
		} catch (error) {
			setRefused(faultsIn(error));
		} finally {
			setBusy(false);
		}
	};
	const words = (label: Record<string, string>) => label[i18n.language] ?? label.en ?? '';
	const sorts = fields.sorts.map(({ name, label }) => ({ value: name, label: words(label) }));
	return (
		<div className="grid gap-x-8 gap-y-8 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)] lg:items-start">
			<form
				noValidate
				onSubmit={(event) => {
					event.preventDefault();
					void save();
				}}
				className="min-w-0 space-y-5"
			>
				<Problem text={refused?.problem || preview.problem} />
				<TextInput
					label={t('playlist.title')}
					maxLength={200}
					value={title}
					onChange={setTitle}
					error={missing && !title.trim() ? t('playlist.titleNeeded') : undefined}
				/>
				<GroupEditor group={rules} path={[]} editor={editor} />
				<div className="grid gap-4 sm:grid-cols-2">
					<Select
						label={t('rules.sort')}
						value={rules.sort ?? sorts[0]?.value ?? ''}
						options={sorts}
						onChange={(sort) => change({ ...rules, sort })}
					/>
					<TextInput
						label={t('rules.limit')}
						type="number"
						min={1}
						max={fields.limits.limit}
						value={rules.limit === undefined ? '' : String(rules.limit)}
						onChange={(text) => {
							const next = { ...rules };
							delete next.limit;
							change(text ? { ...next, limit: Number(text) } : next);
						}}
					/>
				</div>
				<Actions>
					<LinkButton to={playlist ? `/playlists/${playlist.id}` : '/playlists'} look="quiet">
						{t('action.cancel')}
					</LinkButton>
					<Button type="submit" look="primary" disabled={busy || !complete}>
						{t(playlist ? 'action.save' : 'action.create')}
					</Button>
				</Actions>
			</form>
			<Shown preview={preview} complete={complete} />
		</div>
	);
}

/** A playlist that chooses its own tracks: a new one, or the rules of one there is. */
export default function RulesPage() {
	const { id } = useParams();
	const { t } = useTranslation();
	const fields = useRuleFields();
	const playlist = usePlaylist(id, null);
	const error: unknown = fields.error ?? playlist.error;
	const ready = fields.data && (id === undefined || playlist.data);
	return (
		<Page title={t('playlist.newRules')}>
			<header className="mb-6 max-w-prose">
				<h1 className="text-2xl font-bold">{id ? playlist.data?.title : t('playlist.newRules')}</h1>
				<p className="mt-1.5 text-text-2">{t('rules.text')}</p>
			</header>
			{error ? <ErrorView error={error} retry={() => void Promise.all([fields.mutate(), playlist.mutate()])} /> : null}
			{!ready && !error && <SkeletonRows count={6} />}
			{ready && fields.data && <Editor playlist={playlist.data ?? null} fields={fields.data} />}
		</Page>
	);
}
