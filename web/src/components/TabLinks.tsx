import { NavLink } from 'react-router';

interface TabLinksProps {
	label: string;
	tabs: { to: string; label: string; end?: boolean }[];
}

/** The parts of one subject, each an address of its own, so that back, reload and links keep the part. */
export function TabLinks({ label, tabs }: TabLinksProps) {
	return (
		<nav aria-label={label} className="no-scrollbar -mx-gutter mb-7 overflow-x-auto px-gutter">
			<ul className="flex min-w-full gap-1 border-b border-line">
				{tabs.map(({ to, label: text, end }) => (
					<li key={to}>
						<NavLink
							to={to}
							end={end ?? false}
							replace
							className={({ isActive }) =>
								`relative flex h-11 items-center px-3.5 text-sm font-semibold whitespace-nowrap after:absolute after:inset-x-2.5 after:-bottom-px after:h-0.75 after:rounded-full ${isActive ? 'text-text after:bg-accent' : 'text-text-2 hover:text-text'}`
							}
						>
							{text}
						</NavLink>
					</li>
				))}
			</ul>
		</nav>
	);
}
