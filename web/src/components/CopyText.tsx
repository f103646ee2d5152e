import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './Button';

/** A text to take along: a link, a key, a command. It can also be chosen by hand, where the clipboard is forbidden. */
export function CopyText({ text, label }: { text: string; label: string }) {
	const { t } = useTranslation();
	const [copied, setCopied] = useState(false);
	const copy = () =>
		void navigator.clipboard?.writeText(text).then(
			() => setCopied(true),
			() => undefined,
		);
	return (
		<div className="flex items-center gap-2 rounded-md border border-line bg-bg py-1.5 pr-1.5 pl-3.5">
			<input
				readOnly
				value={text}
				aria-label={label}
				onFocus={(event) => event.currentTarget.select()}
				className="min-w-0 flex-1 bg-transparent font-mono text-sm outline-none"
			/>
			<IconButton
				icon={copied ? 'check' : 'copy'}
				size="sm"
				label={t(copied ? 'action.copied' : 'action.copy')}
				onClick={copy}
			/>
			<span role="status" className="sr-only">
				{copied ? t('action.copied') : ''}
			</span>
		</div>
	);
}
