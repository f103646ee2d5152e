import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRecommendations } from '../../api/recommendations';
import { PlayButton } from '../../components/Button';
import { Cover } from '../../components/Cover';
import { Section } from '../../components/Section';
import { Shelf } from '../../components/Shelf';
import { trackArtist } from '../../i18n/names';
import { usePlayer } from '../../player/store';

const COUNT = 18;

/** What one may like next, each with its reason. Playing one goes on with those after it. */
export function ForYou() {
	const { t } = useTranslation();
	const { data } = useRecommendations(COUNT);
	if (!data?.items.length) return null;
	const tracks = data.items.map(({ track }) => track);
	return (
		<Section title={t('home.forYou')}>
			<Shelf
				items={data.items}
				keyOf={({ track }) => track.id}
				label={t('home.forYou')}
				render={({ track, reason }) => (
					<article className="group/card relative">
						<Link to={`/tracks/${track.id}`} data-result className="block rounded-sm">
							<Cover
								url={track.cover_url}
								name={track.album ?? track.title}
								sizes="(min-width: 1024px) 14rem, (min-width: 640px) 25vw, 45vw"
								className="w-full rounded-md! shadow-1"
							/>
							<span className="mt-2.5 block truncate font-semibold">{track.title}</span>
							<span className="block truncate text-sm text-text-2">{trackArtist(track)}</span>
							<span className="mt-1 line-clamp-2 text-xs text-text-3">{reason}</span>
						</Link>
						<div className="pointer-events-none absolute inset-x-0 top-0 aspect-square">
							<PlayButton
								playing={false}
								label={t('track.playThis', { title: track.title, artist: trackArtist(track) })}
								className="pointer-events-auto absolute right-2.5 bottom-2.5 size-11 translate-y-1 opacity-0 group-hover/card:translate-y-0 group-hover/card:opacity-100 focus-visible:translate-y-0 focus-visible:opacity-100 pointer-coarse:translate-y-0 pointer-coarse:opacity-100"
								iconClass="size-5"
								onClick={() =>
									usePlayer.getState().playTracks(tracks, tracks.indexOf(track), { from: { type: 'recommendation' } })
								}
							/>
						</div>
					</article>
				)}
			/>
		</Section>
	);
}
