import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { forgetUpload, useMyUploads, type Upload } from '../../api/uploads';
import { Badge } from '../../components/Badge';
import { IconButton } from '../../components/Button';
import { ErrorView } from '../../components/States';
import { toast } from '../../components/toast';
import { agoOf } from '../../i18n/dates';

function Row({ upload, onForget }: { upload: Upload; onForget: () => void }) {
	const { t, i18n } = useTranslation();
	const { track, name } = upload;
	return (
		<li className="flex items-center gap-3 py-2.5">
			<div className="min-w-0 flex-1">
				<p className="truncate font-medium" title={upload.url ?? name}>
					{track ? (
						<Link to={`/tracks/${track.id}`} className="hover:underline">
							{track.title}
						</Link>
					) : (
						name
					)}
				</p>
				<p className="text-sm text-text-2">
					{upload.state === 'failed' ? (
						<span className="text-danger wrap-anywhere">{upload.reason}</span>
					) : (
						agoOf(upload.updated_at, i18n.language)
					)}
				</p>
			</div>
			{upload.state !== 'done' && (
				<Badge look={upload.state === 'failed' ? 'danger' : 'plain'}>{t(`upload.state.${upload.state}`)}</Badge>
			)}
			{(upload.state === 'failed' || upload.state === 'receiving') && (
				<IconButton icon="close" size="sm" label={t('upload.remove', { name })} onClick={onForget} />
			)}
		</li>
	);
}

/** What the server knows of: of this window and others, of today and before. */
export function EarlierUploads() {
	const { t } = useTranslation();
	const { data, error, mutate } = useMyUploads();
	const forget = (id: number) =>
		void forgetUpload(id).then(
			() => mutate(),
			() => toast(t('error.text')),
		);
	if (error) return <ErrorView error={error} />;
	if (!data || data.items.length === 0) return null;
	return (
		<section aria-label={t('upload.earlier')}>
			<h2 className="mb-1 text-lg">{t('upload.earlier')}</h2>
			<ul aria-label={t('upload.earlier')} className="divide-y divide-line">
				{data.items.map((upload) => (
					<Row key={upload.id} upload={upload} onForget={() => forget(upload.id)} />
				))}
			</ul>
		</section>
	);
}
