/* Reports on their way to the server: sent in batches, kept in the browser's storage until the server has them. Each has
 * an id of its own, so sending one twice is harmless, and not knowing whether it arrived means sending it again. */
import { ApiError, apiFetch, apiPath } from '../api/client';
import type { Report } from './listening';

const KEY = 'ogma.reports';
const KEPT_MAX = 500;
const BATCH_MAX = 100;
const SEND_AFTER_MS = 1500;
const RETRY_MIN_MS = 5_000;
const RETRY_MAX_MS = 5 * 60_000;

function restore(): Report[] {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
		return Array.isArray(kept) ? (kept as Report[]) : [];
	} catch {
		return [];
	}
}

export class Outbox {
	private waiting: Report[] = restore();
	private timer: ReturnType<typeof setTimeout> | undefined;
	private sending = false;
	private retryMs = RETRY_MIN_MS;

	constructor() {
		if (this.waiting.length > 0) this.plan(SEND_AFTER_MS);
	}

	get size(): number {
		return this.waiting.length;
	}

	add(report: Report): void {
		/* Of a listening's steps only the last still says something while none of them has been sent. */
		const last = this.waiting.at(-1);
		const same = last?.played_at === report.played_at && last.track_id === report.track_id;
		if (same && last.action === 'progress' && report.action === 'progress' && !this.sending) this.waiting.pop();
		this.waiting.push(report);
		if (this.waiting.length > KEPT_MAX) this.waiting.splice(0, this.waiting.length - KEPT_MAX);
		this.keep();
		this.plan(SEND_AFTER_MS);
	}

	/** The page may be gone the next moment. */
	flushNow(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
		void this.send(true);
	}

	private plan(ms: number): void {
		this.timer ??= setTimeout(() => {
			this.timer = undefined;
			void this.send(false);
		}, ms);
	}

	private keep(): void {
		try {
			if (this.waiting.length > 0) localStorage.setItem(KEY, JSON.stringify(this.waiting));
			else localStorage.removeItem(KEY);
		} catch {
			/* no storage: they live as long as the page */
		}
	}

	private async send(keepalive: boolean): Promise<void> {
		const batch = this.waiting.slice(0, BATCH_MAX);
		if (batch.length === 0 || (this.sending && !keepalive)) return;
		this.sending = true;
		try {
			await apiFetch('POST', apiPath('/analytics/listen'), { body: { events: batch }, keepalive });
			this.retryMs = RETRY_MIN_MS;
			this.drop(batch);
		} catch (error) {
			/* What the server will never take is dropped; what it could not take now is tried again, ever more rarely. */
			const final = error instanceof ApiError && error.status >= 400 && error.status < 500;
			if (final && error.status !== 429 && error.status !== 401) this.drop(batch);
			const wait = error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : this.retryMs;
			this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
			if (this.waiting.length > 0) this.plan(wait);
		} finally {
			this.sending = false;
			if (this.waiting.length > 0) this.plan(SEND_AFTER_MS);
		}
	}

	private drop(batch: Report[]): void {
		const sent = new Set(batch);
		this.waiting = this.waiting.filter((report) => !sent.has(report));
		this.keep();
	}
}
