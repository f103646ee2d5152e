import type { ReactNode } from 'react';
import { Cover } from './Cover';
import { sharpRem } from './cover-url';

interface HeroProps {
	kind: string;
	title: string;
	cover?: { url: string | null; name: string; round?: boolean };
	/** Another picture than a cover. */
	picture?: (className: string, sizes: string) => ReactNode;
	/** The line under the title. */
	children?: ReactNode;
	actions?: ReactNode;
}

const SIZES = `(min-width: 1024px) ${sharpRem(17)}, (min-width: 640px) ${sharpRem(12)}, 62vw`;

/** Head of a page about one thing: its cover, its name, what can be done with it. */
export function Hero({ kind, title, cover, picture, children, actions }: HeroProps) {
	const shape = 'w-[min(62vw,15rem)] self-center shadow-2 sm:w-48 sm:self-auto lg:w-68';
	const size = title.length > 46 ? 'text-2xl' : 'text-3xl';
	return (
		<header className="mb-8 flex flex-col gap-6 sm:flex-row sm:items-end lg:gap-9">
			{cover ? (
				<Cover
					url={cover.url}
					name={cover.name}
					round={cover.round ?? false}
					eager
					sizes={SIZES}
					className={`${shape} ${cover.round ? '' : 'rounded-md!'}`}
				/>
			) : (
				picture?.(`${shape} rounded-md!`, SIZES)
			)}
			<div className="min-w-0 flex-1 text-center sm:text-left">
				<p className="text-sm font-semibold text-text-2">{kind}</p>
				<h1 className={`mt-2 font-bold wrap-anywhere hyphens-auto ${size}`}>{title}</h1>
				<div className="mt-3 text-text-2">{children}</div>
				{actions && (
					<div className="mt-6 flex flex-wrap items-center justify-center gap-3 sm:justify-start">{actions}</div>
				)}
			</div>
		</header>
	);
}
