import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/Button';
import { toast } from '../../components/toast';

/** What can be done with the chosen rows; floats above the list's end while some are chosen. */
export function BulkBar({ count, clear, children }: { count: number; clear: () => void; children: ReactNode }) {
	const { t } = useTranslation();
	if (count === 0) return null;
	return (
		<div
			role="toolbar"
			aria-label={t('admin.bulk.label')}
			className="glass sticky bottom-[calc(var(--covered)+0.75rem)] z-10 mt-4 flex animate-rise flex-wrap items-center gap-2 rounded-lg border border-line-strong p-2.5 pl-4 shadow-2"
		>
			<span className="mr-auto text-sm font-semibold" aria-live="polite">
				{t('admin.bulk.chosen', { count })}
			</span>
			{children}
			<IconButton icon="close" size="sm" label={t('admin.bulk.clear')} onClick={clear} />
		</div>
	);
}

/** Says how many were changed, and the reason of the first that was not. */
export function useBulkReport(): (answer: { changed: unknown[]; refused: { reason: string }[] }) => void {
	const { t } = useTranslation();
	return ({ changed, refused }) => {
		const done = t('admin.bulk.changed', { count: changed.length });
		toast(
			refused.length === 0
				? done
				: `${done} ${t('admin.bulk.refused', { count: refused.length })} ${refused[0]!.reason}`,
		);
	};
}
