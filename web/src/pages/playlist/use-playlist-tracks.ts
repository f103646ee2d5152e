/* The tracks of a playlist, as far as they have been scrolled to, and one's own edits of them: they show at once and are
 * then made on the server by item id, which stays right while somebody else edits too. When the playlist's version is not
 * the one of our last edit, what is shown is fetched anew. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { mutate } from 'swr';
import { apiGet, apiPath } from '../../api/client';
import { addTracks, moveItem, playlistKey, removeItems, type Playlist, type PlaylistTrack } from '../../api/playlists';
import type { Page } from '../../api/types';

const PAGE = 100;
const KEPT_MAX = 6;

interface Held {
	id: number;
	version: number;
	items: PlaylistTrack[];
	total: number;
}

/** What was shown lately, so that "back" finds its place at once. */
const kept = new Map<number, Held>();

function keep(held: Held): Held {
	kept.delete(held.id);
	kept.set(held.id, held);
	for (const oldest of kept.keys()) {
		if (kept.size <= KEPT_MAX) break;
		kept.delete(oldest);
	}
	return held;
}

const fetchPage = (id: number, offset: number, token: string | null) =>
	apiGet<Page<PlaylistTrack>>(apiPath(`/playlists/${id}/tracks`, { limit: PAGE, offset, token }));

async function fetchUpTo(
	id: number,
	count: number,
	token: string | null,
): Promise<{ items: PlaylistTrack[]; total: number }> {
	const first = await fetchPage(id, 0, token);
	const items = [...first.items];
	while (items.length < Math.min(count, first.total)) {
		const page = await fetchPage(id, items.length, token);
		if (page.items.length === 0) break;
		items.push(...page.items);
	}
	return { items, total: first.total };
}

export interface PlaylistTracks {
	items: PlaylistTrack[];
	total: number | null;
	error: unknown;
	hasMore: boolean;
	loadMore: () => void;
	/** All that is not in `items` yet. */
	rest: () => Promise<PlaylistTrack[]>;
	reload: () => void;
	move: (from: number, to: number) => Promise<void>;
	remove: (at: number) => Promise<void>;
	insert: (track: number, at: number) => Promise<void>;
}

export function usePlaylistTracks(playlist: Playlist | undefined, token: string | null): PlaylistTracks {
	const id = playlist?.id;
	const version = playlist?.version;
	const [held, setHeld] = useState<Held | null>(null);
	const [error, setError] = useState<unknown>(null);
	const busy = useRef(false);
	const shown = held && held.id === id ? held : id === undefined ? null : (kept.get(id) ?? null);
	const show = useCallback((next: Held) => setHeld(keep(next)), []);

	const reload = useCallback(() => {
		if (id === undefined || version === undefined) return;
		const count = kept.get(id)?.items.length ?? PAGE;
		fetchUpTo(id, count, token).then((found) => {
			show({ id, version, ...found });
			setError(null);
		}, setError);
	}, [id, version, token, show]);

	useEffect(() => {
		if (id === undefined || kept.get(id)?.version === version) return;
		reload();
	}, [id, version, reload]);

	const hasMore = shown !== null && shown.items.length < shown.total;
	const loadMore = useCallback(() => {
		if (!shown || !hasMore || busy.current) return;
		busy.current = true;
		fetchPage(shown.id, shown.items.length, token)
			.then((page) => show({ ...shown, items: [...shown.items, ...page.items], total: page.total }), setError)
			.finally(() => {
				busy.current = false;
			});
	}, [shown, hasMore, token, show]);

	/** An edit: shown now, made then. A version that is not the next one means somebody else was there meanwhile. */
	const edit = async (next: PlaylistTrack[], total: number, make: () => Promise<{ version?: number }>) => {
		if (!shown || !playlist) return;
		const before = shown;
		show({ ...before, items: next, total });
		try {
			const answer = await make();
			const now = answer.version ?? before.version + 1;
			show({ ...before, items: next, total, version: now === before.version + 1 ? now : -1 });
			await mutate(
				playlistKey(before.id, null),
				answer.version ? { ...playlist, version: now, track_count: total } : undefined,
				{ revalidate: !answer.version },
			);
		} catch (cause) {
			show(before);
			void mutate(playlistKey(before.id, null));
			throw cause;
		}
	};

	return {
		items: shown?.items ?? [],
		total: shown?.total ?? null,
		error,
		hasMore,
		loadMore,
		rest: async () => {
			if (!shown || !hasMore) return [];
			const all = await fetchUpTo(shown.id, shown.total, token);
			return all.items.slice(shown.items.length);
		},
		reload,
		move: async (from, to) => {
			const moved = shown?.items[from];
			if (!shown || !moved?.item_id) return;
			const next = shown.items.filter((_, at) => at !== from);
			next.splice(to, 0, moved);
			await edit(next, shown.total, () => moveItem(shown.id, moved.item_id!, to));
		},
		remove: async (at) => {
			const gone = shown?.items[at];
			if (!shown || !gone?.item_id) return;
			const next = shown.items.filter((_, other) => other !== at);
			await edit(next, shown.total - 1, () => removeItems(shown.id, [gone.item_id!]));
		},
		insert: async (track, at) => {
			if (id === undefined) return;
			await addTracks(id, [track], 'add', at);
		},
	};
}
