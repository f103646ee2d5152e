import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './Button';

interface DialogProps {
	open: boolean;
	title: string;
	onClose: () => void;
	children: ReactNode;
	wide?: boolean;
}

/** A modal window: focus stays in it, Escape and a click beside it close it. Its content exists only while it is open. */
export function Dialog({ open, title, onClose, children, wide = false }: DialogProps) {
	const { t } = useTranslation();
	const id = useId();
	const dialog = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		const element = dialog.current;
		if (open && !element?.open) element?.showModal();
		if (!open && element?.open) element.close();
	}, [open]);
	return (
		/* The click beside it has a key: Escape, by the browser itself. */
		// eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
		<dialog
			ref={dialog}
			onClose={onClose}
			onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
			onKeyDown={(event) => event.stopPropagation()}
			aria-labelledby={id}
			className={`m-auto max-h-[min(92dvh,60rem)] rounded-lg border border-line bg-surface p-0 text-text shadow-2 backdrop:bg-black/50 open:animate-rise ${wide ? 'w-[min(96vw,52rem)]' : 'w-[min(94vw,30rem)]'}`}
		>
			<div className="p-5 sm:p-6">
				<div className="mb-4 flex items-start justify-between gap-4">
					<h2 id={id} className="pt-1.5 text-xl wrap-anywhere">
						{title}
					</h2>
					<IconButton icon="close" label={t('action.close')} onClick={() => dialog.current?.close()} />
				</div>
				{open && children}
			</div>
		</dialog>
	);
}

/** The row of buttons a dialog or form ends in. */
export function Actions({ children }: { children: ReactNode }) {
	return <div className="mt-6 flex flex-wrap justify-end gap-2.5">{children}</div>;
}
