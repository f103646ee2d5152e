// A server that is killed while a channel plays and several people edit its queue: nothing that was answered is
// lost, and the channel is back on the air where it was. QUEUE_KILL_ROUNDS: how often; QUEUE_KILL_BACK_MS: how
// soon its sound has to be back; QUEUE_KILL_FIGURES: a file that is told the figures.
import { appendFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { scannedData } from './support/library.ts';
import { type Server, serve, sleep } from './support/ogma.ts';
import { Person, person } from './support/people.ts';
import { type Edit, QueueModel, type QueueNow } from './support/queue_model.ts';

const api = '/api/v1';
const rounds = Number(process.env['QUEUE_KILL_ROUNDS'] ?? 6);
const backMs = Number(process.env['QUEUE_KILL_BACK_MS'] ?? 5000);
const figures = process.env['QUEUE_KILL_FIGURES'];
const editorsCount = 3;

const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;
const titles = (items: any[]): string[] => items.map((item) => item.title);

async function begun(server: Server, id: number): Promise<any[]> {
	return (await server.json(`${api}/channels/${id}/history?limit=100`)).items;
}

/** The queue, and what began so far (the newest first), of one moment. */
async function look(server: Server, id: number): Promise<QueueNow & { begun: any[] }> {
	for (;;) {
		const before = await begun(server, id);
		const queue = await server.json(`${api}/queue/${id}`);
		const after = await begun(server, id);
		if (before[0]?.id === after[0]?.id) return { version: queue.version, titles: titles(queue.items), begun: after };
	}
}

/** Until the first frames of the channel's sound are here. */
async function sound(server: Server, id: number): Promise<void> {
	const leave = new AbortController();
	const answer = await fetch(`http://127.0.0.1:${server.port}/live/${id}.mp3`, { signal: leave.signal });
	expect(answer.status).toBe(200);
	const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
	const { value } = await reader.read();
	expect([value?.[0], (value?.[1] ?? 0) & 0xe0]).toEqual([0xff, 0xe0]);
	leave.abort();
}

/** Follows where a channel stands; what it saw last is what a listener knows. */
class Watch {
	title = '';
	positionMs = 0;
	seenAt = 0;

	async look(server: Server, id: number): Promise<void> {
		const before = performance.now();
		const { current_item, current_position_ms } = await server.json(`${api}/channels/${id}`);
		this.title = current_item?.title ?? '';
		this.positionMs = current_position_ms;
		this.seenAt = (before + performance.now()) / 2;
	}
}

interface Known {
	title: string;
	id: string;
}

let made = 0;

/** One edit of the kind that chance wants; skips are no edits of the queue, but lead to one. */
async function edit(who: Person, id: number, model: QueueModel, known: Known[], tracks: any[]): Promise<void> {
	const path = `${api}/queue/${id}`;
	const kind = pick(['add', 'add', 'add', 'first', 'first', 'move', 'move', 'remove', 'skip', Math.random() < 0.2 ? 'clear' : 'add']);
	const target = pick(known.slice(-10));
	if (kind === 'skip') {
		expect((await who.post(`${path}/skip`)).status).toBeOneOf([200, 409]);
		return;
	}
	let asked: Edit;
	let ask: () => Promise<any>;
	if (kind === 'clear') {
		asked = { what: 'clear' };
		ask = () => who.send('DELETE', path);
	} else if (kind === 'move' && target !== undefined) {
		asked = { what: 'move', title: target.title, position: pick([0, 100]) };
		ask = () => who.send('PATCH', `${path}/items/${target.id}/move`, { position: (asked as any).position });
	} else if (kind === 'remove' && target !== undefined) {
		asked = { what: 'remove', title: target.title };
		ask = () => who.send('DELETE', `${path}/items/${target.id}`);
	} else {
		const title = `e${made++}`;
		asked = { what: 'add', title, first: kind === 'first' };
		ask = () => who.post(`${path}/items`, { track_id: pick(tracks).id, title, priority: kind === 'first' });
	}
	model.asked(asked);
	const answer = await ask();
	if (answer.status >= 300) {
		expect([404, 409], answer.text).toContain(answer.status);
		model.told(asked);
		return;
	}
	model.told(asked, answer.json().version);
	if (asked.what === 'add') known.push({ title: asked.title, id: answer.json().id });
}

test('its model sees what begins though it was taken out, and what begins twice', () => {
	const found = (edit: Edit, titles: string[], version: number, began: string[]): string => {
		const model = new QueueModel({ version: 1, titles: ['a', 'b'] });
		model.asked(edit);
		model.told(edit, 2);
		return model.difference({ version, titles }, began);
	};
	expect(found({ what: 'remove', title: 'a' }, [], 3, ['b'])).toBe('');
	expect(found({ what: 'remove', title: 'a' }, ['b'], 2, ['a'])).not.toBe('');
	expect(found({ what: 'clear' }, [], 2, ['b'])).not.toBe('');
	expect(found({ what: 'remove', title: 'a' }, [], 3, ['b', 'b'])).not.toBe('');
});

test(`in ${rounds} kills while a channel plays and ${editorsCount} edit its queue nothing answered is lost, and it is back at once where it was`, async () => {
	const data = await scannedData('queue-killed');
	let running = await serve({ data });
	const people: Person[] = [];
	for (let one = 0; one < editorsCount; one++) people.push(await person(running, `editor-${one}`, 'moderator'));
	const [first] = people as [Person];
	const tracks = (await running.json(`${api}/tracks?limit=100`)).items.filter((one: any) => one.duration_ms >= 10_000);
	const { id } = (await first.post(`${api}/channels`, { title: 'Killed', auto_end_enabled: false })).json();
	expect((await first.post(`${api}/channels/${id}/start`)).status).toBe(200);
	const model = new QueueModel({ version: (await running.json(`${api}/queue/${id}`)).version, titles: [] });
	const known: Known[] = [];
	const times: number[] = [];
	const distances: number[] = [];
	let newest: number | undefined;
	try {
		for (let round = 0; round < rounds; round++) {
			const watch = new Watch();
			let killed = false;
			const failures: unknown[] = [];
			const during = async (work: () => Promise<void>): Promise<void> => {
				try {
					while (!killed) await work();
				} catch (error) {
					if (!killed) failures.push(error);
				}
			};
			const server = running;
			const work = people.map((who) => {
				const now = new Person(server, who.name, who.password);
				now.token = who.token;
				return during(() => edit(now, id, model, known, tracks));
			});
			work.push(during(() => watch.look(server, id)));
			await sleep(150 + Math.random() * 450);
			killed = true;
			const killedAt = performance.now();
			await server.kill();
			await Promise.all(work);
			expect(failures).toEqual([]);

			const startedAt = performance.now();
			running = await serve({ data });
			await sound(running, id);
			times.push(performance.now() - startedAt);
			const after = new Watch();
			await after.look(running, id);
			const now = await look(running, id);
			const last = newest === undefined ? now.begun.length : now.begun.findIndex((play) => play.id === newest);
			expect(last, `round ${round}: ${newest} is in the history`).toBeGreaterThanOrEqual(0);
			newest = now.begun[0]?.id;
			expect(model.difference(now, titles(now.begun.slice(0, last)).reverse()), `round ${round}`).toBe('');
			expect(times.at(-1), `round ${round}: back on the air`).toBeLessThan(backMs);
			if (after.title !== watch.title || watch.title === '') continue;
			// it went on somewhere between its own start and that of the process
			const stood = watch.positionMs + killedAt - watch.seenAt;
			const least = after.positionMs - (after.seenAt - startedAt);
			const distance = Math.max(0, least - stood, stood - after.positionMs);
			distances.push(distance);
			expect(distance, `round ${round}: stood at ${stood}, went on from ${least} to ${after.positionMs}`).toBeLessThan(1000);
		}
	} finally {
		await running.stop();
	}
	expect(model.edits).toBeGreaterThan(rounds * 5);
	if (figures === undefined) return;
	times.sort((a, b) => a - b);
	const most = (all: number[]): number => Math.round(Math.max(...all));
	await appendFile(figures, [
		`kills ${rounds}`, `edits ${model.edits}`, `median_ms ${Math.round(times[times.length >> 1] as number)}`,
		`most_ms ${most(times)}`, `positions ${distances.length}`, `distance_ms ${most(distances)}`, '',
	].join('\n'));
}, 30_000 + rounds * 10_000);
