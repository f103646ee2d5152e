/* One listening: from a track's first sound to its end. Keeps how much of it was heard (jumps and pauses are not
 * hearing) and says what is worth a report. Plain data in, reports out; the clock and the network are the caller's.
 * Invariant: heardMs never shrinks; after `finish` nothing more is reported. */
import type { QueueItem } from './queue';

export type Action = 'start' | 'progress' | 'pause' | 'seek' | 'complete' | 'skip';

export interface Report {
	track_id: number;
	action: Action;
	duration_played_ms: number;
	position_ms: number;
	/** When the listening began: the same in all its reports. */
	played_at: string;
	session_id: string;
	event_id: string;
	source: string;
	source_id?: number;
	platform: 'web';
	device_type: string;
	client: string;
}

export interface Teller {
	session_id: string;
	device_type: string;
	client: string;
	nextEventId: () => string;
	send: (report: Report) => void;
}

export const PROGRESS_EVERY_MS = 30_000;
/** Ticks come every fifth of a second; a step beyond this is a jump nobody reported (a stream that began anew). */
const STEP_MAX_MS = 90_000;
/** Less than this heard is no listening worth the words "paused" and "skipped". */
const HEARD_MIN_MS = 300;

export class Listening {
	heardMs = 0;
	private readonly item: QueueItem;
	private readonly teller: Teller;
	private readonly playedAt: string;
	private lastMs: number;
	private reportedMs = 0;
	private over = false;

	constructor(item: QueueItem, positionMs: number, now: Date, teller: Teller) {
		this.item = item;
		this.teller = teller;
		this.playedAt = now.toISOString();
		this.lastMs = positionMs;
		this.report('start');
	}

	tick(positionMs: number): void {
		if (this.over) return;
		const step = positionMs - this.lastMs;
		this.lastMs = positionMs;
		if (step <= 0 || step > STEP_MAX_MS) return;
		this.heardMs += step;
		if (this.heardMs - this.reportedMs >= PROGRESS_EVERY_MS) this.report('progress');
	}

	seek(fromMs: number, toMs: number): void {
		this.tick(fromMs);
		this.lastMs = toMs;
		this.report('seek');
	}

	pause(): void {
		if (this.heardMs - this.reportedMs >= HEARD_MIN_MS) this.report('pause');
	}

	finish(natural: boolean): void {
		if (this.over) return;
		if (natural) {
			/* The last ticks before the end may be missing; what ran out was heard to its end. */
			this.tick(Math.max(this.lastMs, this.item.track.duration_ms));
		}
		this.report(natural ? 'complete' : 'skip');
		this.over = true;
	}

	private report(action: Action): void {
		if (this.over) return;
		const { teller, item } = this;
		const { from } = item;
		this.reportedMs = this.heardMs;
		teller.send({
			track_id: item.track.id,
			action,
			duration_played_ms: Math.round(this.heardMs),
			position_ms: Math.round(this.lastMs),
			played_at: this.playedAt,
			session_id: teller.session_id,
			event_id: teller.nextEventId(),
			source: from ? (from.type === 'genre' ? 'library' : from.type) : 'queue',
			...(from?.id !== undefined && from.type !== 'genre' && { source_id: from.id }),
			platform: 'web',
			device_type: teller.device_type,
			client: teller.client,
		});
	}
}
