import { useTranslation } from 'react-i18next';
import useSWR from 'swr';
import { ADMIN, type AuditRow } from '../../../api/admin';
import { apiPath } from '../../../api/client';
import type { Page, Shapes, Told } from '../../../api/types';
import { LinkButton } from '../../../components/Button';
import { Panel } from '../../../components/Panel';
import { agoOf } from '../../../i18n/dates';
import { trackArtist } from '../../../i18n/names';
import { AuditLine } from '../audit/AuditLine';

const SHOWN = 10;

/** What was done to the account, what it did as an administrator, and what was heard with it. */
export function UserHistory({ id }: { id: number }) {
	const { t, i18n } = useTranslation();
	const changes = useSWR<Page<AuditRow>>(
		apiPath(`${ADMIN}/audit-logs`, { model_name: 'user', model_id: id, limit: SHOWN }),
	);
	const heard = useSWR<Told<Shapes['History']>>(apiPath(`/users/${id}/listening-history`, { limit: SHOWN }));
	return (
		<>
			<Panel
				title={t('admin.users.changes')}
				actions={
					<LinkButton to={`/admin/audit?admin_user_id=${id}`} look="quiet" icon="log" className="h-9! px-3!">
						{t('admin.users.didAsAdmin')}
					</LinkButton>
				}
			>
				{changes.data?.items.length === 0 && <p className="text-sm text-text-2">{t('state.nothing')}</p>}
				<ul className="divide-y divide-line">
					{changes.data?.items.map((row) => (
						<AuditLine key={row.id} row={row} />
					))}
				</ul>
			</Panel>
			<Panel title={t('admin.users.heard')}>
				{heard.data?.items.length === 0 && <p className="text-sm text-text-2">{t('state.nothing')}</p>}
				<ul className="divide-y divide-line text-sm">
					{heard.data?.items.map(({ track, played_at: at }) => (
						<li
							key={`${at}${track?.id}`}
							className="flex items-baseline justify-between gap-4 py-2 first:pt-0 last:pb-0"
						>
							<span className="min-w-0 truncate">
								{track ? `${trackArtist(track)} — ${track.title}` : t('admin.users.gone')}
							</span>
							<time dateTime={at} className="shrink-0 text-xs text-text-3">
								{agoOf(at, i18n.language)}
							</time>
						</li>
					))}
				</ul>
			</Panel>
		</>
	);
}
