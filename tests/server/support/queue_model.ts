// A channel's queue as it must be by what was answered: every edit names the
// version it made, so the edits of several people have one order. A version
// that nobody was told of is one of two things: an item that began to play
// (the history says which, in order), or an edit whose answer was lost. What was
// taken out does not begin, neither at once nor after a restart.
// Items are known by titles that their editors gave them.
export type Edit =
	| { what: 'add'; title: string; first: boolean }
	| { what: 'move'; title: string; position: number }
	| { what: 'remove'; title: string }
	| { what: 'clear' };

export interface QueueNow {
	version: number;
	titles: string[];
}

/** Null: it cannot have been made then. */
function edited(queue: readonly string[], edit: Edit): string[] | null {
	if (edit.what === 'clear') return [];
	if (edit.what === 'add') return edit.first ? [edit.title, ...queue] : [...queue, edit.title];
	const rest = queue.filter((title) => title !== edit.title);
	if (rest.length === queue.length) return null;
	if (edit.what === 'move') rest.splice(edit.position, 0, edit.title);
	return rest;
}

export class QueueModel {
	private from: QueueNow;
	private readonly answered = new Map<number, Edit>();
	private readonly open = new Set<Edit>();
	edits = 0;

	constructor(from: QueueNow) {
		this.from = from;
	}

	asked(edit: Edit): void {
		this.open.add(edit);
	}

	/** It was done; or refused, without a version. */
	told(edit: Edit, version?: number): void {
		this.open.delete(edit);
		if (version === undefined) return;
		if (this.answered.has(version)) throw new Error(`version ${version} was made twice`);
		this.answered.set(version, edit);
		this.edits++;
	}

	/** What is wrong with the queue as it is now, or ''. `began`: the items that began since the last look. */
	difference(now: QueueNow, began: string[]): string {
		const { from } = this;
		const edits = [...this.answered].sort(([a], [b]) => a - b);
		const newest = Math.max(from.version, ...this.answered.keys());
		const fits = now.version >= newest && this.explains(from.titles, from.version + 1, now, began, [...this.open]);
		const story = JSON.stringify({ from, edits, open: [...this.open], began, now });
		this.from = now;
		this.answered.clear();
		this.open.clear();
		return fits ? '' : story;
	}

	private explains(queue: string[], version: number, now: QueueNow, began: string[], lost: Edit[]): boolean {
		const [first, ...others] = began;
		if (version > now.version) return first === undefined && queue.join() === now.titles.join();
		const after = (edit: Edit, left: Edit[]): boolean => {
			const next = edited(queue, edit);
			return next !== null && this.explains(next, version + 1, now, began, left);
		};
		const edit = this.answered.get(version);
		if (edit !== undefined) return after(edit, lost);
		if (first !== undefined && queue.includes(first)) {
			const rest = queue.filter((title) => title !== first);
			if (this.explains(rest, version + 1, now, others, lost)) return true;
		}
		return lost.some((one) => after(one, lost.filter((other) => other !== one)));
	}
}
