import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { closeToast, useToast, type ToastAction } from './toast';

function Action({ action }: { action: ToastAction }) {
	const classes = 'pointer-events-auto -my-1 -mr-2 rounded-full px-3 py-1 font-bold underline underline-offset-3';
	if ('to' in action) {
		return (
			<Link to={action.to} onClick={closeToast} className={classes}>
				{action.label}
			</Link>
		);
	}
	return (
		<button
			type="button"
			className={classes}
			onClick={() => {
				closeToast();
				action.run();
			}}
		>
			{action.label}
		</button>
	);
}

/** One short message over everything, also over the now-playing sheet (hence a popover: the top layer). */
export function Toaster() {
	const message = useToast((state) => state.message);
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const element = box.current;
		if (!element) return;
		/* Shown anew each time, so that it comes above a dialog opened since. */
		if (element.matches(':popover-open')) element.hidePopover();
		if (message) element.showPopover();
	}, [message]);
	return (
		<>
			<div role="status" className="sr-only">
				{message?.text}
			</div>
			<div
				ref={box}
				popover="manual"
				className="pointer-events-none fixed inset-x-0 top-auto bottom-[calc(var(--covered)+1rem)] m-auto w-fit max-w-[min(92vw,30rem)] animate-rise rounded-full bg-text px-5 py-2.5 text-center text-sm font-medium text-bg shadow-2"
			>
				<span aria-hidden="true">{message?.text}</span>
				{message?.action && (
					<>
						{' '}
						<Action action={message.action} />
					</>
				)}
			</div>
		</>
	);
}
