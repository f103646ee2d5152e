import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Library } from '../../api/types';
import { IconButton } from '../../components/Button';
import { Page } from '../../components/Page';
import { EmptyState } from '../../components/States';

const COMMAND = 'ogma scan /path/to/music';

/** Nothing to play yet: says how music gets in, and fills itself when it does. */
export function EmptyLibrary({ library }: { library: Library }) {
	const { t } = useTranslation();
	const [copied, setCopied] = useState(false);
	const copy = () =>
		void navigator.clipboard.writeText(COMMAND).then(
			() => setCopied(true),
			() => undefined,
		);
	return (
		<Page title={t('nav.home')}>
			<EmptyState title={t(library.scanning ? 'empty.scanning' : 'empty.title')}>
				<p>{t('empty.text')}</p>
				<div className="flex items-center justify-between gap-3 rounded-md border border-line bg-surface py-2 pr-2 pl-4 text-left shadow-1">
					<code className="min-w-0 overflow-x-auto font-mono text-sm whitespace-nowrap text-text">{COMMAND}</code>
					<IconButton
						icon={copied ? 'check' : 'copy'}
						size="sm"
						label={t(copied ? 'empty.copied' : 'empty.copy')}
						onClick={copy}
					/>
				</div>
				<p className="text-sm">{t('empty.formats')}</p>
			</EmptyState>
		</Page>
	);
}
