import { useEffect, type ReactNode } from 'react';

interface PageProps {
	/** The browser's title; what is playing stands before it while something plays (app/title.ts). */
	title: string;
	children: ReactNode;
	className?: string;
	style?: React.CSSProperties;
}

let pageTitle = '';
export const currentPageTitle = (): string => pageTitle;

export function Page({ title, children, className = '', style }: PageProps) {
	useEffect(() => {
		pageTitle = title;
		dispatchEvent(new Event('ogma:title'));
	}, [title]);
	return (
		<div
			className={`min-h-dvh px-gutter pt-[calc(var(--header)+0.75rem)] pb-[calc(var(--covered)+2.5rem)] ${className}`}
			style={style}
		>
			<div className="mx-auto max-w-[110rem]">{children}</div>
		</div>
	);
}
