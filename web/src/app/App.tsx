import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { NotFound } from '../components/States';
import { Guard } from './Guard';
import { lazyPage } from './lazy-page';
import { Shell } from './Shell';

/* The declarative router is enough (data is SWR's) and a third of the weight of the data router. */
const HomePage = lazyPage(() => import('../pages/home/HomePage'));
const SearchPage = lazyPage(() => import('../pages/search/SearchPage'));
const AlbumsPage = lazyPage(() => import('../pages/albums/AlbumsPage'));
const AlbumPage = lazyPage(() => import('../pages/album/AlbumPage'));
const ArtistsPage = lazyPage(() => import('../pages/artists/ArtistsPage'));
const ArtistPage = lazyPage(() => import('../pages/artist/ArtistPage'));
const TracksPage = lazyPage(() => import('../pages/tracks/TracksPage'));
const TrackPage = lazyPage(() => import('../pages/track/TrackPage'));
const GenresPage = lazyPage(() => import('../pages/genres/GenresPage'));
const GenrePage = lazyPage(() => import('../pages/genre/GenrePage'));
const QueuePage = lazyPage(() => import('../pages/queue/QueuePage'));
const SettingsPage = lazyPage(() => import('../pages/settings/SettingsPage'));
const TrendsPage = lazyPage(() => import('../pages/trends/TrendsPage'), 'trends', 'chart');
const StatsPage = lazyPage(() => import('../pages/stats/StatsPage'), 'stats', 'chart');
const RecapPage = lazyPage(() => import('../pages/recap/RecapPage'), 'recap', 'stats', 'chart');
const ArtistDashboardPage = lazyPage(() => import('../pages/dashboard/ArtistDashboardPage'), 'dashboard', 'chart');
const AdminPages = lazyPage(() => import('../pages/admin/AdminPages'), 'admin', 'chart');
const TrackStatsPage = lazyPage(() => import('../pages/dashboard/TrackStatsPage'), 'dashboard', 'chart');
const SignInPage = lazyPage(() => import('../pages/auth/SignInPage'), 'auth');
const RegisterPage = lazyPage(() => import('../pages/auth/RegisterPage'), 'auth');
const LinkPage = lazyPage(() => import('../pages/auth/LinkPage'), 'auth');
const AccountPage = lazyPage(() => import('../pages/account/AccountPage'), 'account');
const ProfileTab = lazyPage(() => import('../pages/account/ProfileTab'), 'account');
const SecurityTab = lazyPage(() => import('../pages/account/SecurityTab'), 'account');
const AppsTab = lazyPage(() => import('../pages/account/AppsTab'), 'account');
const DataTab = lazyPage(() => import('../pages/account/DataTab'), 'account');
const PlaylistsPage = lazyPage(() => import('../pages/playlists/PlaylistsPage'), 'playlist');
const PlaylistPage = lazyPage(() => import('../pages/playlist/PlaylistPage'), 'playlist');
const SharedPlaylistPage = lazyPage(() => import('../pages/playlist/SharedPlaylistPage'), 'playlist');
const RulesPage = lazyPage(() => import('../pages/rules/RulesPage'), 'playlist', 'rules');
const FavoritesPage = lazyPage(() => import('../pages/favorites/FavoritesPage'), 'mine');
const RadioPage = lazyPage(() => import('../pages/radio/RadioPage'), 'radio');
const ChannelPage = lazyPage(() => import('../pages/radio/ChannelPage'), 'radio');
const ConsolePage = lazyPage(() => import('../pages/radio/console/ConsolePage'), 'radio', 'console');
const UploadPage = lazyPage(() => import('../pages/upload/UploadPage'), 'upload');
const HistoryPage = lazyPage(() => import('../pages/history/HistoryPage'), 'mine');

export function App() {
	return (
		<BrowserRouter>
			<Routes>
				<Route element={<Shell />}>
					<Route index element={<HomePage />} />
					<Route path="search" element={<SearchPage />} />
					<Route path="albums" element={<AlbumsPage />} />
					<Route path="albums/:id" element={<AlbumPage />} />
					<Route path="artists" element={<ArtistsPage />} />
					<Route path="artists/:id" element={<ArtistPage />} />
					<Route path="tracks" element={<TracksPage />} />
					<Route path="tracks/:id" element={<TrackPage />} />
					<Route path="genres" element={<GenresPage />} />
					<Route path="genres/:id" element={<GenrePage />} />
					<Route path="queue" element={<QueuePage />} />
					<Route path="settings" element={<SettingsPage />} />
					<Route path="radio" element={<RadioPage />} />
					<Route path="radio/:id" element={<ChannelPage />} />
					<Route path="monitoring" element={<Navigate to="/admin/monitoring" replace />} />
					<Route path="trends" element={<TrendsPage />} />
					<Route path="sign-in" element={<SignInPage />} />
					<Route path="register" element={<RegisterPage />} />
					<Route path="link/:code" element={<LinkPage />} />
					<Route path="playlists" element={<PlaylistsPage />} />
					<Route path="playlists/shared/:token" element={<SharedPlaylistPage />} />
					<Route path="playlists/:id" element={<PlaylistPage />} />
					<Route element={<Guard />}>
						<Route path="me/stats" element={<StatsPage />} />
						<Route path="me/recap/:year?" element={<RecapPage />} />
						<Route path="artists/:id/dashboard" element={<ArtistDashboardPage />} />
						<Route path="tracks/:id/stats" element={<TrackStatsPage />} />
						<Route path="playlists/new-rules" element={<RulesPage />} />
						<Route path="playlists/:id/rules" element={<RulesPage />} />
						<Route path="favorites" element={<FavoritesPage />} />
						<Route path="favorites/:kind" element={<FavoritesPage />} />
						<Route path="history" element={<HistoryPage />} />
						<Route path="account" element={<AccountPage />}>
							<Route index element={<ProfileTab />} />
							<Route path="security" element={<SecurityTab />} />
							<Route path="apps" element={<AppsTab />} />
							<Route path="data" element={<DataTab />} />
						</Route>
					</Route>
					<Route element={<Guard role="artist" />}>
						<Route path="upload" element={<UploadPage />} />
					</Route>
					<Route element={<Guard role="moderator" />}>
						<Route path="radio/:id/console/*" element={<ConsolePage />} />
						<Route path="admin/*" element={<AdminPages />} />
					</Route>
					<Route
						path="*"
						element={
							<div className="px-gutter pt-20">
								<NotFound />
							</div>
						}
					/>
				</Route>
			</Routes>
		</BrowserRouter>
	);
}
