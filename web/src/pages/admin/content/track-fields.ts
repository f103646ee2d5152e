import type { Json } from '../../../api/admin';
import type { ArtistCredit, Track } from '../../../api/types';
import type { FieldSpec } from './edit-values';

const mainNames = (artists: ArtistCredit[]): string[] =>
	artists.filter(({ role }) => role === 'main').map(({ name }) => name);

/** What of a track can be changed by hand. */
export function trackSpecs(track: Track): FieldSpec[] {
	return [
		{ name: 'title', label: 'admin.content.title', kind: 'text', value: track.title, max: 500 },
		{
			name: 'artists',
			label: 'nav.artists',
			kind: 'list',
			value: mainNames(track.artists),
			hint: 'admin.edit.listHint',
		},
		{ name: 'album', label: 'kind.album', kind: 'text', value: track.album, nullable: true },
		{
			name: 'album_artist',
			label: 'admin.content.albumArtist',
			kind: 'text',
			value: track.album_artist,
			nullable: true,
		},
		{ name: 'disc_no', label: 'admin.content.disc', kind: 'number', value: track.disc_no, nullable: true },
		{ name: 'track_no', label: 'fact.number', kind: 'number', value: track.track_no, nullable: true },
		{ name: 'year', label: 'fact.year', kind: 'number', value: track.year, nullable: true },
		{ name: 'composer', label: 'fact.composer', kind: 'text', value: track.composer, nullable: true },
		{
			name: 'genres',
			label: 'nav.genres',
			kind: 'list',
			value: track.genres.map(({ name }) => name),
			hint: 'admin.edit.listHint',
		},
	];
}

/** The form names main artists only: those in other roles stay as they are. */
export function trackBody(track: Track, changed: Record<string, Json>): object {
	if (!Array.isArray(changed.artists)) return changed;
	const others = track.artists.filter(({ role }) => role !== 'main').map(({ id, role }) => ({ id, role }));
	return { ...changed, artists: [...changed.artists.map((name) => ({ name, role: 'main' })), ...others] };
}
