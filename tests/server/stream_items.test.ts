// Queue items that are addresses of other servers, and those that yt-dlp
// fetches: a small radio on this machine is played by a channel.
import { execFileSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveUntilEnd, temporary } from './support/library.ts';
import { until, type Server } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { pitch } from './support/streaming.ts';

const api = '/api/v1';
const folder = await temporary('stream-items');
const bytesPerSecond = 16_000;

async function sine(hertz: number): Promise<Buffer> {
	const path = join(folder, `${hertz}.mp3`);
	execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `sine=${hertz}:r=44100:d=30`, '-b:a', '128k', path]);
	return readFile(path);
}

const tones: Record<string, Buffer> = { 400: await sine(400), 800: await sine(800), 1200: await sine(1200) };
const asked: string[] = [];
const listeners = new Map<string, Set<ServerResponse>>();

// gives "/400" and so on as a radio does: as fast as it is heard, again and again
const radio = createServer((request, response) => {
	const name = (request.url ?? '').slice(1);
	const tone = tones[name];
	asked.push(name);
	if (tone === undefined) return void response.writeHead(404).end();
	response.writeHead(200, { 'content-type': 'audio/mpeg' });
	let at = 0;
	const send = (bytes: number) => {
		response.write(tone.subarray(at, at + bytes));
		at = at + bytes >= tone.length ? 0 : at + bytes;
	};
	send(3 * bytesPerSecond);
	const clock = setInterval(() => send(bytesPerSecond / 4), 250);
	const here = listeners.get(name) ?? new Set();
	listeners.set(name, here.add(response));
	response.on('close', () => {
		clearInterval(clock);
		here.delete(response);
	});
});
await new Promise<void>((done) => radio.listen(0, '127.0.0.1', done));
const base = `http://127.0.0.1:${(radio.address() as AddressInfo).port}`;

const programs = await temporary('stream-items-bin');
await writeFile(join(programs, 'yt-dlp'), `#!/bin/sh\nexec cat '${join(folder, '1200.mp3')}'\n`);
await chmod(join(programs, 'yt-dlp'), 0o755);

const server = await serveUntilEnd({
	data: await temporary('stream-items-data'),
	env: { FETCH_PRIVATE_ADDRESSES: '127.0.0.0/8', PATH: `${programs}:${process.env['PATH']}` },
});
const strict = await serveUntilEnd({ data: await temporary('stream-items-strict'), env: { PATH: '/nonexistent' } });
let moderator: Person;
let other: Person;

beforeAll(async () => {
	moderator = await person(server, 'moderator', 'moderator');
	other = await person(strict, 'other', 'moderator');
});

afterAll(() => {
	radio.closeAllConnections();
	radio.close();
});

async function channel(by: Person, items: object[]): Promise<number> {
	const { id } = (await by.post(`${api}/channels`, { title: 'From elsewhere', is_public: true })).json();
	for (const item of items) expect((await by.post(`${api}/queue/${id}/items`, { title: 'Elsewhere', ...item })).status).toBe(201);
	expect((await by.post(`${api}/channels/${id}/start`)).status).toBe(200);
	return id;
}

const heard = (on: Server, id: number, hertz: number) =>
	until(`${hertz} Hz`, async () => Math.abs((await pitch(`http://127.0.0.1:${on.port}/live/${id}.mp3`).catch(() => 0)) - hertz) < hertz / 20, 50_000);

describe('a channel', () => {
	test('plays a radio until that drops, then goes on with its queue', async () => {
		const id = await channel(moderator, ['400', '800'].map((name) => ({ source: 'stream', url: `${base}/${name}` })));
		await heard(server, id, 400);
		for (const response of listeners.get('400') ?? []) response.destroy();
		await heard(server, id, 800);
	}, 60_000);

	test('plays what yt-dlp fetches', async () => {
		const id = await channel(moderator, [{ source: 'youtube', url: 'https://youtu.be/abcdefghijk' }]);
		await heard(server, id, 1200);
	}, 60_000);

	test('takes nothing of yt-dlp where that is not installed', async () => {
		const { id } = (await other.post(`${api}/channels`, { title: 'Without' })).json();
		const answer = await other.post(`${api}/queue/${id}/items`, { title: 'x', source: 'youtube', url: 'https://youtu.be/abcdefghijk' });
		expect(answer.status).toBe(422);
		expect(answer.text).toContain('source');
	});

	test('asks no address of this network unless the operator trusts it', async () => {
		const id = await channel(other, ['secret', 'another'].map((name) => ({ source: 'stream', url: `${base}/${name}` })));
		await until('the items to be gone', async () => (await other.json(`${api}/queue/${id}`)).total === 0);
		expect(asked).not.toContain('secret');
	});
});
