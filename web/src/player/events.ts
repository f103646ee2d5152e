/* What happens to the track that plays, for those who keep account of it (player/report.ts). The store tells; it knows
 * nothing of who listens. */
import type { QueueItem } from './queue';

export type PlayerEvent =
	/** A track was loaded and is asked to sound from this place. What was before it is over. */
	| { kind: 'begin'; item: QueueItem; positionMs: number }
	| { kind: 'seek'; fromMs: number; toMs: number }
	/** The current track is over: by running out (natural), or because something else was asked for. */
	| { kind: 'end'; natural: boolean };

const listeners = new Set<(event: PlayerEvent) => void>();

export function onPlayerEvent(listener: (event: PlayerEvent) => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

export function tellPlayer(event: PlayerEvent): void {
	for (const listener of listeners) listener(event);
}
