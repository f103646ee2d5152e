/* The icon set: 24-unit grid, 1.8 stroke, round ends. `fill` ones are solid, for the transport. */
const STROKED = {
	home: 'M4 10.5 12 4l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z',
	search: 'M10.8 17.6a6.8 6.8 0 1 0 0-13.6 6.8 6.8 0 0 0 0 13.6zM15.8 15.8 20 20',
	albums: 'M4 7.5h16V20H4zM6.5 4h11M12 16.3a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
	artists: 'M12 12.2a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.7-3.6 3.6-5.3 7.500-5.300s6.800 1.700 7.500 5.300',
	tracks:
		'M9 18V6l10.500-2v11.500M9 18a2.700 2.700 0 1 1-5.400 0A2.700 2.700 0 0 1 9 18zM19.500 15.500a2.700 2.700 0 1 1-5.400 0 2.700 2.700 0 0 1 5.400 0z',
	genres: 'M4 5h6.500v6.500H4zM13.500 5H20v6.500h-6.500zM4 14.500h6.500V20H4zM13.500 14.500H20V20h-6.500z',
	queue: 'M4 6h16M4 11h16M4 16h8M16 14.500v5l4-2.500z',
	settings:
		'M4 7h9M17 7h3M15 9.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM4 17h3M11 17h9M9 19.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400z',
	library: 'M5 4v16M9.500 4v16M14 4.500l5 15.200',
	volume: 'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a7.800 7.800 0 0 1 0 11',
	volumeLow: 'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6',
	muted: 'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM16 9.500l5 5M21 9.500l-5 5',
	shuffle:
		'M4 7h3c5 0 5 10 10 10h3M4 17h3c1.600 0 2.700-1 3.600-2.300M13.400 9.300C14.300 8 15.400 7 17 7h3M17.500 4.500 20 7l-2.500 2.500M17.500 14.500 20 17l-2.500 2.500',
	repeat:
		'M5 11V9.500A2.500 2.500 0 0 1 7.500 7H19M19 13v1.500a2.500 2.500 0 0 1-2.500 2.500H5M16.500 4.500 19 7l-2.500 2.500M7.500 14.500 5 17l2.500 2.500',
	repeatOne:
		'M5 11V9.500A2.500 2.500 0 0 1 7.500 7H19M19 13v1.500a2.500 2.500 0 0 1-2.500 2.500H5M16.500 4.500 19 7l-2.500 2.500M7.500 14.500 5 17l2.500 2.500M11 11l1.300-.8v4',
	more: 'M5.500 12h.01M12 12h.01M18.500 12h.01',
	close: 'M6 6l12 12M18 6 6 18',
	down: 'M5.500 9l6.500 6.500L18.500 9',
	left: 'M15 5.500 8.500 12l6.500 6.500',
	right: 'M9 5.500l6.500 6.500L9 18.500',
	expand: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
	grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
	plus: 'M12 5v14M5 12h14',
	playNext: 'M4 7h10M4 12h7M4 17h7M15 12.500v7l5.500-3.500z',
	trash: 'M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7M10.500 10.500v5.500M13.500 10.500v5.500',
	download: 'M12 4v11M7.500 11 12 15.500l4.500-4.500M5 19.500h14',
	lyrics: 'M5 5h14v11h-7l-4.500 3.500V16H5zM8.500 9h7M8.500 12h4.500',
	keyboard: 'M3.500 6.500h17v11h-17zM7 10h.01M10.300 10h.01M13.700 10h.01M17 10h.01M8 14h8',
	copy: 'M9 9h10v10.500H9zM5.500 15V4.500H15',
	check: 'M5 12.500l4.500 4.500L19 7.500',
	info: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 11v5M12 8h.01',
	alert: 'M12 4 3 19.500h18zM12 10v4.500M12 17h.01',
} as const;

const FILLED = {
	play: 'M7.500 4.900c0-.8.900-1.300 1.600-.9l11 7.100c.6.4.6 1.300 0 1.700l-11 7.100c-.7.5-1.600 0-1.600-.8z',
	pause:
		'M6.500 4.500h3.600c.3 0 .6.3.6.6v13.800c0 .3-.3.6-.6.6H6.500a.6.6 0 0 1-.6-.6V5.100c0-.3.3-.6.6-.6zM13.900 4.500h3.600c.3 0 .6.3.6.6v13.800c0 .3-.3.6-.6.6h-3.600a.6.6 0 0 1-.6-.6V5.100c0-.3.3-.6.6-.6z',
	next: 'M5 5.700c0-.8.900-1.200 1.500-.8l9.300 6.300c.6.400.6 1.200 0 1.600l-9.300 6.300c-.6.400-1.500 0-1.500-.8zM17.300 5h1.900v14h-1.900z',
	previous:
		'M19 5.700c0-.8-.900-1.200-1.500-.8l-9.300 6.300c-.6.400-.6 1.200 0 1.600l9.300 6.300c.6.400 1.500 0 1.500-.8zM4.800 5h1.900v14H4.800z',
} as const;

export type IconName = keyof typeof STROKED | keyof typeof FILLED;

export function Icon({ name, className = 'size-5' }: { name: IconName; className?: string }) {
	if (name in FILLED) {
		return (
			<svg viewBox="0 0 24 24" className={`shrink-0 ${className}`} fill="currentColor" aria-hidden="true">
				<path d={FILLED[name as keyof typeof FILLED]} />
			</svg>
		);
	}
	return (
		<svg
			viewBox="0 0 24 24"
			className={`shrink-0 ${className}`}
			fill="none"
			stroke="currentColor"
			strokeWidth={name === 'more' || name === 'grip' ? 2.6 : 1.8}
			strokeLinecap="round"
			strokeLinejoin="round"
			aria-hidden="true"
		>
			<path d={STROKED[name as keyof typeof STROKED]} />
		</svg>
	);
}
