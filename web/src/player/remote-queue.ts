/* The queue of who is signed in, on the server, so that another device goes on where this one stopped. The content is
 * sent a moment after it changes, the place in it every ten seconds, on a pause and when the page is left. What another
 * device has saved since is taken over when this one is not playing; while it plays, what plays here is what counts. */
import { apiFetch, apiGet, apiPath } from '../api/client';
import type { Me } from '../api/session';
import type { Track } from '../api/types';
import type { Queue, Repeat, Source } from './queue';
import { emptyQueue, queueCurrent, queueFrom } from './queue';
import { playerPosition, usePlayer } from './store';

interface RemoteQueue {
	version: number;
	track_ids: number[];
	items?: Track[];
	current_index: number;
	position_ms: number;
	shuffle: boolean;
	repeat: Repeat;
	context: { type: string; id: number } | null;
}

const KEY = 'ogma.remoteQueue';
const CONTENT_AFTER_MS = 2_000;
const PLACE_EVERY_MS = 10_000;
/** A request that outlives its page may carry 64 KiB. */
const LEAVING_IDS_MAX = 6_000;

const CONTEXTS = ['album', 'playlist', 'artist', 'genre'];

/** The saved queue with the tracks that are known: those around the current one without a gap. */
export function queueOf(remote: RemoteQueue): Queue {
	const known = new Map((remote.items ?? []).map((track) => [track.id, track]));
	const has = (at: number) => known.has(remote.track_ids[at] ?? -1);
	const current = Math.min(Math.max(0, remote.current_index), remote.track_ids.length - 1);
	if (!has(current)) return emptyQueue;
	let from = current;
	let to = current;
	while (has(from - 1)) from -= 1;
	while (has(to + 1)) to += 1;
	const tracks = remote.track_ids.slice(from, to + 1).map((id) => known.get(id)!);
	const { context } = remote;
	const source = context ? ({ type: context.type, id: context.id } as Source) : undefined;
	return queueFrom(tracks, current - from, source);
}

/** Whose queue, and which version of it, this browser has last seen or written. */
interface Seen {
	user: number;
	version: number;
}

function readSeen(): Seen | null {
	try {
		return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Seen | null;
	} catch {
		return null;
	}
}

function writeSeen(seen: Seen): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(seen));
	} catch {
		/* then every start looks at the server's */
	}
}

function contextOf(queue: Queue): { type: string; id: number } | null {
	const from = queueCurrent(queue)?.from;
	return from?.id !== undefined && CONTEXTS.includes(from.type) ? { type: from.type, id: from.id } : null;
}

export class RemoteSync {
	private readonly user: number;
	private readonly device: string;
	private sentItems: Queue['items'] | null = null;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private ticker: ReturnType<typeof setInterval> | undefined;
	private readonly endings: (() => void)[] = [];
	private ended = false;

	constructor(me: Pick<Me, 'id'>, device: string) {
		this.user = me.id;
		this.device = device;
	}

	async start(): Promise<void> {
		await this.adopt();
		if (this.ended) return;
		this.endings.push(
			usePlayer.subscribe((state, before) => {
				if (state.queue.items !== before.queue.items) this.plan();
				else if (state.queue.index !== before.queue.index || (before.wantsPlay && !state.wantsPlay)) this.plan(300);
			}),
		);
		this.ticker = setInterval(() => {
			if (usePlayer.getState().wantsPlay) void this.save();
		}, PLACE_EVERY_MS);
		const leave = () => void (document.visibilityState === 'hidden' && this.save(true));
		document.addEventListener('visibilitychange', leave);
		this.endings.push(() => document.removeEventListener('visibilitychange', leave));
	}

	stop(): void {
		this.ended = true;
		clearTimeout(this.timer);
		clearInterval(this.ticker);
		for (const end of this.endings) end();
	}

	/** Takes over what another device has saved, unless this one plays or has something newer of its own. */
	private async adopt(): Promise<void> {
		let remote: RemoteQueue;
		try {
			remote = await apiGet<RemoteQueue>(apiPath('/me/queue', { tracks: true }));
		} catch {
			return;
		}
		const seen = readSeen();
		const { queue, wantsPlay, adopt } = usePlayer.getState();
		const known = seen?.user === this.user && seen.version >= remote.version;
		if (this.ended || remote.version === 0 || known) {
			this.sentItems = known ? queue.items : null;
			return;
		}
		const own = seen === null && queue.items.length > 0;
		if (wantsPlay || own) return;
		const taken = queueOf(remote);
		writeSeen({ user: this.user, version: remote.version });
		if (taken.items.length === 0) return;
		this.sentItems = taken.items;
		adopt(
			remote.shuffle ? { ...taken, order: taken.items.map(({ key }) => key) } : taken,
			remote.position_ms,
			remote.repeat,
		);
	}

	private plan(ms = CONTENT_AFTER_MS): void {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => void this.save(), ms);
	}

	private async save(leaving = false): Promise<void> {
		const { queue, repeat } = usePlayer.getState();
		const changed = queue.items !== this.sentItems;
		if (!changed && queue.items.length === 0) return;
		const withItems = changed && !(leaving && queue.items.length > LEAVING_IDS_MAX);
		const body = {
			...(withItems && { track_ids: queue.items.map(({ track }) => track.id) }),
			current_index: Math.max(0, queue.index),
			position_ms: Math.round(playerPosition()),
			device: this.device,
			shuffle: queue.order !== null,
			repeat,
			...(withItems && { context: contextOf(queue) }),
		};
		try {
			const answer = await apiFetch('PUT', apiPath('/me/queue'), { body, keepalive: leaving });
			const { version } = (await answer.json()) as { version: number };
			if (withItems) this.sentItems = queue.items;
			writeSeen({ user: this.user, version });
		} catch {
			/* The next change or tick brings it. */
		}
	}
}
