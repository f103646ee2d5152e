import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { fetchAllTracks } from '../../api/hooks';
import type { Album } from '../../api/types';
import { PlayButton } from '../../components/Button';
import { Cover } from '../../components/Cover';
import { toast } from '../../components/toast';
import { tintStyle, useTint } from '../../design/palette';
import { useRecent } from '../../player/recent';
import { currentItem, usePlayer } from '../../player/store';
import { albumArtist, trackArtist } from '../../i18n/names';

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

function Recent() {
	const { t } = useTranslation();
	const tracks = useRecent((state) => state.tracks);
	const current = usePlayer((state) => currentItem(state)?.track.id);
	const others = tracks.filter((track) => track.id !== current).slice(0, 4);
	if (others.length === 0) return null;
	return (
		<ul aria-label={t('home.lately')} className="grid gap-2 self-stretch sm:grid-cols-2 xl:w-92 xl:grid-cols-1">
			{others.map((track) => (
				<li key={track.id} className="min-w-0">
					<button
						type="button"
						aria-label={t('track.playThis', { title: track.title, artist: trackArtist(track) })}
						onClick={() => usePlayer.getState().playTracks([track, ...others.filter((other) => other !== track)], 0)}
						className="group flex w-full items-center gap-3 rounded-sm bg-surface/60 p-2 text-left transition hover:bg-surface"
					>
						<Cover url={track.cover_url} name={track.album ?? track.title} sizes="48px" className="w-11 rounded-xs" />
						<span className="min-w-0">
							<span className="block truncate text-sm font-semibold">{track.title}</span>
							<span className="block truncate text-xs text-text-2">{trackArtist(track)}</span>
						</span>
					</button>
				</li>
			))}
		</ul>
	);
}

export function Continue({ suggestion }: { suggestion: Album | undefined }) {
	const { t } = useTranslation();
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
			<Recent />
		</section>
	);
}
