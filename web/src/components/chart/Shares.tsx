import { useTranslation } from 'react-i18next';
import type { Part } from '../../api/analytics';
import { numberOf } from '../../i18n/format';
import { sharesOf } from './chart-data';
import { percent } from './percent';

interface SharesProps {
	title: string;
	parts: Part[];
	/** Of a part's name as people say it. */
	nameOf: (name: string) => string;
	/** How many are listed; the small ones beyond are put together. */
	count?: number;
}

/** What a number is made of, as bars that are also a list. */
export function Shares({ title, parts, nameOf, count = 6 }: SharesProps) {
	const { t, i18n } = useTranslation();
	const shares = sharesOf(parts, count, '');
	return (
		<section aria-label={title}>
			<h3 className="mb-3 text-base">{title}</h3>
			{shares.length === 0 && <p className="text-sm text-text-2">{t('chart.nothing')}</p>}
			<ul className="space-y-2.5 text-sm">
				{shares.map(({ name, plays, share }) => (
					<li key={name}>
						<span className="flex items-baseline justify-between gap-3">
							<span className="min-w-0 truncate font-medium">{name === '' ? t('chart.others') : nameOf(name)}</span>
							<span className="tabular shrink-0 text-text-2">
								{numberOf(plays, i18n.language)} · {percent(share, i18n.language)}
							</span>
						</span>
						<span className="mt-1 block h-1.5 overflow-hidden rounded-full bg-surface-3" aria-hidden="true">
							<span
								className="block h-full rounded-full bg-chart-1"
								style={{ width: `${Math.max(1, share * 100)}%` }}
							/>
						</span>
					</li>
				))}
			</ul>
		</section>
	);
}
