import { Icon } from '../Icon';

/** What is wrong with a form as a whole; read out as soon as it is there. */
export function Problem({ text, className = '' }: { text: string; className?: string }) {
	return (
		<div role="alert" className={`empty:hidden ${className}`}>
			{text && (
				<p className="flex items-start gap-2.5 rounded-sm border border-danger/40 bg-danger/10 px-3.5 py-2.5 text-sm">
					<Icon name="alert" className="mt-0.5 size-4.5 text-danger" />
					<span className="min-w-0 wrap-anywhere">{text}</span>
				</p>
			)}
		</div>
	);
}

export function Notice({ children }: { children: React.ReactNode }) {
	return (
		<div role="status">
			<p className="flex items-start gap-2.5 rounded-sm bg-accent-soft px-3.5 py-2.5 text-sm">
				<Icon name="check" className="mt-0.5 size-4.5 text-accent-text" />
				<span>{children}</span>
			</p>
		</div>
	);
}
