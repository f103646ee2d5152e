import { Navigate, Route, Routes } from 'react-router';
import { can } from '../../api/roles';
import { useMe } from '../../api/session';
import { lazyPage } from '../../app/lazy-page';
import { NotFound } from '../../components/States';
import { AdminLayout } from './AdminLayout';
import { AnalyticsPage } from './analytics/AnalyticsPage';
import { AuditPage } from './audit/AuditPage';
import { AlbumsPage } from './content/AlbumsPage';
import { ArtistsPage } from './content/ArtistsPage';
import { GenresPage } from './content/GenresPage';
import { PlaylistsPage } from './content/PlaylistsPage';
import { TracksPage } from './content/TracksPage';
import { ActivityLogPage } from './logs/ActivityLogPage';
import { RequestLogPage } from './logs/RequestLogPage';
import { SearchLogPage } from './logs/SearchLogPage';
import { Only } from './Only';
import { OverviewPage } from './OverviewPage';
import { BackupsPage } from './system/BackupsPage';
import { JobsPage } from './system/JobsPage';
import { SchedulesPage } from './system/SchedulesPage';
import { SettingsPage } from './system/SettingsPage';
import { SourcesPage } from './system/SourcesPage';
import { InvitationsPage } from './users/InvitationsPage';
import { UserPage } from './users/UserPage';
import { UsersPage } from './users/UsersPage';

/* With texts of their own. */
const CleanupPage = lazyPage(() => import('./care/CleanupPage'), 'care');
const DuplicatesPage = lazyPage(() => import('./care/DuplicatesPage'), 'duplicates');
const QualityPage = lazyPage(() => import('./care/QualityPage'), 'care');
const TagWritesPage = lazyPage(() => import('./care/TagWritesPage'), 'care');
/* Brings the live channels' own code along. */
const MonitoringPage = lazyPage(() => import('./monitoring/MonitoringPage'), 'monitoring', 'radio');

function Start() {
	const { me } = useMe();
	return can(me, 'admin') ? <OverviewPage /> : <Navigate to="/admin/tracks" replace />;
}

/** The administration: one chunk, so that listeners never fetch it. Moderators look after the content only. */
export default function AdminPages() {
	return (
		<Routes>
			<Route element={<AdminLayout />}>
				<Route index element={<Start />} />
				<Route path="tracks" element={<TracksPage />} />
				<Route path="albums" element={<AlbumsPage />} />
				<Route path="artists" element={<ArtistsPage />} />
				<Route path="genres" element={<GenresPage />} />
				<Route path="playlists" element={<PlaylistsPage />} />
				<Route path="duplicates" element={<DuplicatesPage />} />
				<Route path="quality" element={<QualityPage />} />
				<Route path="cleanup" element={<CleanupPage />} />
				<Route element={<Only role="admin" />}>
					<Route path="users" element={<UsersPage />} />
					<Route path="users/:id" element={<UserPage />} />
					<Route path="invitations" element={<InvitationsPage />} />
					<Route path="sources" element={<SourcesPage />} />
					<Route path="files" element={<TagWritesPage />} />
					<Route path="jobs" element={<JobsPage />} />
					<Route path="schedules" element={<SchedulesPage />} />
					<Route path="analytics" element={<AnalyticsPage />} />
					<Route path="monitoring" element={<MonitoringPage />} />
					<Route path="audit" element={<AuditPage />} />
					<Route path="requests" element={<RequestLogPage />} />
					<Route path="searches" element={<SearchLogPage />} />
					<Route path="activity" element={<ActivityLogPage />} />
					<Route path="settings" element={<SettingsPage />} />
					<Route path="backups" element={<BackupsPage />} />
				</Route>
				<Route path="*" element={<NotFound />} />
			</Route>
		</Routes>
	);
}
