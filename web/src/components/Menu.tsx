import { useId, useRef, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { IconButton } from './Button';
import { Icon, type IconName } from './Icon';

export type MenuEntry =
	| { icon: IconName; label: string; run: () => void; danger?: boolean }
	| { icon: IconName; label: string; to: string }
	| { icon: IconName; label: string; href: string };

interface Trigger {
	popoverTarget: string;
	'aria-haspopup': 'menu';
	'aria-expanded': boolean;
	'aria-label': string;
}

interface MenuProps {
	label: string;
	/** Called when it opens: entries of hundreds of rows are not made in advance. */
	entries: () => MenuEntry[];
	className?: string;
	/** Another button than the three dots. */
	trigger?: (props: Trigger) => ReactNode;
	/** Words above the entries. */
	head?: ReactNode;
}

const ITEM =
	'flex w-full items-center gap-3 rounded-sm px-3 py-2 text-left text-sm text-text hover:bg-surface-2 focus-visible:bg-surface-2 focus-visible:outline-none';

const MARGIN = 8;

/** A "more" button and its menu. In the top layer (popover), so that it also opens over the now-playing sheet. */
export function Menu({ label, entries, className = '', trigger, head }: MenuProps) {
	const id = useId();
	const panel = useRef<HTMLDivElement>(null);
	const button = useRef<HTMLDivElement>(null);
	const [open, setOpen] = useState(false);

	const place = () => {
		const box = button.current?.getBoundingClientRect();
		const menu = panel.current;
		if (!box || !menu) return;
		const { offsetWidth: width, offsetHeight: height } = menu;
		const below = box.bottom + height + MARGIN <= innerHeight;
		menu.style.left = `${Math.max(MARGIN, Math.min(box.right - width, innerWidth - width - MARGIN))}px`;
		menu.style.top = `${Math.max(MARGIN, below ? box.bottom : box.top - height)}px`;
		menu.querySelector<HTMLElement>('[role=menuitem]')?.focus();
	};
	const hide = () => panel.current?.hidePopover();
	const onKeyDown = (event: React.KeyboardEvent) => {
		const items = [...(panel.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
		const at = items.indexOf(document.activeElement as HTMLElement);
		const goal: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
		const next = goal[event.key];
		event.stopPropagation();
		if (event.key === 'Tab') hide();
		if (next === undefined) return;
		event.preventDefault();
		items[(next + items.length) % items.length]?.focus();
	};

	return (
		<div ref={button} className={className}>
			{trigger ? (
				trigger({ popoverTarget: id, 'aria-haspopup': 'menu', 'aria-expanded': open, 'aria-label': label })
			) : (
				<IconButton
					icon="more"
					label={label}
					size="sm"
					aria-haspopup="menu"
					aria-expanded={open}
					popoverTarget={id}
					onDoubleClick={(event) => event.stopPropagation()}
				/>
			)}
			<div
				ref={panel}
				id={id}
				popover="auto"
				onToggle={(event) => {
					setOpen(event.newState === 'open');
					if (event.newState === 'open') requestAnimationFrame(place);
				}}
				className="glass fixed m-0 w-60 rounded-md border border-line bg-surface p-1.5 shadow-2 open:animate-rise"
			>
				{open && head}
				<div
					role="menu"
					tabIndex={-1}
					aria-label={label}
					onKeyDown={onKeyDown}
					onClick={hide}
					onDoubleClick={(event) => event.stopPropagation()}
				>
					{open && entries().map((entry) => <MenuItem key={entry.label} entry={entry} />)}
				</div>
			</div>
		</div>
	);
}

function MenuItem({ entry }: { entry: MenuEntry }) {
	const inside: ReactNode = (
		<>
			<Icon name={entry.icon} className={`size-4.5 ${'danger' in entry && entry.danger ? '' : 'text-text-2'}`} />
			{entry.label}
		</>
	);
	if ('to' in entry) {
		return (
			<Link role="menuitem" to={entry.to} className={ITEM}>
				{inside}
			</Link>
		);
	}
	if ('href' in entry) {
		return (
			<a role="menuitem" href={entry.href} download className={ITEM}>
				{inside}
			</a>
		);
	}
	return (
		<button
			type="button"
			role="menuitem"
			onClick={entry.run}
			className={`${ITEM} ${entry.danger ? 'text-danger!' : ''}`}
		>
			{inside}
		</button>
	);
}
