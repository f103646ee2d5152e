// What a server hears in its music, and what it tells of it.
import { describe, expect, test } from 'vitest';
import { type Answer } from './support/http.ts';
import { servePartOfMusic, trackTitled } from './support/library.ts';
import { until } from './support/ogma.ts';
import { person } from './support/people.ts';
import { Description } from './support/schema.ts';

const server = await servePartOfMusic('long', { env: { ANALYSIS: 'yes', ANALYSIS_LOOK_SECONDS: '1', MEDIA_ANALYSES: '2' } });
const water = await trackTitled(server, 'Still Water');
const path = `/api/v1/tracks/${water.id}`;

async function heard(): Promise<Answer> {
	return until('the track is heard', async () => {
		const answer = await server.ask(`${path}/analysis`);
		return answer.status === 200 ? answer : undefined;
	}, 60_000);
}

describe('a server that listens', () => {
	test('tells what it heard in a track, and how sure it is', async () => {
		const analysis = (await heard()).json() as Record<string, unknown>;
		expect(analysis['error']).toBeNull();
		expect(analysis['loudness_lufs']).toBeLessThan(0);
		expect(analysis['genres']).toHaveLength(3);
		const track = (await server.ask(path)).json() as Record<string, unknown>;
		expect(track['loudness_lufs']).toBe(analysis['loudness_lufs']);
		expect(track['energy']).toBe(analysis['energy']);
	});

	test('tells it as its description says', async () => {
		await heard();
		const description = await Description.of(server);
		const told = description.operations.filter((one) => /\/(analysis|waveform)$/.test(one.path));
		expect(told).toHaveLength(2);
		for (const operation of told) expect(description.complaint(operation, await server.ask(operation.path.replace('{id}', String(water.id)))), operation.path).toBeUndefined();
	});

	test('draws it for a player', async () => {
		await heard();
		const waveform = (await server.ask(`${path}/waveform`)).json() as Record<string, unknown>;
		expect(waveform['peaks']).toHaveLength(1000);
		expect(waveform['rms']).toHaveLength(1000);
		expect(Math.max(...(waveform['peaks'] as number[]))).toBeGreaterThan(10);
	});

	test('knows nothing of tracks that are not there', async () => {
		for (const what of ['analysis', 'waveform']) {
			const answer = await server.ask(`/api/v1/tracks/999999/${what}`);
			expect(answer.status, what).toBe(404);
		}
	});

	test('names tracks that sound like it, and says so in the language of who asks', async () => {
		interface Similar { id: number; reason: string; reason_kind: string }
		const similar = async (language: string): Promise<Similar[]> =>
			((await server.ask(`${path}/similar?limit=5`, { headers: { 'accept-language': language } })).json() as { items: Similar[] }).items;
		const alike = await until('another track sounds alike', async () => {
			const [first] = await similar('en');
			return first?.reason_kind === 'sound' ? first : undefined;
		});
		expect(alike.reason).toBe('sounds like it');
		expect(alike.id).not.toBe(water.id);
		expect((await similar('ru')).find((one) => one.reason_kind === 'sound')?.reason).toBe('звучит похоже');
	});

	test('listens in a job that is seen, and again when asked', async () => {
		await heard();
		const admin = await person(server, 'admin', 'admin');
		interface Job { id: number; state: string; detail: string | null; requested_by: number | null; progress: Record<string, number>; attempts: number }
		const job = async (id: number): Promise<Job> => (await admin.ask(`/api/v1/jobs/${id}`)).json() as Job;
		const over = (id: number): Promise<Job> => until(`job ${id} is over`, async () => ((await job(id)).state === 'done' ? job(id) : undefined), 60_000);
		const [own] = ((await admin.ask('/api/v1/jobs?kind=analyse')).json() as { items: Job[] }).items;
		expect(own!.requested_by).toBeNull();
		const first = await over(own!.id);
		expect(first.progress['added']).toBeGreaterThan(1);
		expect(first.progress['done']).toBe(first.progress['total']);
		const answer = await admin.post('/api/v1/jobs/analyse', { again: true });
		expect(answer.status).toBe(202);
		const asked = answer.json() as Job;
		expect(asked.detail).toBe('again');
		expect((await admin.post(`/api/v1/jobs/${asked.id}/cancel`)).status).toBeLessThan(300);
		await until('it is cancelled', async () => ((await job(asked.id)).state === 'cancelled' ? true : undefined));
		expect((await admin.post(`/api/v1/jobs/${asked.id}/retry`)).status).toBeLessThan(300);
		const last = await over(asked.id);
		expect(last.progress['total']).toBeGreaterThan(0);
		const log = (await admin.ask(`/api/v1/jobs/${asked.id}/log`)).json() as { items: { message: string }[] };
		expect(log.items.map((line) => line.message)).toContainEqual(expect.stringMatching(/^\d+ heard, \d+ refused, 0 passed over$/));
	}, 120_000);

	test('lists by what it heard', async () => {
		await heard();
		const titles = async (query: string): Promise<string[]> => {
			const answer = await server.ask(`/api/v1/tracks?limit=100&artist_id=${water.artist_id}&${query}`);
			return (answer.json() as { items: { title: string }[] }).items.map((track) => track.title);
		};
		expect(await titles('energy_min=0')).toContain('Still Water');
		expect(await titles('energy_min=1&energy_max=1')).not.toContain('Still Water');
		expect((await server.ask('/api/v1/tracks?valence_max=2')).status).toBe(422);
	});
});
