/* Playlists: questions and edits. */
import useSWR, { mutate } from 'swr';
import { apiFetch, apiPath, apiSend, type Query } from './client';
import { outdate } from './outdate';
import type { Exactly, Page, Playlist, Rules, Shapes, Track, Visibility } from './types';

export type { Playlist, Rule, RuleGroup, Rules, Visibility } from './types';

/** `item_id` is null in rule playlists. */
export type PlaylistTrack = Track & Pick<Shapes['PlaylistTrack'], 'item_id' | 'position' | 'added_at'>;
export type Edited = Shapes['PlaylistAdded'];

export type Imported = Exactly<Shapes['PlaylistImport'], { playlist: Playlist | null; encoding: string | null }>;

export type RuleField = Exactly<Shapes['RuleField'], { type: 'text' | 'number' | 'date' | 'bool' | 'choice' }>;
export type RuleOp = Exactly<Shapes['RuleOp'], { value: 'one' | 'range' | 'days' | 'none' }>;
export type RuleFields = Exactly<Shapes['RuleFields'], { fields: RuleField[]; ops: RuleOp[] }>;

export const EXPORTS = ['m3u8', 'xspf', 'json'] as const;

const pathOf = (id: number | string) => `/playlists/${id}`;

export const playlistKey = (id: number | string, token: string | null) => apiPath(pathOf(id), { token });

export const usePlaylist = (id: number | string | undefined, token: string | null) =>
	useSWR<Playlist>(id === undefined ? null : playlistKey(id, token), {
		revalidateOnFocus: true,
		/* Somebody else may edit it too. */
		refreshInterval: (playlist) => (playlist?.can_edit ? 20_000 : 0),
	});

export const useSharedPlaylist = (token: string | undefined) =>
	useSWR<Playlist>(token ? apiPath(`/playlists/shared/${encodeURIComponent(token)}`) : null);

export const useRuleFields = () => useSWR<RuleFields>(apiPath('/playlists/rules/fields'), { revalidateIfStale: false });

/** Lists of playlists everywhere are asked anew: names, counts and covers may have changed. */
export function refreshPlaylists(): void {
	outdate((key) => /\/playlists\/?(\?|$)/.test(key));
}

function keep(playlist: Playlist): Playlist {
	void mutate(playlistKey(playlist.id, null), playlist, { revalidate: false });
	refreshPlaylists();
	return playlist;
}

export interface Draft {
	title: string;
	description?: string | null;
	visibility?: Visibility;
	rules?: Rules | null;
	track_ids?: number[];
}

export const createPlaylist = async (draft: Draft) => keep(await apiSend<Playlist>('POST', '/playlists', draft));

export const changePlaylist = async (id: number, change: Partial<Draft>) =>
	keep(await apiSend<Playlist>('PATCH', pathOf(id), change));

export async function deletePlaylist(id: number): Promise<void> {
	await apiSend('DELETE', pathOf(id));
	refreshPlaylists();
}

/** A new secret link; the one before is dead. */
export const renewLink = async (id: number) => keep(await apiSend<Playlist>('POST', `${pathOf(id)}/link`));

export async function setCover(id: number, picture: Blob): Promise<Playlist> {
	const headers = { 'Content-Type': picture.type || 'application/octet-stream' };
	return keep(await apiSend<Playlist>('PUT', `${pathOf(id)}/cover`, picture, { headers }));
}

export const dropCover = async (id: number) => keep(await apiSend<Playlist>('DELETE', `${pathOf(id)}/cover`));

export async function addTracks(
	id: number,
	track_ids: number[],
	duplicates: 'add' | 'skip' | 'report',
	position?: number,
): Promise<Edited> {
	const body = { track_ids, duplicates, ...(position !== undefined && { position }) };
	const answer = await apiSend<Edited>('POST', `${pathOf(id)}/tracks`, body);
	void mutate(playlistKey(id, null));
	refreshPlaylists();
	return answer;
}

export const moveItem = (id: number, item_id: number, to: number) =>
	apiSend<{ version: number; position: number }>('POST', `${pathOf(id)}/move`, { item_id, to });

export async function removeItems(id: number, item_ids: number[]): Promise<{ removed: number; version: number }> {
	const answer = await apiSend<{ removed: number; version: number }>('POST', `${pathOf(id)}/remove`, { item_ids });
	refreshPlaylists();
	return answer;
}

export async function importPlaylist(file: File, query: Query): Promise<Imported> {
	const response = await apiFetch('POST', apiPath('/playlists/import', query), {
		body: file,
		headers: { 'Content-Type': file.type || 'application/octet-stream' },
	});
	const answer = (await response.json()) as Imported;
	if (answer.playlist) keep(answer.playlist);
	return answer;
}

export const exportUrl = (id: number, format: (typeof EXPORTS)[number], token: string | null) =>
	apiPath(`${pathOf(id)}/export`, { format, token });

export const previewRules = (rules: Rules, signal: AbortSignal) =>
	apiSend<Page<Track> & { duration_ms: number }>('POST', '/playlists/rules/preview', { rules, limit: 50 }, { signal });
