import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Genre } from '../api/types';
import { hashOf } from '../design/palette';
import { coverSrc } from './cover-url';

/** A genre as a coloured tile; the hue comes from its name, so it is always the same one. */
export function GenreTile({ genre }: { genre: Genre }) {
	const { t } = useTranslation();
	const hue = hashOf(genre.name) % 360;
	const style = { background: `linear-gradient(120deg, oklch(0.45 0.1 ${hue}), oklch(0.33 0.09 ${(hue + 40) % 360}))` };
	return (
		<Link
			to={`/genres/${genre.id}`}
			className="group/tile relative flex h-28 flex-col justify-between overflow-hidden rounded-md p-4 text-white shadow-1 transition duration-200 ease-out hover:-translate-y-0.5 hover:shadow-2"
			style={style}
		>
			<span className="display relative z-1 text-lg leading-tight hyphens-auto">{genre.name}</span>
			<span className="relative z-1 text-sm text-white/85">{t('count.tracks', { count: genre.track_count })}</span>
			{genre.cover_url && (
				<img
					src={coverSrc(genre.cover_url, 300)}
					alt=""
					loading="lazy"
					decoding="async"
					className="absolute -right-4 -bottom-4 size-16 rotate-12 sm:size-24 rounded-sm object-cover shadow-2 transition duration-300 ease-out group-hover/tile:rotate-6"
				/>
			)}
		</Link>
	);
}
