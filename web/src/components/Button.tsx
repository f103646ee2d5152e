import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'react-router';
import { Icon, type IconName } from './Icon';

const LOOKS = {
	primary: 'bg-accent text-accent-ink hover:bg-accent-hover',
	plain: 'bg-surface-2 text-text hover:bg-surface-3',
	quiet: 'text-text-2 hover:bg-surface-2 hover:text-text',
	danger: 'bg-danger text-danger-ink hover:brightness-110',
} as const;

const SHAPE =
	'inline-flex h-11 items-center justify-center gap-2 rounded-full px-5 text-sm font-semibold whitespace-nowrap transition duration-150 ease-out active:scale-97 disabled:opacity-50';

interface ButtonProps extends ComponentProps<'button'> {
	look?: keyof typeof LOOKS;
	icon?: IconName;
	children: ReactNode;
}

export function Button({ look = 'plain', icon, children, className = '', ...rest }: ButtonProps) {
	return (
		<button type="button" className={`${SHAPE} ${LOOKS[look]} ${className}`} {...rest}>
			{icon && <Icon name={icon} className="size-4.5" />}
			{children}
		</button>
	);
}

interface LinkButtonProps {
	to: string;
	look?: keyof typeof LOOKS;
	icon?: IconName;
	children: ReactNode;
	className?: string;
	/** An address of the server's own (a file, another site's sign-in), not a page of the app. */
	external?: boolean;
}

/** A way to go that looks like a button. */
export function LinkButton({ to, look = 'plain', icon, children, className = '', external = false }: LinkButtonProps) {
	const inside = (
		<>
			{icon && <Icon name={icon} className="size-4.5" />}
			{children}
		</>
	);
	const classes = `${SHAPE} ${LOOKS[look]} ${className}`;
	if (external) {
		return (
			<a href={to} className={classes}>
				{inside}
			</a>
		);
	}
	return (
		<Link to={to} className={classes}>
			{inside}
		</Link>
	);
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
	icon: IconName;
	label: string;
	size?: 'sm' | 'md' | 'lg';
	pressed?: boolean;
}

const SIZES = { sm: 'size-9', md: 'size-10', lg: 'size-12' } as const;

/** A round button that is only an icon; the label is its name and its hint. */
export function IconButton({ icon, label, size = 'md', pressed, className = '', ...rest }: IconButtonProps) {
	const colour = pressed ? 'text-accent-text' : 'text-text-2 hover:text-text';
	return (
		<button
			type="button"
			aria-label={label}
			title={label}
			aria-pressed={pressed}
			className={`relative inline-grid shrink-0 place-items-center rounded-full transition duration-150 ease-out hover:bg-surface-2 active:scale-92 disabled:opacity-40 ${SIZES[size]} ${colour} ${className}`}
			{...rest}
		>
			<Icon name={icon} className={size === 'lg' ? 'size-6' : 'size-5'} />
			{pressed && <span className="absolute bottom-1 size-1 rounded-full bg-current" />}
		</button>
	);
}

interface PlayButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
	playing: boolean;
	/** What it does while something plays: a stream that is live stops. */
	off?: 'pause' | 'stop';
	label: string;
	className?: string;
	iconClass?: string;
}

/** The amber disc: the one strongest thing on a page. */
export function PlayButton(props: PlayButtonProps) {
	const { playing, off = 'pause', label, className = 'size-14', iconClass = 'size-6', ...rest } = props;
	return (
		<button
			type="button"
			aria-label={label}
			title={label}
			className={`inline-grid shrink-0 place-items-center rounded-full bg-accent text-accent-ink shadow-1 transition duration-150 ease-out hover:scale-104 hover:bg-accent-hover active:scale-95 ${className}`}
			{...rest}
		>
			<Icon name={playing ? off : 'play'} className={iconClass} />
		</button>
	);
}
