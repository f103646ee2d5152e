import { useTranslation } from 'react-i18next';
import { NavLink, Outlet } from 'react-router';
import { can } from '../../api/roles';
import { useMe } from '../../api/session';
import { Icon } from '../../components/Icon';
import { Page } from '../../components/Page';
import { ADMIN_NAV, type AdminEntry } from './nav';

function Entry({ to, icon, text }: AdminEntry) {
	const { t } = useTranslation();
	return (
		<li className="shrink-0">
			<NavLink
				to={to}
				end={to === '/admin'}
				className={({ isActive }) =>
					`flex h-9 items-center gap-2.5 rounded-full px-3 text-sm font-medium whitespace-nowrap transition-colors xl:rounded-sm ${isActive ? 'bg-accent-soft text-text' : 'text-text-2 hover:bg-surface-2 hover:text-text max-xl:bg-surface-2'}`
				}
			>
				<Icon name={icon} className="size-4.5" />
				{t(text)}
			</NavLink>
		</li>
	);
}

/** The administration's own navigation: chips above the page, from `xl` a column beside it. */
export function AdminLayout() {
	const { t } = useTranslation();
	const { me } = useMe();
	const groups = ADMIN_NAV.map((group) => ({
		...group,
		entries: group.entries.filter(({ role }) => can(me, role)),
	})).filter(({ entries }) => entries.length > 0);
	return (
		<Page title={t('user.admin')}>
			<div className="grid gap-x-8 gap-y-5 xl:grid-cols-[11.5rem_minmax(0,1fr)]">
				<nav
					aria-label={t('user.admin')}
					className="no-scrollbar -mx-gutter flex gap-1.5 overflow-x-auto px-gutter py-1 xl:sticky xl:top-[calc(var(--header)+0.75rem)] xl:mx-0 xl:block xl:self-start xl:p-0"
				>
					{groups.map(({ text, entries }) => (
						<section key={text} aria-label={t(text)} className="contents xl:mb-5 xl:block">
							<p aria-hidden="true" className="mb-1.5 hidden px-3 text-xs font-semibold text-text-3 xl:block">
								{t(text)}
							</p>
							<ul className="flex gap-1.5 xl:block xl:space-y-0.5">
								{entries.map((entry) => (
									<Entry key={entry.to} {...entry} />
								))}
							</ul>
						</section>
					))}
				</nav>
				<div className="min-w-0">
					<Outlet />
				</div>
			</div>
		</Page>
	);
}
