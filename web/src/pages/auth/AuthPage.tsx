import type { ReactNode } from 'react';
import { Mark } from '../../components/Logo';
import { Page } from '../../components/Page';

interface AuthPageProps {
	title: string;
	text?: ReactNode;
	children?: ReactNode;
	/** Below the box: the other way. */
	foot?: ReactNode;
}

const GLOW = { '--tint-h': 72, '--tint-k': 0.75 } as React.CSSProperties;

/** The frame of all pages one comes to before one is somebody. */
export function AuthPage({ title, text, children, foot }: AuthPageProps) {
	return (
		<Page title={title} className="sheet-glow" style={GLOW}>
			<div className="mx-auto flex min-h-[calc(100dvh-var(--header)-var(--covered)-4rem)] max-w-md flex-col justify-center py-6">
				<div className="rounded-lg border border-line bg-surface p-6 shadow-2 sm:p-9">
					<Mark className="size-14" />
					<h1 className="mt-5 text-2xl font-bold">{title}</h1>
					{text && <div className="mt-2 text-text-2">{text}</div>}
					{children && <div className="mt-6">{children}</div>}
				</div>
				{foot && <div className="mt-5 text-center text-sm text-text-2">{foot}</div>}
			</div>
		</Page>
	);
}

export const FOOT_LINK = 'font-semibold text-text underline underline-offset-3 hover:text-accent-text';
