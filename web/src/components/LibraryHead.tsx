import { useTranslation } from 'react-i18next';
import { NavLink, useSearchParams } from 'react-router';
import { useMe } from '../api/session';
import { entriesFor, LIBRARY_NAV, MINE_NAV } from '../app/nav';
import { numberOf } from '../i18n/format';
import { Icon } from './Icon';

/** The sort of a list lives in the address, so that back, reload and links keep it. */
export function useSort(sorts: string[]): [string, (sort: string) => void] {
	const [params, setParams] = useSearchParams();
	const asked = params.get('sort');
	const sort = asked && sorts.includes(asked) ? asked : sorts[0]!;
	const set = (value: string) =>
		setParams(
			(before) => {
				before.set('sort', value);
				return before;
			},
			{ replace: true },
		);
	return [sort, set];
}

interface LibraryHeadProps {
	title: string;
	total: number | null;
	sorts: string[];
	sort: string;
	onSort: (sort: string) => void;
}

/** On phones the parts of the library are reached from here; wider screens have them in the sidebar. */
export function LibraryTabs() {
	const { t } = useTranslation();
	const { me } = useMe();
	return (
		<nav
			aria-label={t('nav.library')}
			className="no-scrollbar -mx-gutter mb-4 flex gap-1.5 overflow-x-auto px-gutter py-1 md:hidden"
		>
			{entriesFor(me, [...LIBRARY_NAV, ...MINE_NAV]).map(({ to, text }) => (
				<NavLink
					key={to}
					to={to}
					end
					className={({ isActive }) =>
						`inline-flex h-9 shrink-0 items-center rounded-full px-3 text-sm font-medium ${isActive ? 'bg-text text-bg' : 'bg-surface-2 text-text-2'}`
					}
				>
					{t(text)}
				</NavLink>
			))}
		</nav>
	);
}

export function LibraryHead({ title, total, sorts, sort, onSort }: LibraryHeadProps) {
	const { t, i18n } = useTranslation();
	return (
		<>
			<LibraryTabs />
			<header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
				<h1 className="text-2xl font-bold">
					{title}
					{total !== null && (
						<span className="tabular ml-3 align-middle font-sans text-base font-medium text-text-3">
							{numberOf(total, i18n.language)}
						</span>
					)}
				</h1>
				{sorts.length > 1 && (
					<label className="relative flex items-center text-sm text-text-2">
						<span className="sr-only">{t('sort.label')}</span>
						<select
							value={sort}
							onChange={(event) => onSort(event.target.value)}
							className="h-10 cursor-pointer appearance-none rounded-full bg-surface-2 pr-9 pl-4 font-medium text-text hover:bg-surface-3"
						>
							{sorts.map((value) => (
								<option key={value} value={value}>
									{t(`sort.${value.replace('-', 'desc_')}`)}
								</option>
							))}
						</select>
						<Icon name="down" className="pointer-events-none absolute right-3 size-4" />
					</label>
				)}
			</header>
		</>
	);
}
