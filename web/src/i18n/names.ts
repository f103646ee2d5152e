/* Names for what the tags leave open. */
import i18next from 'i18next';
import type { Album, Track } from '../api/types';

export const trackArtist = (track: Pick<Track, 'artist'>): string => track.artist ?? i18next.t('track.unknown');

export const albumArtist = (album: Pick<Album, 'artist' | 'is_compilation'>): string =>
	album.artist ?? i18next.t(album.is_compilation ? 'album.various' : 'track.unknown');
