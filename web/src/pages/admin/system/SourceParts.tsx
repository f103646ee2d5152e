import { useTranslation } from 'react-i18next';
import type { RejectedFile, Source } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { useInfiniteList } from '../../../api/infinite';
import { Button } from '../../../components/Button';
import { Actions } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';
import { MoreButton } from '../../../components/MoreButton';
import { SkeletonRows } from '../../../components/Skeletons';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';

export function NewSource({ onDone }: { onDone: (made: boolean) => void }) {
	const { t } = useTranslation();
	const form = useForm({ path: '' }, async ({ path }) => {
		await apiSend('POST', '/sources', { path: path.trim() });
		onDone(true);
	});
	return (
		<form {...form.props}>
			<Problem text={form.problem} />
			<TextInput
				label={t('admin.sources.path')}
				hint={t('admin.sources.pathHint')}
				required
				placeholder="/srv/music"
				spellCheck={false}
				autoComplete="off"
				{...form.bind('path')}
			/>
			<Actions>
				<Button look="quiet" onClick={() => onDone(false)}>
					{t('action.cancel')}
				</Button>
				<Button look="primary" type="submit" disabled={form.busy}>
					{t('action.add')}
				</Button>
			</Actions>
		</form>
	);
}

/** Files that could not be read, and why. */
export function Rejected({ source }: { source: Source }) {
	const { t } = useTranslation();
	const path = `/sources/${source.id}/rejected`;
	const list = useInfiniteList<RejectedFile>(path, {}, 100, true);
	if (list.loading) return <SkeletonRows count={3} />;
	if (list.items.length === 0) return <p className="text-sm text-text-2">{t('state.nothing')}</p>;
	return (
		<>
			<div className="mb-3 flex justify-end">
				<ListExport<RejectedFile>
					path={path}
					name={`ogma-rejected-${source.id}`}
					columns={columnsOf('id', 'path', 'reason', 'updated_at')}
				/>
			</div>
			<ul className="divide-y divide-line text-sm">
				{list.items.map((file) => (
					<li key={file.id} className="py-2 wrap-anywhere">
						<span className="block font-mono text-xs">{file.path}</span>
						<span className="text-text-2">{file.reason}</span>
					</li>
				))}
			</ul>
			<MoreButton list={list} />
		</>
	);
}
