import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../Icon';
import { percent } from './percent';

interface FigureProps {
	label: string;
	value: string;
	/** Against the time before, 0.5 = half more. */
	change?: number | null;
	hint?: ReactNode;
}

/** One number that matters, and whether it grows. */
export function Figure({ label, value, change, hint }: FigureProps) {
	const { t, i18n } = useTranslation();
	const known = change !== undefined && change !== null && Number.isFinite(change);
	const up = known && change >= 0;
	return (
		<div className="min-w-0 rounded-md border border-line bg-surface p-4">
			<dt className="text-sm text-text-2">{label}</dt>
			<dd className="mt-1">
				<span
					className={`display tabular block font-semibold text-balance ${value.length > 9 ? 'text-lg' : 'text-xl'}`}
				>
					{value}
				</span>
				{known && (
					<span
						className={`mt-1 inline-flex items-center gap-1 text-xs font-semibold ${up ? 'text-accent-text' : 'text-text-2'}`}
					>
						<Icon name={up ? 'sortUp' : 'sortDown'} className="size-3.5" />
						<span aria-hidden="true">{percent(Math.abs(change), i18n.language)}</span>
						<span className="sr-only">
							{t(up ? 'chart.more' : 'chart.less', { share: percent(Math.abs(change), i18n.language) })}
						</span>
					</span>
				)}
				{hint && <span className="mt-1 block text-xs text-text-2">{hint}</span>}
			</dd>
		</div>
	);
}

export function Figures({ children }: { children: ReactNode }) {
	return <dl className="grid grid-cols-[repeat(auto-fit,minmax(min(9rem,44%),1fr))] gap-2.5 sm:gap-3.5">{children}</dl>;
}
