import { useTranslation } from 'react-i18next';
import type { UserDetails } from '../../../api/admin';
import { Icon, type IconName } from '../../../components/Icon';
import { Panel } from '../../../components/Panel';
import { agoOf } from '../../../i18n/dates';

interface Line {
	key: string;
	icon: IconName;
	title: string;
	text: string;
}

function Lines({ title, lines }: { title: string; lines: Line[] }) {
	const { t } = useTranslation();
	return (
		<Panel title={title}>
			{lines.length === 0 && <p className="text-sm text-text-2">{t('state.nothing')}</p>}
			<ul className="divide-y divide-line">
				{lines.map(({ key, icon, title: head, text }) => (
					<li key={key} className="flex items-center gap-3.5 py-2.5 text-sm first:pt-0 last:pb-0">
						<Icon name={icon} className="size-5 text-text-2" />
						<span className="min-w-0">
							<span className="block truncate font-medium">{head}</span>
							<span className="block text-xs text-text-2 wrap-anywhere">{text}</span>
						</span>
					</li>
				))}
			</ul>
		</Panel>
	);
}

/** By which ways somebody gets in: sessions, keys of programs, other services. */
export function UserAccess({ user }: { user: UserDetails }) {
	const { t, i18n } = useTranslation();
	const ago = (iso: string | null) => (iso ? agoOf(iso, i18n.language) : t('admin.users.never'));
	return (
		<>
			<Lines
				title={t('admin.users.sessions')}
				lines={user.sessions.map((session) => ({
					key: String(session.id),
					icon: session.kind === 'web' ? 'globe' : 'device',
					title: session.user_agent ?? t('chart.unknown'),
					text: `${session.address ?? '—'} · ${ago(session.used_at ?? session.created_at)}`,
				}))}
			/>
			<Lines
				title={t('admin.users.keys')}
				lines={[
					...user.keys.map((key) => ({
						key: `key${key.id}`,
						icon: 'key' as const,
						title: `${key.name} (${key.prefix}…)`,
						text: `${key.scopes.join(', ')} · ${t('admin.users.usedAt', { time: ago(key.last_used_at) })}`,
					})),
					...user.logins.map((login) => ({
						key: `${login.provider}${login.subject}`,
						icon: 'link' as const,
						title: login.provider,
						text: login.name ?? login.subject,
					})),
				]}
			/>
		</>
	);
}
