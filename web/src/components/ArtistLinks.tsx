import { Link } from 'react-router';
import type { ArtistCredit } from '../api/types';

interface ArtistLinksProps {
	/** The artists as the tags word them: shown when the credits do not say it all. */
	text: string;
	artistId: number | null;
	artists: ArtistCredit[];
	className?: string;
}

const SHOWN = new Set(['main', 'featured', 'performer']);

export function ArtistLinks({ text, artistId, artists, className = '' }: ArtistLinksProps) {
	const linkClass = 'hover:text-text hover:underline underline-offset-3';
	const credited = artists.filter((artist) => SHOWN.has(artist.role));
	const unique = credited.filter((artist, at) => credited.findIndex((other) => other.id === artist.id) === at);
	if (unique.length < 2) {
		return (
			<span className={className}>
				{artistId === null ? (
					text
				) : (
					<Link to={`/artists/${artistId}`} className={linkClass}>
						{text}
					</Link>
				)}
			</span>
		);
	}
	return (
		<span className={className}>
			{unique.map((artist, at) => (
				<span key={artist.id}>
					{at > 0 && ', '}
					<Link to={`/artists/${artist.id}`} className={linkClass}>
						{artist.name}
					</Link>
				</span>
			))}
		</span>
	);
}
