import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink } from 'react-router';
import { useMe } from '../api/session';
import { Icon } from '../components/Icon';
import { Mark, Wordmark } from '../components/Logo';
import { entriesFor, FOOT_NAV, LIBRARY_NAV, MAIN_NAV, MINE_NAV, type NavEntry } from './nav';

function Entry({ to, icon, text }: NavEntry) {
	const { t } = useTranslation();
	return (
		<li>
			<NavLink
				to={to}
				end={to === '/'}
				title={t(text)}
				className={({ isActive }) =>
					`relative flex h-10 items-center gap-3.5 rounded-sm px-3.5 font-medium transition-colors duration-150 ${isActive ? 'bg-surface-2 text-text before:absolute before:inset-y-3 before:left-0 before:w-[3px] before:rounded-full before:bg-accent' : 'text-text-2 hover:bg-surface-2 hover:text-text'}`
				}
			>
				<Icon name={icon} />
				<span className="sr-only lg:not-sr-only">{t(text)}</span>
			</NavLink>
		</li>
	);
}

function Part({ title, children }: { title: string; children: ReactNode }) {
	return (
		<>
			<h2 className="mt-5 mb-1.5 hidden px-3.5 font-sans text-xs font-semibold text-text-3 lg:block">{title}</h2>
			<hr className="my-3 border-line lg:hidden" />
			{children}
		</>
	);
}

/** From `md` a column of icons, from `lg` with words. */
export function Sidebar() {
	const { t } = useTranslation();
	const { me } = useMe();
	const list = (entries: NavEntry[]) => (
		<ul className="space-y-0.5">
			{entries.map((entry) => (
				<Entry key={entry.to} {...entry} />
			))}
		</ul>
	);
	return (
		<nav
			aria-label={t('nav.label')}
			className="fixed inset-y-0 left-0 z-(--z-header) hidden w-(--side) flex-col overflow-y-auto border-r border-line bg-surface px-2.5 pt-4 pb-[calc(var(--covered)+0.75rem)] md:flex lg:px-3.5"
		>
			<Link
				to="/"
				aria-label="Ogma"
				className="mb-4 flex items-center gap-2.5 self-start rounded-sm px-1.5 py-1 lg:px-2"
			>
				<Mark className="size-9" />
				<span className="hidden lg:block">
					<Wordmark />
				</span>
			</Link>
			{list(MAIN_NAV)}
			<Part title={t('nav.library')}>{list(LIBRARY_NAV)}</Part>
			<Part title={t('nav.mine')}>{list(entriesFor(me, MINE_NAV))}</Part>
			<div className="mt-auto pt-6">{list(FOOT_NAV)}</div>
		</nav>
	);
}
