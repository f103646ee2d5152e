/* What somebody likes: hearts and stars. One set of ids per kind, loaded once, so that every row of every list knows; a
 * change shows at once and is taken back when the server refuses. */
import { useEffect } from 'react';
import { create } from 'zustand';
import { apiGet, apiPath, apiSend } from './client';
import { outdate } from './outdate';
import { currentMe, useMe } from './session';
import type { Exactly, Shapes } from './types';

export type Kind = 'track' | 'album' | 'artist' | 'playlist';

type Ids = Exactly<Shapes['FavoriteIds'], { type: Kind; ratings: Record<string, number> }>;

interface Liked {
	ids: Set<number>;
	ratings: Map<number, number>;
}

type Store = Partial<Record<Kind, Liked>> & { of: number | null };

export const useFavorites = create<Store>()(() => ({ of: null }));

const loading = new Set<Kind>();

async function load(kind: Kind, user: number): Promise<void> {
	if (loading.has(kind)) return;
	loading.add(kind);
	try {
		const { ids, ratings } = await apiGet<Ids>(apiPath('/me/favorites/ids', { type: kind }));
		if (currentMe()?.id !== user) return;
		const rated = new Map(Object.entries(ratings ?? {}).map(([id, stars]) => [Number(id), stars]));
		useFavorites.setState({ of: user, [kind]: { ids: new Set(ids), ratings: rated } });
	} catch {
		/* Hearts stay empty; the next page with one asks again. */
	} finally {
		loading.delete(kind);
	}
}

/** Sees to it that the kind's ids are there while somebody is signed in. False: no hearts here (a visitor). */
export function useLikes(kind: Kind): boolean {
	const { me } = useMe();
	const id = me?.id ?? null;
	useEffect(() => {
		const state = useFavorites.getState();
		if (state.of !== id)
			useFavorites.setState({
				of: id,
				track: undefined,
				album: undefined,
				artist: undefined,
				playlist: undefined,
			} as Partial<Store>);
		if (id !== null && !useFavorites.getState()[kind]) void load(kind, id);
	}, [id, kind]);
	return id !== null;
}

export const useIsFavorite = (kind: Kind, id: number): boolean =>
	useFavorites((state) => state[kind]?.ids.has(id) ?? false);

export const useRating = (kind: Kind, id: number): number => useFavorites((state) => state[kind]?.ratings.get(id) ?? 0);

function change(kind: Kind, edit: (liked: Liked) => void): void {
	const before = useFavorites.getState()[kind] ?? { ids: new Set(), ratings: new Map() };
	const next = { ids: new Set(before.ids), ratings: new Map(before.ratings) };
	edit(next);
	useFavorites.setState({ [kind]: next });
}

const setIn = <T>(set: Set<T>, value: T, on: boolean) => (on ? set.add(value) : set.delete(value));

export async function setFavorite(kind: Kind, id: number, on: boolean): Promise<void> {
	change(kind, ({ ids }) => setIn(ids, id, on));
	try {
		await apiSend(on ? 'PUT' : 'DELETE', `/me/favorites/${kind}/${id}`);
	} catch (error) {
		change(kind, ({ ids }) => setIn(ids, id, !on));
		throw error;
	}
	outdate((key) => key.includes(`/me/favorites/${kind}`));
}

/** 0 takes the stars away. */
export async function setRating(kind: Kind, id: number, stars: number): Promise<void> {
	const before = useFavorites.getState()[kind]?.ratings.get(id) ?? 0;
	const put = (value: number) =>
		change(kind, ({ ratings }) => void (value > 0 ? ratings.set(id, value) : ratings.delete(id)));
	put(stars);
	try {
		if (stars > 0) await apiSend('PUT', `/me/ratings/${kind}/${id}`, { rating: stars });
		else await apiSend('DELETE', `/me/ratings/${kind}/${id}`);
	} catch (error) {
		put(before);
		throw error;
	}
}
