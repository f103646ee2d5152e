import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useDashboard, type Dashboard } from '../../api/admin';
import { usePlatformStats } from '../../api/analytics';
import { ROLES } from '../../api/roles';
import { Box } from '../../components/chart/Box';
import { CountChart } from '../../components/chart/CountChart';
import { Figure, Figures } from '../../components/chart/Figure';
import { rangeOf } from '../../components/chart/range';
import { Icon, type IconName } from '../../components/Icon';
import { SkeletonRows } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { lengthOf, numberOf, sizeOf } from '../../i18n/format';
import { AuditLine } from './audit/AuditLine';
import { Head } from './Head';

function Attention({ icon, to, children }: { icon: IconName; to: string; children: ReactNode }) {
	return (
		<li>
			<Link
				to={to}
				className="flex items-center gap-3 rounded-md bg-accent-soft px-4 py-3 text-sm font-medium hover:brightness-110"
			>
				<Icon name={icon} className="size-5 text-accent-text" />
				<span className="min-w-0 flex-1">{children}</span>
				<Icon name="right" className="size-4" />
			</Link>
		</li>
	);
}

/** What waits for somebody. */
function Waiting({ data }: { data: Dashboard }) {
	const { t } = useTranslation();
	const { pending } = data.users;
	const { running, queued, failed } = data.jobs;
	if (pending + failed + running + queued === 0) return null;
	return (
		<ul className="grid gap-2.5 sm:grid-cols-2">
			{pending > 0 && (
				<Attention icon="user" to="/admin/users?status=pending">
					{t('admin.dashboard.pending', { count: pending })}
				</Attention>
			)}
			{failed > 0 && (
				<Attention icon="alert" to="/admin/jobs?state=failed">
					{t('admin.dashboard.failed', { count: failed })}
				</Attention>
			)}
			{running + queued > 0 && (
				<Attention icon="history" to="/admin/jobs">
					{t('admin.dashboard.running', { count: running + queued })}
				</Attention>
			)}
		</ul>
	);
}

function Traffic() {
	const { t } = useTranslation();
	const [now] = useState(Date.now);
	const { from, to, interval } = rangeOf(new URLSearchParams(), now);
	const { data } = usePlatformStats({ from, to, interval });
	if (!data) return null;
	return (
		<div className="grid gap-6 2xl:grid-cols-2">
			<Box>
				<CountChart
					title={t('admin.dashboard.listening')}
					series={data.series}
					interval={data.period.interval}
					lines={[{ field: 'plays', label: t('chart.plays'), colour: 1, kind: 'bars' }]}
				/>
			</Box>
			<Box>
				<CountChart
					title={t('admin.dashboard.people')}
					series={data.series}
					interval={data.period.interval}
					lines={[
						{ field: 'active_users', label: t('admin.analytics.active'), colour: 2, kind: 'area' },
						{ field: 'new_users', label: t('admin.analytics.new'), colour: 3, kind: 'line' },
					]}
				/>
			</Box>
		</div>
	);
}

export function OverviewPage() {
	const { t, i18n } = useTranslation();
	const { data, error, mutate } = useDashboard();
	const language = i18n.language;
	if (error) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows count={8} />;
	const { users, library, streams, storage } = data;
	const roles = ROLES.filter((role) => users.by_role[role]).map(
		(role) => `${t(`roles.${role}`)}: ${numberOf(users.by_role[role] ?? 0, language)}`,
	);
	return (
		<>
			<Head
				title={t('admin.nav.dashboard')}
				hint={t('admin.dashboard.uptime', { time: lengthOf(data.uptime_seconds * 1000, language) })}
			/>
			<div className="space-y-6">
				<Waiting data={data} />
				<Figures>
					<Figure
						label={t('admin.nav.users')}
						value={numberOf(users.total, language)}
						hint={t('admin.dashboard.newUsers', { count: users.new_7d })}
					/>
					<Figure
						label={t('admin.dashboard.sessions')}
						value={numberOf(data.sessions.active, language)}
						hint={roles.join(' · ')}
					/>
					<Figure
						label={t('nav.tracks')}
						value={numberOf(library.tracks, language)}
						hint={lengthOf(library.duration_ms, language)}
					/>
					<Figure label={t('nav.albums')} value={numberOf(library.albums, language)} />
					<Figure label={t('nav.artists')} value={numberOf(library.artists, language)} />
					<Figure label={t('nav.genres')} value={numberOf(library.genres, language)} />
					<Figure
						label={t('admin.dashboard.streams')}
						value={numberOf(streams.active, language)}
						hint={t('admin.dashboard.listeners', { count: streams.listeners })}
					/>
					<Figure
						label={t('admin.dashboard.storage')}
						value={sizeOf(library.size_bytes, language)}
						hint={t('admin.dashboard.disk', { percent: Math.round(storage.disk_percent) })}
					/>
				</Figures>
				<Traffic />
				<section aria-labelledby="latest-changes">
					<h2 id="latest-changes" className="mb-3 text-lg">
						{t('admin.dashboard.latest')}
					</h2>
					<Box>
						{data.audit.length === 0 && <p className="text-sm text-text-2">{t('state.nothing')}</p>}
						<ul className="divide-y divide-line">
							{data.audit.map((row) => (
								<AuditLine key={row.id} row={row} />
							))}
						</ul>
					</Box>
				</section>
			</div>
		</>
	);
}
