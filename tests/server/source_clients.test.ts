// DJs come in live with real source clients: ffmpeg as Icecast's client, in both of its ways, and heads as other
// programs write them. What listeners hear is decoded and looked at for the tone that the DJ sends. Each scenario has a
// channel of its own and most of its time goes by in waiting, so they run side by side.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveMusic } from './support/library.ts';
import { eventually } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';

const api = '/api/v1';
const server = await serveMusic('source-clients', { env: { LIMIT_LOGIN: '1000', LIMIT_LOGIN_ADDRESS: '1000' } });
const tone = 1700; // Hz, of the DJ
const rate = 8000;
const secret = 'a long word';
const sources: ChildProcess[] = [];

let mod: Person;
let track: any;

beforeAll(async () => {
	mod = await person(server, 'mod', 'moderator');
	const { items } = await server.json(`${api}/tracks?limit=100`);
	track = items.sort((a: any, b: any) => b.duration_ms - a.duration_ms)[0];
});

afterAll(() => sources.forEach((one) => one.kill('SIGKILL')));

const channel = (id: number): Promise<any> => server.json(`${api}/channels/${id}`);
const live = (id: number, name: string | null): Promise<any> => eventually(() => channel(id), (one) => one.dj === name, 45_000);

// One after the other: passwords are hashed by a few threads, and a busy machine would have all of them wait.
let made: Promise<unknown> = Promise.resolve();
function onAir(title: string, djs: object[] = [{ username: 'ann', password: secret }]): Promise<number> {
	const next = made.then(() => putOnAir(title, djs));
	made = next.catch(() => undefined);
	return next;
}

async function putOnAir(title: string, djs: object[]): Promise<number> {
	const { id } = (await mod.post(`${api}/channels`, { title })).json();
	await mod.post(`${api}/queue/${id}/items`, { track_id: track.id });
	for (const dj of djs) expect((await mod.post(`${api}/channels/${id}/djs`, dj)).status).toBe(201);
	expect((await mod.post(`${api}/channels/${id}/start`)).status).toBe(200);
	return id;
}

// A channel that stays on the air is mixed, and takes from the others what they need.
const offAir = async (id: number): Promise<void> => expect((await mod.post(`${api}/channels/${id}/stop`)).status).toBe(200);

/** How much of the sound is the DJ's tone: 0 to 1. */
function toneIn(samples: Int16Array): number {
	const [turn, all] = [(2 * Math.PI * tone) / rate, { re: 0, im: 0, power: 1 }];
	samples.forEach((value, at) => {
		all.re += value * Math.cos(turn * at);
		all.im += value * Math.sin(turn * at);
		all.power += value * value;
	});
	return (2 * (all.re ** 2 + all.im ** 2)) / (all.power * samples.length);
}

/** Listens to the channel until a second of it is as it should be. New listeners get some seconds of what was before. */
async function hears(id: number, what: string, good: (share: number) => boolean): Promise<void> {
	const argv = ['-v', 'error', '-nostdin', '-i', `http://127.0.0.1:${server.port}/live/${id}.mp3`, '-ac', '1', '-ar', `${rate}`, '-f', 's16le', '-'];
	const player = spawn('ffmpeg', argv, { stdio: ['ignore', 'pipe', 'ignore'] });
	const timer = setTimeout(() => player.kill('SIGKILL'), 45_000);
	let bytes = Buffer.alloc(0);
	try {
		for await (const piece of player.stdout as AsyncIterable<Buffer>) {
			bytes = Buffer.concat([bytes, piece]);
			for (; bytes.length >= 2 * rate; bytes = bytes.subarray(2 * rate))
				if (good(toneIn(new Int16Array(Uint8Array.from(bytes.subarray(0, 2 * rate)).buffer)))) return;
		}
		throw new Error(`channel ${id}: ${what} is not heard`);
	} finally {
		clearTimeout(timer);
		player.kill('SIGKILL');
	}
}

const hearsDj = (id: number): Promise<void> => hears(id, 'the DJ', (share) => share > 0.8);
const hearsQueue = (id: number): Promise<void> => hears(id, 'the queue', (share) => share < 0.2);

