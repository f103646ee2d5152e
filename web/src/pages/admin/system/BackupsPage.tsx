import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ADMIN, useBackups, type Backup } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { SkeletonRows } from '../../../components/Skeletons';
import { EmptyState, ErrorView } from '../../../components/States';
import { dateTimeOf } from '../../../i18n/dates';
import { numberOf, sizeOf } from '../../../i18n/format';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { attempt } from '../report';

/** Copies of the library's data that can be brought back by `ogma restore`. */
export function BackupsPage() {
	const { t, i18n } = useTranslation();
	const { data, error, mutate } = useBackups();
	const [busy, setBusy] = useState(false);
	const language = i18n.language;
	const make = async () => {
		setBusy(true);
		await attempt(() => apiSend('POST', `${ADMIN}/backups`), t('admin.backups.made'));
		setBusy(false);
		await mutate();
	};
	if (error) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows count={4} />;
	return (
		<>
			<Head
				title={t('admin.nav.backups')}
				hint={data.folder ? t('admin.backups.folder', { folder: data.folder }) : t('admin.backups.noFolder')}
			>
				<ListExport<Backup>
					path={`${ADMIN}/backups`}
					name="ogma-backups"
					columns={columnsOf('name', 'created_at', 'size_bytes', 'files', 'store', 'version', 'complete')}
				/>
				<Button
					look="primary"
					icon="plus"
					className="h-10! px-4!"
					disabled={busy || !data.folder}
					onClick={() => void make()}
				>
					{t(busy ? 'admin.backups.making' : 'admin.backups.make')}
				</Button>
			</Head>
			{data.items.length === 0 ? (
				<EmptyState title={t('admin.backups.none')}>
					<p>{t('admin.backups.noneText')}</p>
				</EmptyState>
			) : (
				<ul className="divide-y divide-line rounded-lg border border-line bg-surface">
					{data.items.map((backup) => (
						<li
							key={backup.name}
							className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-3.5 text-sm"
						>
							<span className="min-w-0">
								<code className="block font-mono font-semibold wrap-anywhere">{backup.name}</code>
								<span className="text-text-2">{backup.created_at ? dateTimeOf(backup.created_at, language) : '—'}</span>
							</span>
							<span className="tabular flex flex-wrap items-center gap-3 text-text-2">
								{t('admin.backups.files', { count: backup.files, shown: numberOf(backup.files, language) })}
								<span className="font-semibold text-text">{sizeOf(backup.size_bytes, language)}</span>
								<span>{`${backup.store} · ${backup.version}`}</span>
								{!backup.complete && <Badge look="danger">{t('admin.backups.incomplete')}</Badge>}
							</span>
						</li>
					))}
				</ul>
			)}
			<p className="mt-5 text-sm text-text-2">{t('admin.backups.restore')}</p>
			<code className="mt-2 block overflow-x-auto rounded-md border border-line bg-surface px-4 py-2.5 font-mono text-sm whitespace-nowrap">
				ogma restore --from {data.folder ?? 'DIR'}/{data.items[0]?.name ?? 'NAME'} --data FOLDER
			</code>
		</>
	);
}
