import type { ComponentProps, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../components/Button';
import type { Bulk } from './use-bulk';

interface BulkBarProps {
	bulk: Pick<Bulk<unknown>, 'keys' | 'clear'>;
	children: ReactNode;
}

/** What can be done with the chosen rows; floats above the list's end while some are chosen. */
export function BulkBar({ bulk, children }: BulkBarProps) {
	const { t } = useTranslation();
	const count = bulk.keys.length;
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
			<IconButton icon="close" size="sm" label={t('admin.bulk.clear')} onClick={bulk.clear} />
		</div>
	);
}

export function BulkButton(props: ComponentProps<typeof Button>) {
	return <Button className="h-9! px-3.5!" {...props} />;
}