function source(id: number | string, codec: string[], more: string[] = [], who = `ann:${encodeURIComponent(secret)}`): ChildProcess {
	const url = `icecast://${who}@127.0.0.1:${server.port}/live/${id}`;
	const argv = ['-v', 'warning', '-nostdin', '-re', '-f', 'lavfi', '-i', `sine=frequency=${tone}:sample_rate=48000`, ...codec, ...more, url];
	const child = spawn('ffmpeg', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
	sources.push(child);
	return child;
}

const mp3 = ['-c:a', 'libmp3lame', '-b:a', '128k', '-f', 'mp3', '-content_type', 'audio/mpeg'];

/** The DJ's tone as a file of MP3. */
async function toneOf(seconds: number): Promise<Buffer> {
	const argv = ['-v', 'error', '-f', 'lavfi', '-i', `sine=frequency=${tone}:duration=${seconds}`, ...mp3.slice(0, 6), '-'];
	return (await promisify(execFile)('ffmpeg', argv, { encoding: 'buffer', maxBuffer: 1e7 })).stdout;
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
	const gone = new Promise((done) => child.once('exit', done));
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.kill(signal);
	await gone;
}

/** A connection by hand: writes the head, gives what is answered first and the socket. */
async function byHand(head: string[], body: Buffer | string = ''): Promise<{ said: string; socket: Socket }> {
	const socket = connect(server.port, '127.0.0.1');
	socket.on('error', () => undefined);
	socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]));
	const said = await new Promise<string>((done) => {
		socket.once('data', (bytes) => done(bytes.toString()));
		socket.once('close', () => done(''));
	});
	return { said, socket };
}

