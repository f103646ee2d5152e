import { useTranslation } from 'react-i18next';
import useSWR from 'swr';
import type { RejectedFile, Source } from '../../../api/admin';
import { apiPath, apiSend } from '../../../api/client';
import type { Page } from '../../../api/types';
import { Button } from '../../../components/Button';
import { Actions } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';
import { SkeletonRows } from '../../../components/Skeletons';

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
	const { data } = useSWR<Page<RejectedFile>>(apiPath(`/sources/${source.id}/rejected`, { limit: 100 }));
	if (!data) return <SkeletonRows count={3} />;
	return (
		<>
			<ul className="divide-y divide-line text-sm">
				{data.items.map((file) => (
					<li key={file.id} className="py-2 wrap-anywhere">
						<span className="block font-mono text-xs">{file.path}</span>
						<span className="text-text-2">{file.reason}</span>
					</li>
				))}
			</ul>
			{data.next_cursor && (
				<p className="mt-3 text-sm text-text-2">{t('admin.sources.firstOf', { count: data.total })}</p>
			)}
		</>
	);
}
