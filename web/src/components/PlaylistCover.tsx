import type { Playlist } from '../api/playlists';
import { Cover } from './Cover';
import { coverSrc } from './cover-url';

type Shown = Pick<Playlist, 'title' | 'cover_url' | 'mosaic'>;

interface PlaylistCoverProps {
	playlist: Shown;
	/** Of a secret link: without it the picture is not for the asker. */
	token?: string | null;
	sizes: string;
	eager?: boolean;
	className?: string;
}

const withToken = (url: string | null, token: string | null | undefined) =>
	url && token ? `${url}${url.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}` : url;

/** Its own picture; else the covers of what is in it; else its name written. */
export function PlaylistCover({ playlist, token, sizes, eager = false, className = '' }: PlaylistCoverProps) {
	const { cover_url, mosaic, title } = playlist;
	if (cover_url || mosaic.length < 4) {
		const url = withToken(cover_url, token) ?? mosaic[0] ?? null;
		return <Cover url={url} name={title} sizes={sizes} eager={eager} className={className} />;
	}
	return (
		<span
			className={`relative grid aspect-square shrink-0 grid-cols-2 grid-rows-2 overflow-hidden rounded-sm bg-surface-2 ${className}`}
		>
			{mosaic.slice(0, 4).map((url) => (
				<img
					key={url}
					src={coverSrc(url, 300)}
					alt=""
					loading={eager ? 'eager' : 'lazy'}
					decoding="async"
					draggable={false}
					className="size-full object-cover"
				/>
			))}
		</span>
	);
}
