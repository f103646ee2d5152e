import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Icon } from './Icon';

interface SectionProps {
	title: string;
	/** Where "show all" leads. */
	to?: string;
	children: ReactNode;
}

export function Section({ title, to, children }: SectionProps) {
	const { t } = useTranslation();
	const id = useId();
	return (
		<section aria-labelledby={id} className="mt-10 first:mt-0">
			<div className="mb-4 flex items-baseline justify-between gap-4">
				<h2 id={id} className="text-xl">
					{title}
				</h2>
				{to && (
					<Link
						to={to}
						aria-label={t('action.showAllOf', { what: title })}
						className="inline-flex shrink-0 items-center gap-0.5 rounded-xs py-1 text-sm font-medium text-text-2 hover:text-text"
					>
						{t('action.showAll')}
						<Icon name="right" className="size-4" />
					</Link>
				)}
			</div>
			{children}
		</section>
	);
}
