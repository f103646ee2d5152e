import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { SearchMulti, SearchTop } from '../../api/types';
import { AlbumCard, ArtistCard } from '../../components/Card';
import { PlayButton } from '../../components/Button';
import { Cover } from '../../components/Cover';
import { Highlight } from '../../components/Highlight';
import { PlaylistCard } from '../../components/PlaylistCard';
import { Section } from '../../components/Section';
import { Shelf } from '../../components/Shelf';
import { TrackList } from '../../components/TrackList';
import { tintStyle, useTint } from '../../design/palette';
import { usePlayer } from '../../player/store';
import { albumArtist, trackArtist } from '../../i18n/names';

interface TopView {
	name: string;
	to: string;
	subtitle: string;
	cover: string | null;
}

function viewOf(top: SearchTop, kind: string): TopView {
	if (top.type === 'artist') {
		return { name: top.item.name, to: `/artists/${top.item.id}`, subtitle: kind, cover: top.item.cover_url };
	}
	if (top.type === 'playlist') {
		const { id, title, owner, cover_url, mosaic } = top.item;
		const cover = cover_url ?? mosaic[0] ?? null;
		return { name: title, to: `/playlists/${id}`, subtitle: `${kind} · ${owner.username}`, cover };
	}
	const to = top.type === 'album' ? `/albums/${top.item.id}` : `/tracks/${top.item.id}`;
	const artist = top.type === 'album' ? albumArtist(top.item) : trackArtist(top.item);
	return { name: top.item.title, to, subtitle: `${kind} · ${artist}`, cover: top.item.cover_url };
}

function Top({ top }: { top: SearchTop }) {
	const { t } = useTranslation();
	const view = viewOf(top, t(`kind.${top.type}`));
	const tint = useTint(view.cover, view.name);
	const parts = top.item.highlights?.title;
	return (
		<div
			className="sheet-glow relative overflow-hidden rounded-lg bg-surface-2 shadow-1 transition hover:shadow-2"
			style={tintStyle(tint)}
		>
			<Link
				to={view.to}
				data-result
				className="flex h-full items-center gap-5 rounded-lg p-5 pr-20 lg:flex-col lg:items-start lg:pr-5"
			>
				<Cover
					url={view.cover}
					name={view.name}
					round={top.type === 'artist'}
					eager
					sizes="8rem"
					className="w-20 shadow-2 sm:w-28"
				/>
				<span className="min-w-0 max-w-full">
					<span className="display line-clamp-2 block text-xl font-bold wrap-anywhere">
						<Highlight parts={parts} text={view.name} />
					</span>
					<span className="mt-1 block truncate text-text-2">{view.subtitle}</span>
				</span>
			</Link>
			{top.type === 'track' && (
				<PlayButton
					playing={false}
					label={t('track.playThis', { title: top.item.title, artist: trackArtist(top.item) })}
					className="absolute! right-5 bottom-5 size-12"
					onClick={() => usePlayer.getState().playTracks([top.item], 0, { from: { type: 'search' } })}
				/>
			)}
		</div>
	);
}

export function Everything({ data, q }: { data: SearchMulti; q: string }) {
	const { t } = useTranslation();
	const { top, tracks, albums, artists, playlists } = data;
	const more = (tab: string, shown: number, total: number) =>
		total > shown ? `/search?q=${encodeURIComponent(q)}&tab=${tab}` : undefined;
	const linkTo = (to: string | undefined) => (to ? { to } : {});
	const fewTracks = tracks.items.slice(0, 5);
	return (
		<>
			<div
				className={`grid grid-cols-1 gap-x-gap gap-y-8 ${top && fewTracks.length ? 'lg:grid-cols-[minmax(0,1fr)_minmax(0,1.8fr)]' : ''}`}
			>
				{top && (
					<Section title={t('search.top')}>
						<Top top={top} />
					</Section>
				)}
				{fewTracks.length > 0 && (
					<div>
						<Section title={t('nav.tracks')} {...linkTo(more('tracks', fewTracks.length, tracks.total))}>
							<TrackList tracks={fewTracks} label={t('nav.tracks')} from={{ type: 'search' }} className="-mx-2" />
						</Section>
					</div>
				)}
			</div>
			{albums.items.length > 0 && (
				<Section title={t('nav.albums')} {...linkTo(more('albums', albums.items.length, albums.total))}>
					<Shelf
						items={albums.items}
						keyOf={(album) => album.id}
						render={(album) => <AlbumCard album={album} />}
						label={t('nav.albums')}
					/>
				</Section>
			)}
			{artists.items.length > 0 && (
				<Section title={t('nav.artists')} {...linkTo(more('artists', artists.items.length, artists.total))}>
					<Shelf
						items={artists.items}
						keyOf={(artist) => artist.id}
						render={(artist) => <ArtistCard artist={artist} />}
						label={t('nav.artists')}
					/>
				</Section>
			)}
			{playlists.items.length > 0 && (
				<Section title={t('nav.playlists')} {...linkTo(more('playlists', playlists.items.length, playlists.total))}>
					<Shelf
						items={playlists.items}
						keyOf={(playlist) => playlist.id}
						render={(playlist) => <PlaylistCard playlist={playlist} />}
						label={t('nav.playlists')}
					/>
				</Section>
			)}
		</>
	);
}
