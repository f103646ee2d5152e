import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { DuplicateGroup, DuplicateTrack } from '../../../api/duplicates';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { Cover } from '../../../components/Cover';
import { bitrateOf, clockOf, numberOf, sampleRateOf, sizeOf } from '../../../i18n/format';
import { usePlayer } from '../../../player/store';

type Fact = [name: string, text: (one: DuplicateTrack, t: TFunction, language: string) => string];

const number = (value: number | null, language: string) => (value ? numberOf(value, language) : '');

/* What may tell one from another; a row in which they differ is marked. */
const FACTS: Fact[] = [
	['title', ({ track }) => track.title],
	['artist', ({ track }) => track.artist ?? ''],
	['album', ({ track }) => track.album ?? ''],
	['number', ({ track }, _t, language) => number(track.track_no, language)],
	['year', ({ track }) => (track.year ? String(track.year) : '')],
	['genre', ({ track }) => track.genres.map(({ name }) => name).join(', ')],
	['composer', ({ track }) => track.composer ?? ''],
	['format', ({ track }) => track.codec.toUpperCase()],
	['bitrate', ({ track }, _t, language) => (track.bitrate ? bitrateOf(track.bitrate, language) : '')],
	['rate', ({ track }, _t, language) => (track.sample_rate ? sampleRateOf(track.sample_rate, language) : '')],
	['length', ({ track }) => clockOf(track.duration_ms)],
	[
		'loudness',
		({ track }, _t, language) =>
			track.loudness_lufs === null ? '' : `${numberOf(Math.round(track.loudness_lufs * 10) / 10, language)} LUFS`,
	],
	['size', ({ track }, _t, language) => sizeOf(track.size_bytes, language)],
	['plays', ({ track }, _t, language) => numberOf(track.play_count, language)],
	['path', ({ path }) => path ?? ''],
];

interface FactsProps {
	group: DuplicateGroup;
	keep: (id: number) => void;
	exclude: (id: number) => void;
}

function TrackHead({ group, one, keep, exclude }: FactsProps & { one: DuplicateTrack }) {
	const { t, i18n } = useTranslation();
	const { playTracks } = usePlayer.getState();
	const { track } = one;
	const name = `${track.title}, ${track.codec.toUpperCase()}`;
	const open = group.state === 'open';
	return (
		<th scope="col" className="min-w-56 p-3 text-left align-top font-normal">
			<span className="flex gap-3">
				<Cover
					url={track.cover_url}
					name={track.album ?? track.title}
					sizes="4rem"
					className="size-16 shrink-0 rounded-sm"
				/>
				<span className="flex flex-col items-start gap-1.5">
					{one.visible ? (
						<Link to={`/tracks/${track.id}`} className="font-semibold underline-offset-3 hover:underline">
							{track.title}
						</Link>
					) : (
						<span className="font-semibold text-text-2">{track.title}</span>
					)}
					{group.kept_id === track.id && <Badge look="accent">{t('duplicates.kept')}</Badge>}
					{open && group.best_id === track.id && (
						<Badge look="accent">
							{t('duplicates.best', { reason: t(`duplicates.reasons.${group.best_reason}`) })}
						</Badge>
					)}
					<span className="text-xs text-text-2">
						{one.same_file
							? t('duplicates.sameFile')
							: t('duplicates.score', { value: numberOf(Math.round(one.score * 100), i18n.language) })}
					</span>
				</span>
			</span>
			{one.visible && (
				<span className="mt-3 flex flex-wrap gap-2">
					{open && (
						<Button
							look={group.best_id === track.id ? 'primary' : 'plain'}
							icon="check"
							className="h-9! px-3!"
							aria-label={t('duplicates.keepOf', { name })}
							onClick={() => keep(track.id)}
						>
							{t('duplicates.keep')}
						</Button>
					)}
					<Button
						look="quiet"
						icon="play"
						className="h-9! px-3!"
						aria-label={t('duplicates.playOf', { name })}
						onClick={() => playTracks([track], 0)}
					>
						{t('duplicates.play')}
					</Button>
					{open && group.tracks.length > 2 && (
						<Button
							look="quiet"
							className="h-9! px-3!"
							aria-label={t('duplicates.excludeOf', { name })}
							onClick={() => exclude(track.id)}
						>
							{t('duplicates.exclude')}
						</Button>
					)}
				</span>
			)}
		</th>
	);
}

/** The tracks of a group beside each other. */
export function DuplicateFacts(props: FactsProps) {
	const { t, i18n } = useTranslation();
	const { group } = props;
	return (
		// eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys scroll it
		<div role="region" aria-label={t('duplicates.compare')} tabIndex={0} className="overflow-x-auto">
			<table className="w-full text-sm">
				<thead>
					<tr>
						<td className="w-28 p-3" />
						{group.tracks.map((one) => (
							<TrackHead key={one.track.id} {...props} one={one} />
						))}
					</tr>
				</thead>
				<tbody>
					{FACTS.map(([name, textOf]) => {
						const texts = group.tracks.map((one) => textOf(one, t, i18n.language));
						if (texts.every((text) => text === '')) return null;
						const differs = new Set(texts).size > 1;
						return (
							<tr
								key={name}
								className={`border-t border-line ${differs ? 'bg-accent-soft' : ''}`}
								data-differs={differs}
							>
								<th scope="row" className="px-3 py-1.5 text-left font-normal text-text-2">
									{t(`duplicates.facts.${name}`)}
									{differs && <span className="sr-only"> ({t('duplicates.differs')})</span>}
								</th>
								{texts.map((text, at) => (
									<td
										key={group.tracks[at]!.track.id}
										className={`px-3 py-1.5 wrap-anywhere ${differs ? 'font-medium' : ''}`}
									>
										{text || '—'}
									</td>
								))}
							</tr>
						);
					})}
				</tbody>
			</table>
		</div>
	);
}
