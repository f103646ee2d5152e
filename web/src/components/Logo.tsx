/** The mark: Ogma's chain, two links and the bead of gold it ends in. Drawn once more in public/icons/favicon.svg;
 * keep both alike. The links pass over and under each other: each is cut (masked) where it goes beneath. */
export function Mark({ className = 'size-8' }: { className?: string }) {
	return (
		<svg viewBox="3 3 58 58" className={`shrink-0 ${className}`} fill="none" aria-hidden="true">
			<defs>
				<clipPath id="mark-upper">
					<path d="M0 64 64 0H0z" />
				</clipPath>
				<clipPath id="mark-lower">
					<path d="M0 64 64 0v64z" />
				</clipPath>
				<mask id="mark-large" maskUnits="userSpaceOnUse" x="0" y="0" width="64" height="64">
					<path fill="#fff" d="M0 0h64v64H0z" />
					<circle clipPath="url(#mark-upper)" cx="37.3" cy="26.7" r="10.3" stroke="#000" strokeWidth="8" />
				</mask>
				<mask id="mark-small" maskUnits="userSpaceOnUse" x="0" y="0" width="64" height="64">
					<path fill="#fff" d="M0 0h64v64H0z" />
					<circle clipPath="url(#mark-lower)" cx="24.5" cy="39.5" r="15.5" stroke="#000" strokeWidth="10" />
				</mask>
			</defs>
			<g stroke="var(--accent)">
				<circle mask="url(#mark-large)" cx="24.5" cy="39.5" r="15.5" strokeWidth="7" />
				<circle mask="url(#mark-small)" cx="37.3" cy="26.7" r="10.3" strokeWidth="5" />
			</g>
			<circle cx="52.4" cy="11.6" r="4.4" fill="var(--text)" />
		</svg>
	);
}

export function Wordmark() {
	return <span className="display text-xl font-semibold tracking-tight">Ogma</span>;
}
