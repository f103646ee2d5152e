import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useContinue } from '../../api/history';
import { fetchAllTracks } from '../../api/hooks';
import { useMe } from '../../api/session';
import type { Album } from '../../api/types';
import { PlayButton } from '../../components/Button';
import { Cover } from '../../components/Cover';
import { toast } from '../../components/toast';
import { tintStyle, useTint } from '../../design/palette';
import { useRecent } from '../../player/recent';
import { currentItem, usePlayer } from '../../player/store';
import { clockOf } from '../../i18n/format';
import { albumArtist, trackArtist } from '../../i18n/names';
import { resume } from './resume';

const TILES = 4;

interface Card {
	cover: string | null;
	name: string;
	kind: string;
	title: string;
	subtitle: string;
	to: string;
	playing: boolean;
	play: () => void;
}

/** The one big thing of the home page: go on with what was playing, or begin with the newest album. */
function useCard(suggestion: Album | undefined): Card | null {
	const { t } = useTranslation();
	const track = usePlayer((state) => currentItem(state)?.track);
	const wantsPlay = usePlayer((state) => state.wantsPlay);
	const { toggle, playTracks } = usePlayer.getState();
	if (track) {
		return {
			cover: track.cover_url,
			name: track.album ?? track.title,
			kind: t(wantsPlay ? 'home.nowPlaying' : 'home.continue'),
			title: track.title,
			subtitle: track.album ? `${trackArtist(track)} · ${track.album}` : trackArtist(track),
			to: track.album_id === null ? `/tracks/${track.id}` : `/albums/${track.album_id}`,
			playing: wantsPlay,
			play: toggle,
		};
	}
	if (!suggestion) return null;
	return {
		cover: suggestion.cover_url,
		name: suggestion.title,
		kind: t('home.suggestion'),
		title: suggestion.title,
		subtitle: albumArtist(suggestion),
		to: `/albums/${suggestion.id}`,
		playing: false,
		play: () =>
			void fetchAllTracks(`/albums/${suggestion.id}/tracks`).then(
				(tracks) => playTracks(tracks, 0, { from: { type: 'album', id: suggestion.id } }),
				() => toast(t('error.play')),
			),
	};
}

interface Tile {
	key: string;
	cover: string | null;
	title: string;
	subtitle: string;
	label: string;
	play: () => void;
}

function Tiles({ tiles }: { tiles: Tile[] }) {
	const { t } = useTranslation();
	if (tiles.length === 0) return null;
	return (
		<ul aria-label={t('home.lately')} className="grid gap-2 self-stretch sm:grid-cols-2 xl:w-92 xl:grid-cols-1">
			{tiles.map((tile) => (
				<li key={tile.key} className="min-w-0">
					<button
						type="button"
						aria-label={tile.label}
						onClick={tile.play}
						className="group flex w-full items-center gap-3 rounded-sm bg-surface/60 p-2 text-left transition hover:bg-surface"
					>
						<Cover url={tile.cover} name={tile.title} sizes="48px" className="w-11 rounded-xs" />
						<span className="min-w-0">
							<span className="block truncate text-sm font-semibold">{tile.title}</span>
							<span className="block truncate text-xs text-text-2">{tile.subtitle}</span>
						</span>
					</button>
				</li>
			))}
		</ul>
	);
}

/** A visitor's: what was played on this device. */
function Recent() {
	const { t } = useTranslation();
	const tracks = useRecent((state) => state.tracks);
	const current = usePlayer((state) => currentItem(state)?.track.id);
	const others = tracks.filter((track) => track.id !== current).slice(0, TILES);
	return (
		<Tiles
			tiles={others.map((track) => ({
				key: String(track.id),
				cover: track.cover_url,
				title: track.title,
				subtitle: trackArtist(track),
				label: t('track.playThis', { title: track.title, artist: trackArtist(track) }),
				play: () => usePlayer.getState().playTracks([track, ...others.filter((other) => other !== track)], 0),
			}))}
		/>
	);
}

/** One's own, from all devices: albums and playlists that were left in their middle. */
function Resume() {
	const { t } = useTranslation();
	const { data } = useContinue();
	const current = usePlayer((state) => currentItem(state)?.from);
	const others = (data?.items ?? []).filter(({ type, id }) => current?.type !== type || current.id !== id);
	if (data && others.length === 0) return <Recent />;
	return (
		<Tiles
			tiles={others.slice(0, TILES).map((item) => ({
				key: `${item.type}-${item.id}`,
				cover: item.cover_url ?? item.track.cover_url,
				title: item.title,
				subtitle: `${item.track.title} · ${clockOf(item.position_ms)}`,
				label: t('home.resume', { title: item.title, track: item.track.title }),
				play: () => void resume(item).catch(() => toast(t('error.play'))),
			}))}
		/>
	);
}

export function Continue({ suggestion }: { suggestion: Album | undefined }) {
	const { t } = useTranslation();
	const { me } = useMe();
	const card = useCard(suggestion);
	const tint = useTint(card?.cover, card?.name ?? '');
	if (!card) return <div className="shimmer mb-10 h-56 rounded-lg" aria-hidden="true" />;
	return (
		<section
			aria-label={card.kind}
			className="sheet-glow mb-10 flex flex-col gap-6 overflow-hidden rounded-lg bg-surface-2 p-4 shadow-1 sm:p-6 xl:flex-row xl:items-center"
			style={tintStyle(tint)}
		>
			<div className="flex min-w-0 flex-1 items-center gap-4 sm:gap-7">
				<Cover
					url={card.cover}
					name={card.name}
					eager
					sizes="(min-width: 640px) 12rem, 30vw"
					className="w-28 rounded-md! shadow-2 sm:w-48"
				/>
				<div className="min-w-0 flex-1">
					<p className="text-sm font-semibold text-text-2">{card.kind}</p>
					<h2 className="mt-1 line-clamp-3 text-xl font-bold wrap-anywhere sm:text-2xl">
						<Link to={card.to} className="underline-offset-4 hover:underline">
							{card.title}
						</Link>
					</h2>
					<p className="mt-1 truncate text-text-2">{card.subtitle}</p>
					<PlayButton
						playing={card.playing}
						label={t(card.playing ? 'player.pause' : 'album.play', { title: card.title })}
						className="mt-4 size-12 sm:size-14"
						onClick={card.play}
					/>
				</div>
			</div>
			{me ? <Resume /> : <Recent />}
		</section>
	);
}