const basic = (name: string, password: string): string => `Authorization: Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
const closed = (socket: Socket): Promise<unknown> => (socket.destroyed ? Promise.resolve() : new Promise((done) => socket.once('close', done).resume()));

describe.concurrent('a DJ is heard, and the queue after him', () => {
	test.each([
		['PUT, MP3', mp3],
		['SOURCE, MP3', [...mp3, '-legacy_icecast', '1']],
		['PUT, Ogg Vorbis', ['-c:a', 'libvorbis', '-f', 'ogg', '-content_type', 'audio/ogg']],
		['PUT, Opus', ['-c:a', 'libopus', '-f', 'ogg', '-content_type', 'audio/ogg']],
		['SOURCE, AAC', ['-c:a', 'aac', '-f', 'adts', '-content_type', 'audio/aac', '-legacy_icecast', '1']],
	])('by ffmpeg: %s', async (name, codec) => {
		const id = await onAir(name);
		const child = source(id, codec);
		await live(id, 'ann');
		await hearsDj(id);
		const list = (await mod.json(`${api}/channels/${id}/djs`)).items;
		expect(list).toMatchObject([{ username: 'ann', on_air: true }]);
		await end(child);
		await live(id, null);
		await hearsQueue(id);
		await offAir(id);
	}, 90_000);

	test('when his program is killed in the middle', async () => {
		const id = await onAir('Killed');
		const child = source(`${id}.mp3`, mp3);
		await live(id, 'ann');
		await end(child, 'SIGKILL');
		await live(id, null);
		await hearsQueue(id);
		await offAir(id);
	}, 90_000);

	test('in chunks, by a program that waits to be told to go on', async () => {
		const id = await onAir('Chunks');
		const sound = await toneOf(30);
		const head = [`PUT /live/${id} HTTP/1.1`, 'Host: x', basic('ann', secret), 'Content-Type: audio/mpeg', 'Transfer-Encoding: chunked', 'Expect: 100-continue'];
		const { said, socket } = await byHand(head);
		expect(said).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
		const size = 1500;
		for (let at = 0; at < sound.length; at += size) {
			const piece = sound.subarray(at, at + size);
			socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
		}
		await hearsDj(id);
		const last = new Promise<string>((done) => socket.once('data', (bytes) => done(bytes.toString())));
		socket.write('0\r\n\r\n');
		expect(await last).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
		await closed(socket);
		await live(id, null);
		await offAir(id);
	}, 90_000);

	test.each(['HTTP/1.0', 'ICE/1.0'])('by the head that old programs write: SOURCE with %s', async (version) => {
		const id = await onAir(`Old ${version}`);
		const sound = await toneOf(30);
		const head = [
			`SOURCE /live/${id} ${version}`, basic('source', `ann:${secret}`), 'User-Agent: butt', 'Content-Type: audio/mpeg',
			'ice-name: x', 'ice-public: 0', 'ice-audio-info: ice-bitrate=128;ice-channels=2',
		];
		const { said, socket } = await byHand(head, sound);
		expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
		await live(id, 'ann');
		await hearsDj(id);
		socket.destroy();
		await live(id, null);
		await offAir(id);
	}, 90_000);
});

describe('a DJ is refused', () => {
	const ask = async (path: string, auth: string | undefined, type = 'audio/mpeg'): Promise<string> => {
		const head = [`PUT ${path} HTTP/1.1`, 'Host: x', `Content-Type: ${type}`];
		const { said, socket } = await byHand(auth === undefined ? head : [...head, auth]);
		socket.destroy();
		return said;
	};

	test('without a password, or with a wrong one', async () => {
		const id = await onAir('Refused');
		for (const auth of [undefined, basic('ann', 'wrong word'), basic('bob', secret), 'Authorization: Basic !!!', basic('source', 'wrong')]) {
			const said = await ask(`/live/${id}`, auth);
			expect(said).toMatch(/^HTTP\/1\.1 401 /);
			expect(said).toContain('WWW-Authenticate: Basic realm="Ogma"');
		}
		expect((await channel(id)).dj).toBeNull();
		await offAir(id);
	});

	test('who guesses too often has to wait', async () => {
		const data = await serveMusic('source-guesses');
		const one = await person(data, 'mod', 'moderator');
		const { id } = (await one.post(`${api}/channels`, { title: 'x' })).json();
		await one.post(`${api}/channels/${id}/djs`, { username: 'ann', password: secret });
		const statuses = [];
		for (let tries = 0; tries < 7; tries++)
			statuses.push((await data.ask(`/admin/metadata?mount=/live/${id}&song=x`, { headers: { authorization: basic('ann', `no ${tries}`).slice(15) } })).status);
		expect(statuses[0]).toBe(401);
		expect(statuses.at(-1)).toBe(429);
	});

	test('outside his time', async () => {
		const now = new Date();
		const other = ((now.getDay() + 2) % 7) + 1; // neither today nor a day beside
		const id = await onAir('Closed', [{ username: 'ann', password: secret, weekdays: [other] }]);
		const said = await ask(`/live/${id}`, basic('ann', secret));
		expect(said).toMatch(/^HTTP\/1\.1 403 /);
		expect(said).toContain('"field":"time"');
		await offAir(id);
	});

	test('while somebody else is live', async () => {
		const id = await onAir('Busy', [{ username: 'ann', password: secret }, { username: 'bob', password: secret }]);
		const child = source(id, mp3);
		await live(id, 'ann');
		const said = await ask(`/live/${id}`, basic('bob', secret));
		expect(said).toMatch(/^HTTP\/1\.1 403 /);
		expect(said).toContain('"field":"mount"');
		expect((await channel(id)).dj).toBe('ann');
		await end(child);
		await offAir(id);
	}, 60_000);

	test('where no channel is on the air, and with what cannot be decoded', async () => {
		const id = await onAir('Types');
		const silent = (await mod.post(`${api}/channels`, { title: 'Silent' })).json().id;
		await mod.post(`${api}/channels/${silent}/djs`, { username: 'ann', password: secret });
		expect(await ask(`/live/${silent}`, basic('ann', secret))).toMatch(/^HTTP\/1\.1 404 /);
		expect(await ask(`/live/${id}.exe`, basic('ann', secret))).toMatch(/^HTTP\/1\.1 404 /);
		expect(await ask(`/live/${id}`, basic('ann', secret), 'text/html')).toMatch(/^HTTP\/1\.1 415 /);
		await offAir(id);
	});
});

describe.concurrent('who is live', () => {
	test('tells what he plays: listeners see it as a title, and it is in the history', async () => {
		const id = await onAir('Titles');
		const child = source(id, mp3);
		await live(id, 'ann');
		const told = await server.ask(`/admin/metadata?mode=updinfo&mount=%2Flive%2F${id}&song=${encodeURIComponent('Пётр - День')}`, {
			headers: { authorization: basic('ann', secret).slice(15) },
		});
		expect(told.status, told.text).toBe(200);
		expect(told.text).toContain('<return>1</return>');
		const leave = new AbortController();
		const answer = await fetch(`http://127.0.0.1:${server.port}/live/${id}.mp3`, { headers: { 'icy-metadata': '1' }, signal: leave.signal });
		const every = Number(answer.headers.get('icy-metaint'));
		const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
		let bytes = Buffer.alloc(0);
		while (bytes.length < every + 1 + 255 * 16) bytes = Buffer.concat([bytes, (await reader.read()).value as Uint8Array]);
		leave.abort();
		expect(bytes.subarray(every + 1).toString('utf8')).toMatch(/^StreamTitle='Пётр - День';/);
		const plays = (await server.json(`${api}/channels/${id}/history`)).items;
		expect(plays[0]).toMatchObject({ kind: 'live', artist: 'Пётр', title: 'День', ended_at: null });
		await end(child);
		await live(id, null);
		await eventually(async () => (await server.json(`${api}/channels/${id}/history`)).items[0], (play) => play.ended_at !== null);
		await offAir(id);
	}, 60_000);

	test('says it in the stream, as Ogg does', async () => {
		const id = await onAir('Chained');
		const songs = await Promise.all(['День', 'Ночь'].map(async (title) => {
			const metadata = ['-metadata', `title=${title}`, '-metadata', 'artist=Пётр'];
			const argv = ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=2', '-c:a', 'libopus', ...metadata, '-f', 'ogg', '-'];
			return (await promisify(execFile)('ffmpeg', argv, { encoding: 'buffer' })).stdout;
		}));
		const { said, socket } = await byHand([`PUT /live/${id} HTTP/1.1`, 'Host: x', basic('ann', secret), 'Content-Type: audio/ogg'], Buffer.concat(songs));
		expect(said).toMatch(/^HTTP\/1\.1 200 OK/);
		const told = async (): Promise<string[]> => (await server.json(`${api}/channels/${id}/history`)).items.filter((one: any) => one.kind === 'live').map((one: any) => `${one.artist} - ${one.title}`);
		await eventually(told, (titles) => titles.includes('Пётр - День') && titles.includes('Пётр - Ночь'));
		socket.destroy();
		await live(id, null);
		await offAir(id);
	}, 60_000);

	test('takes over from himself when his program lost its connection', async () => {
		const id = await onAir('Again');
		const sound = await toneOf(30);
		const dead = await byHand([`SOURCE /live/${id} HTTP/1.0`, basic('ann', secret), 'Content-Type: audio/mpeg'], sound);
		expect(dead.said).toMatch(/^HTTP\/1\.1 200 OK/);
		await live(id, 'ann');
		await hearsDj(id);
		const child = source(id, mp3);
		await closed(dead.socket);
		await hearsDj(id);
		expect(child.exitCode).toBeNull();
		expect((await channel(id)).dj).toBe('ann');
		await end(child);
		await live(id, null);
		await offAir(id);
	}, 90_000);

	test('is ended by an operator', async () => {
		const id = await onAir('Ended');
		const child = source(id, mp3);
		await live(id, 'ann');
		expect((await mod.post(`${api}/channels/${id}/djs/disconnect`)).status).toBe(204);
		await live(id, null);
		await new Promise((done) => (child.exitCode !== null ? done(0) : child.once('exit', done)));
		await offAir(id);
	}, 60_000);

	test('is ended when his time is over', async () => {
		const id = await onAir('Over');
		const [dj] = (await mod.json(`${api}/channels/${id}/djs`)).items;
		const child = source(id, mp3);
		await live(id, 'ann');
		await mod.send('PATCH', `${api}/channels/${id}/djs/${dj.id}`, { weekdays: [((new Date().getDay() + 2) % 7) + 1] });
		await live(id, null);
		await end(child);
		await offAir(id);
	}, 60_000);

	test.each([
		['nothing', ''],
		['garbage', Buffer.alloc(200_000, 'no sound at all ')],
	])('is ended when he sends %s', async (_, body) => {
		const id = await onAir('Nothing');
		const { said, socket } = await byHand([`SOURCE /live/${id} HTTP/1.0`, basic('ann', secret), 'Content-Type: audio/mpeg'], body);
		expect(said).toMatch(/^HTTP\/1\.1 200 OK/);
		await closed(socket);
		await live(id, null);
		await hearsQueue(id);
		await offAir(id);
	}, 90_000);
});
