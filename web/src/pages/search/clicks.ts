import { apiSend } from '../../api/client';

const TYPES: Record<string, string> = { tracks: 'track', albums: 'album', artists: 'artist', playlists: 'playlist' };

/** What a link of the results leads to; null for others. */
export function clickedThing(href: string | null | undefined): { clicked_type: string; clicked_id: number } | null {
	const [, kind, id] = /^\/(\w+)\/(\d+)$/.exec(href ?? '') ?? [];
	const type = kind && TYPES[kind];
	return type ? { clicked_type: type, clicked_id: Number(id) } : null;
}

/** Tells which result was what one had looked for. The search itself is noted by the server. */
export function reportClick(query: string, target: EventTarget): void {
	const link = target instanceof Element ? target.closest('a') : null;
	const thing = clickedThing(link?.getAttribute('href'));
	if (thing) apiSend('POST', '/analytics/events/search', { query, ...thing }).catch(() => undefined);
}
