import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useLyrics, useSimilarTracks, useTrack } from '../../api/hooks';
import type { SimilarTrack, Track } from '../../api/types';
import { ArtistLinks } from '../../components/ArtistLinks';
import { CollectionActions } from '../../components/CollectionActions';
import { Heart } from '../../components/Heart';
import { Hero } from '../../components/Hero';
import { Page } from '../../components/Page';
import { RatingOf } from '../../components/RatingOf';
import { Section } from '../../components/Section';
import { SkeletonHero } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { TrackList } from '../../components/TrackList';
import { tintStyle, useTint } from '../../design/palette';
import { clockOf } from '../../i18n/format';
import { FactList } from './FactList';
import { GenreGuess } from './GenreGuess';
import { trackArtist } from '../../i18n/names';

function Words({ track }: { track: Track }) {
	const { t } = useTranslation();
	const { data } = useLyrics(track);
	if (!data) return null;
	const text = data.text || data.lines.map((line) => line.text).join('\n');
	return (
		<Section title={t('lyrics.title')}>
			<p className="max-w-prose leading-loose whitespace-pre-line text-text-2">{text}</p>
		</Section>
	);
}

const reasonOf = (track: Track) => (track as SimilarTrack).reason;

function Similar({ id }: { id: number }) {
	const { t } = useTranslation();
	const { data } = useSimilarTracks(id);
	if (!data?.items.length) return null;
	return (
		<Section title={t('track.similar')}>
			<TrackList
				tracks={data.items}
				label={t('track.similar')}
				showAlbum
				from={{ type: 'recommendation' }}
				noteOf={reasonOf}
				className="-mx-2"
			/>
		</Section>
	);
}

export default function TrackPage() {
	const { id } = useParams();
	const { t } = useTranslation();
	const { data: track, error, mutate } = useTrack(id);
	const tint = useTint(track?.cover_url, track?.album ?? track?.title ?? '');
	if (error)
		return (
			<Page title="">
				<ErrorView error={error} retry={() => void mutate()} />
			</Page>
		);
	if (!track)
		return (
			<Page title="">
				<SkeletonHero />
			</Page>
		);
	return (
		<Page title={`${track.title} — ${trackArtist(track)}`} className="tinted" style={tintStyle(tint)}>
			<Hero
				kind={t('kind.track')}
				title={track.title}
				cover={{ url: track.cover_url, name: track.album ?? track.title }}
				actions={
					<>
						<CollectionActions tracks={[track]} title={track.title} />
						<Heart kind="track" id={track.id} title={track.title} size="lg" />
						<RatingOf kind="track" id={track.id} title={track.title} />
					</>
				}
			>
				<ArtistLinks
					text={trackArtist(track)}
					artistId={track.artist_id}
					artists={track.artists}
					className="font-semibold text-text"
				/>
				{track.album_id !== null && (
					<>
						{' · '}
						<Link to={`/albums/${track.album_id}`} className="hover:text-text hover:underline">
							{track.album}
						</Link>
					</>
				)}
				{` · ${clockOf(track.duration_ms)}`}
			</Hero>
			<FactList track={track} />
			<GenreGuess track={track} onChange={() => void mutate()} />
			<Words track={track} />
			<Similar id={track.id} />
		</Page>
	);
}
