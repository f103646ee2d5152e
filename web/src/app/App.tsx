import { lazy } from 'react';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { NotFound } from '../components/States';
import { Guard } from './Guard';
import { lazyPage } from './lazy-page';
import { Shell } from './Shell';

/* Every page is its own chunk, fetched when it is gone to. The declarative router is enough (data is SWR's) and a
 * third of the weight of the data router. */
const HomePage = lazy(() => import('../pages/home/HomePage'));
const SearchPage = lazy(() => import('../pages/search/SearchPage'));
const AlbumsPage = lazy(() => import('../pages/albums/AlbumsPage'));
const AlbumPage = lazy(() => import('../pages/album/AlbumPage'));
const ArtistsPage = lazy(() => import('../pages/artists/ArtistsPage'));
const ArtistPage = lazy(() => import('../pages/artist/ArtistPage'));
const TracksPage = lazy(() => import('../pages/tracks/TracksPage'));
const TrackPage = lazy(() => import('../pages/track/TrackPage'));
const GenresPage = lazy(() => import('../pages/genres/GenresPage'));
const GenrePage = lazy(() => import('../pages/genre/GenrePage'));
const QueuePage = lazy(() => import('../pages/queue/QueuePage'));
const SettingsPage = lazy(() => import('../pages/settings/SettingsPage'));
const TrendsPage = lazyPage(() => import('../pages/trends/TrendsPage'), 'trends', 'chart');
const StatsPage = lazyPage(() => import('../pages/stats/StatsPage'), 'stats', 'chart');
const RecapPage = lazyPage(() => import('../pages/recap/RecapPage'), 'recap', 'stats', 'chart');
const ArtistDashboardPage = lazyPage(() => import('../pages/dashboard/ArtistDashboardPage'), 'dashboard', 'chart');
const TrackStatsPage = lazyPage(() => import('../pages/dashboard/TrackStatsPage'), 'dashboard', 'chart');

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
					<Route path="trends" element={<TrendsPage />} />
					<Route element={<Guard />}>
						<Route path="me/stats" element={<StatsPage />} />
						<Route path="me/recap/:year?" element={<RecapPage />} />
						<Route path="artists/:id/dashboard" element={<ArtistDashboardPage />} />
						<Route path="tracks/:id/stats" element={<TrackStatsPage />} />
						<Route path="stats" element={<Navigate to="/me/stats" replace />} />
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
