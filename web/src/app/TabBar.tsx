import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { Icon } from '../components/Icon';
import { LIBRARY_NAV, MINE_NAV, type NavEntry } from './nav';

const TABS: (NavEntry & { also: string[] })[] = [
	{ to: '/', icon: 'home', text: 'nav.home', also: [] },
	{ to: '/search', icon: 'search', text: 'nav.search', also: [] },
	{ to: '/albums', icon: 'library', text: 'nav.library', also: [...LIBRARY_NAV, ...MINE_NAV].map(({ to }) => to) },
	{ to: '/queue', icon: 'queue', text: 'nav.queue', also: [] },
	{ to: '/settings', icon: 'settings', text: 'nav.settings', also: ['/account', '/sign-in', '/me/', '/admin'] },
];

/** Navigation of phones, in reach of a thumb. */
export function TabBar() {
	const { t } = useTranslation();
	const { pathname } = useLocation();
	return (
		<nav
			aria-label={t('nav.label')}
			className="glass fixed inset-x-0 bottom-0 z-(--z-player) border-t border-line pb-[env(safe-area-inset-bottom)] md:hidden"
		>
			<ul className="grid h-(--tabbar) grid-cols-5">
				{TABS.map(({ to, icon, text, also }) => {
					const here = pathname === to || also.some((other) => pathname.startsWith(other));
					return (
						<li key={to}>
							<Link
								to={to}
								aria-current={here ? 'page' : undefined}
								className={`flex h-full flex-col items-center justify-center gap-1 text-2xs font-medium ${here ? 'text-accent-text' : 'text-text-2'}`}
							>
								<Icon name={icon} className="size-5.5" />
								{t(text)}
							</Link>
						</li>
					);
				})}
			</ul>
		</nav>
	);
}
