import { useTranslation } from 'react-i18next';
import type { Line } from '../../api/channel-events';
import { Button } from '../../components/Button';
import { useClock } from '../../components/use-clock';

const DOTS = {
	open: 'bg-chart-3',
	connecting: 'animate-pulse bg-accent',
	lost: 'bg-danger',
} as const;

function Lost({ line }: { line: Line }) {
	const { t } = useTranslation();
	const now = useClock();
	const seconds = line.retryAt === null ? 0 : Math.max(0, Math.ceil((line.retryAt - now) / 1000));
	return (
		<>
			<span>
				{t('radio.line.lost')}
				{seconds > 0 && <span aria-hidden="true"> {t('radio.line.retry', { count: seconds })}</span>}
			</span>
			<Button look="quiet" className="h-8! px-3!" onClick={line.retry}>
				{t('radio.line.now')}
			</Button>
		</>
	);
}

/** Whether what is shown is live at this moment. */
export function LineState({ line }: { line: Line }) {
	const { t } = useTranslation();
	return (
		<div role="status" data-line={line.state} className="flex min-h-8 items-center gap-2.5 text-sm text-text-2">
			<span className={`size-2 rounded-full ${DOTS[line.state]}`} aria-hidden="true" />
			{line.state === 'lost' ? <Lost line={line} /> : t(`radio.line.${line.state}`)}
		</div>
	);
}
