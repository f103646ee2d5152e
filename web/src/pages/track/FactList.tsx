import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Track } from '../../api/types';
import { Section } from '../../components/Section';
import { bitrateOf, dateOf, numberOf, sampleRateOf, sizeOf } from '../../i18n/format';

function soundOf(track: Track, language: string): string {
	const parts = [track.codec.toUpperCase()];
	if (track.bitrate) parts.push(bitrateOf(track.bitrate, language));
	if (track.sample_rate) parts.push(sampleRateOf(track.sample_rate, language));
	return parts.join(' · ');
}

/** What is known about the recording and its file; what is not known is not listed. */
export function FactList({ track }: { track: Track }) {
	const { t, i18n } = useTranslation();
	const language = i18n.language;
	const gain = track.replaygain?.track_gain_db;
	const credits = track.artists.filter((artist) => artist.role !== 'main');
	const facts: [string, ReactNode][] = [
		['year', track.year],
		[
			'genre',
			track.genres.length > 0 &&
				track.genres.map((genre, at) => (
					<span key={genre.id}>
						{at > 0 && ', '}
						<Link to={`/genres/${genre.id}`} className="underline-offset-3 hover:underline">
							{genre.name}
						</Link>
					</span>
				)),
		],
		...credits.map((artist): [string, ReactNode] => [
			`role.${artist.role}`,
			<Link key={artist.id} to={`/artists/${artist.id}`} className="underline-offset-3 hover:underline">
				{artist.name}
			</Link>,
		]),
		['composer', !credits.some((artist) => artist.role === 'composer') && track.composer],
		[
			'number',
			track.track_no && (track.disc_no && track.disc_no > 1 ? `${track.disc_no}-${track.track_no}` : track.track_no),
		],
		['tempo', track.tempo && `${Math.round(track.tempo)} BPM`],
		['key', track.key],
		['sound', soundOf(track, language)],
		['depth', track.bit_depth && t('fact.bits', { count: track.bit_depth })],
		['channels', track.channels && numberOf(track.channels, language)],
		['size', sizeOf(track.size_bytes, language)],
		[
			'loudness',
			track.loudness_lufs !== null && `${numberOf(Math.round(track.loudness_lufs * 10) / 10, language)} LUFS`,
		],
		['gain', typeof gain === 'number' && `${gain > 0 ? '+' : ''}${numberOf(gain, language)} dB`],
		['added', dateOf(track.created_at, language)],
	];
	return (
		<Section title={t('track.about')}>
			<dl className="grid grid-cols-2 gap-x-gap gap-y-5 sm:grid-cols-3 lg:grid-cols-5">
				{facts
					.filter(([, value]) => value)
					.map(([name, value], at) => (
						<div key={`${name}${at}`}>
							<dt className="text-sm text-text-3">{t(name.startsWith('role.') ? name : `fact.${name}`)}</dt>
							<dd className="mt-0.5 font-medium wrap-anywhere">{value}</dd>
						</div>
					))}
			</dl>
		</Section>
	);
}
