import type { Me } from '../api/session';
import { can, type Role } from '../api/roles';
import type { IconName } from '../components/Icon';

export interface NavEntry {
	to: string;
	icon: IconName;
	/** Key of its words. */
	text: string;
	/** Only for those who have it. */
	role?: Role;
}

export const entriesFor = (me: Me | null | undefined, entries: NavEntry[]): NavEntry[] =>
	entries.filter(({ role }) => !role || can(me, role));

export const LIBRARY_NAV: NavEntry[] = [
	{ to: '/albums', icon: 'albums', text: 'nav.albums' },
	{ to: '/artists', icon: 'artists', text: 'nav.artists' },
	{ to: '/tracks', icon: 'tracks', text: 'nav.tracks' },
	{ to: '/genres', icon: 'genres', text: 'nav.genres' },
	{ to: '/radio', icon: 'radio', text: 'nav.radio' },
	{ to: '/trends', icon: 'chart', text: 'nav.trends' },
];

/** What belongs to who is signed in. */
export const MINE_NAV: NavEntry[] = [
	{ to: '/playlists', icon: 'playlist', text: 'nav.playlists' },
	{ to: '/favorites', icon: 'heart', text: 'nav.favorites' },
	{ to: '/history', icon: 'history', text: 'nav.history' },
	{ to: '/upload', icon: 'upload', text: 'nav.upload', role: 'artist' },
];

export const MAIN_NAV: NavEntry[] = [
	{ to: '/', icon: 'home', text: 'nav.home' },
	{ to: '/search', icon: 'search', text: 'nav.search' },
];

export const FOOT_NAV: NavEntry[] = [
	{ to: '/queue', icon: 'queue', text: 'nav.queue' },
	{ to: '/settings', icon: 'settings', text: 'nav.settings' },
];
