import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../components/Button';

const KEYS: [string, string[]][] = [
	['help.search', ['/', 'Ctrl K']],
	['help.toggle', ['Space', 'K']],
	['help.seek', ['←', '→']],
	['help.skip', ['Shift ←', 'Shift →']],
	['help.volume', ['Shift ↑', 'Shift ↓']],
	['help.mute', ['M']],
	['help.shuffle', ['S']],
	['help.repeat', ['R']],
	['help.sheet', ['F']],
	['help.help', ['?']],
];

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
	const { t } = useTranslation();
	const dialog = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		if (open) dialog.current?.showModal();
		else dialog.current?.close();
	}, [open]);
	return (
		<dialog
			ref={dialog}
			onClose={onClose}
			aria-labelledby="help-title"
			className="m-auto w-[min(92vw,30rem)] rounded-lg border border-line bg-surface p-6 text-text shadow-2 backdrop:bg-black/50 open:animate-rise"
		>
			<div className="mb-4 flex items-center justify-between">
				<h2 id="help-title" className="text-xl">
					{t('help.title')}
				</h2>
				<IconButton icon="close" label={t('action.close')} onClick={onClose} />
			</div>
			<dl className="space-y-2.5">
				{KEYS.map(([text, keys]) => (
					<div key={text} className="flex items-center justify-between gap-4 text-sm">
						<dt>{t(text)}</dt>
						<dd className="flex gap-1.5">
							{keys.map((key) => (
								<kbd key={key}>{key}</kbd>
							))}
						</dd>
					</div>
				))}
			</dl>
		</dialog>
	);
}
