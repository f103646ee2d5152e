import type { Role } from '../../api/roles';
import type { IconName } from '../../components/Icon';

export interface AdminEntry {
	to: string;
	icon: IconName;
	text: string;
	role: Role;
}

/** The parts of the administration, in groups; each for whoever has at least its role. */
export const ADMIN_NAV: { text: string; entries: AdminEntry[] }[] = [
	{
		text: 'admin.nav.overview',
		entries: [
			{ to: '/admin', icon: 'home', text: 'admin.nav.dashboard', role: 'admin' },
			{ to: '/admin/monitoring', icon: 'pulse', text: 'admin.nav.monitoring', role: 'admin' },
			{ to: '/admin/analytics', icon: 'chart', text: 'admin.nav.analytics', role: 'admin' },
		],
	},
	{
		text: 'admin.nav.people',
		entries: [
			{ to: '/admin/users', icon: 'users', text: 'admin.nav.users', role: 'admin' },
			{ to: '/admin/invitations', icon: 'key', text: 'admin.nav.invitations', role: 'admin' },
		],
	},
	{
		text: 'admin.nav.content',
		entries: [
			{ to: '/admin/tracks', icon: 'tracks', text: 'nav.tracks', role: 'moderator' },
			{ to: '/admin/albums', icon: 'albums', text: 'nav.albums', role: 'moderator' },
			{ to: '/admin/artists', icon: 'artists', text: 'nav.artists', role: 'moderator' },
			{ to: '/admin/genres', icon: 'genres', text: 'nav.genres', role: 'moderator' },
			{ to: '/admin/playlists', icon: 'playlist', text: 'nav.playlists', role: 'moderator' },
			{ to: '/radio', icon: 'radio', text: 'nav.radio', role: 'moderator' },
			{ to: '/admin/duplicates', icon: 'merge', text: 'admin.nav.duplicates', role: 'moderator' },
			{ to: '/admin/quality', icon: 'check', text: 'admin.nav.quality', role: 'moderator' },
			{ to: '/admin/cleanup', icon: 'edit', text: 'admin.nav.cleanup', role: 'moderator' },
		],
	},
	{
		text: 'admin.nav.system',
		entries: [
			{ to: '/admin/sources', icon: 'library', text: 'admin.nav.sources', role: 'admin' },
			{ to: '/admin/files', icon: 'tracks', text: 'admin.nav.files', role: 'admin' },
			{ to: '/admin/jobs', icon: 'history', text: 'admin.nav.jobs', role: 'admin' },
			{ to: '/admin/schedules', icon: 'calendar', text: 'admin.nav.schedules', role: 'admin' },
			{ to: '/admin/audit', icon: 'log', text: 'admin.nav.audit', role: 'admin' },
			{ to: '/admin/requests', icon: 'pulse', text: 'admin.nav.requests', role: 'admin' },
			{ to: '/admin/searches', icon: 'search', text: 'admin.nav.searches', role: 'admin' },
			{ to: '/admin/activity', icon: 'users', text: 'admin.nav.activity', role: 'admin' },
			{ to: '/admin/settings', icon: 'settings', text: 'admin.nav.settings', role: 'admin' },
			{ to: '/admin/backups', icon: 'database', text: 'admin.nav.backups', role: 'admin' },
		],
	},
];
