// Queue items that are posts at Telegram, over a library that stands in for
// Telegram's (tests/support/fake_tdjson.c), and what can be seen of the real one
// without its servers. Posts and their files are tests/unit/test_telegram.c's.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import { serveUntilEnd, temporary } from './support/library.ts';
import { type Environment, mediaProgram, program, run, type Server, until } from './support/ogma.ts';
import { type Person, person } from './support/people.ts';
import { pitch } from './support/streaming.ts';

const api = '/api/v1';
const helper = join(dirname(mediaProgram), 'ogma-td');
const fake = join(dirname(realpathSync(program)), '../tests/libtdjson-fake.so');
const real = join(import.meta.dirname, '../node_modules/@prebuilt-tdlib/linux-x64-glibc/libtdjson.so');
const hash = '5f4dcc3b5aa765d61d8327deb882cf99';
const env = (library: string): Environment => ({ TELEGRAM_API_ID: '4242', TELEGRAM_API_HASH: hash, TELEGRAM_LIBRARY: library });

const folder = await temporary('telegram-items');
const data = join(folder, 'data');
const session = join(data, 'telegram');
const chat = -1001000000001;

function sine(hertz: number): string {
	const path = join(folder, `${hertz}.mp3`);
	execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `sine=${hertz}:r=44100:d=30`, '-b:a', '128k', path]);
	return path;
}

const tones = { 600: sine(600), 1400: sine(1400) };
const audio = (hertz: keyof typeof tones, more: object = {}) => ({
	kind: 'audio', path: tones[hertz], unique: `U${hertz}`, title: `Tone ${hertz}`, performer: 'Sine', seconds: 30, mime: 'audio/mpeg', ...more,
});
const posts: Record<string, object> = {
	[`${chat}/1`]: audio(600), [`${chat}/2`]: audio(600, { unique: 'gone' }), [`${chat}/3`]: audio(1400), [`${chat}/4`]: { kind: 'text' },
	[`${chat}/5`]: audio(600, { unique: 'kept', protected: true }),
};
const world = (more: object = {}) =>
	writeFile(join(session, 'world.json'), JSON.stringify({ phone: '+15550001', code: '314159265', password: 'open sesame', chats: { tones: chat }, posts, ...more }));
await mkdir(session, { recursive: true });
await world();

let server: Server;
let moderator: Person;
const state = async (of: Server) => (await of.json('/health/ready')).services.find((one: { name: string }) => one.name === 'telegram');
const commands = (...words: string[]) => ['telegram', ...words, '--data', data];

/** What is read of a process that may have ended meanwhile. */
function orNone<T>(read: () => T[]): T[] {
	try {
		return read();
	} catch {
		return [];
	}
}

const tasks = (pid: number) => orNone(() => readdirSync(`/proc/${pid}/task`));
const children = (pid: number): number[] =>
	tasks(pid).flatMap((task) => orNone(() => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number)));
const isHelper = (pid: number): boolean => orNone(() => [realpathSync(`/proc/${pid}/exe`)])[0] === realpathSync(helper);
const helpers = (pid: number): number[] => children(pid).filter(isHelper);

beforeAll(async () => {
	server = await serveUntilEnd({ data, env: env(fake) });
	moderator = await person(server, 'moderator', 'moderator');
});

async function channel(): Promise<number> {
	return (await moderator.post(`${api}/channels`, { title: 'Out of Telegram', is_public: true })).json().id;
}

const put = (id: number, url: string, language = 'en') =>
	moderator.ask(`${api}/queue/${id}/items`, {
		method: 'POST', body: JSON.stringify({ source: 'telegram', url }), headers: { 'content-type': 'application/json', 'accept-language': language },
	});

const heard = (id: number, hertz: number) =>
	until(`${hertz} Hz`, async () => Math.abs((await pitch(`http://127.0.0.1:${server.port}/live/${id}.mp3`).catch(() => 0)) - hertz) < hertz / 20, 50_000);

describe('an account', () => {
	test('is not asked before somebody signed in', async () => {
		await until('the library to tell', async () => (await state(server)).reason === 'Telegram: not logged in');
		const answer = await put(await channel(), 'https://t.me/tones/1');
		expect(answer.status).toBe(422);
		expect(answer.json().details).toEqual([{ field: 'source', message: 'no account at Telegram is signed in here' }]);
		expect((await run(commands('status'), { env: env(fake) })).stdout).toBe('not logged in\n');
	});

	test('that cannot sign in is told why', async () => {
		const wrong = await run(commands('login'), { env: env(fake), input: '+15550002\n' });
		expect(wrong.code).toBe(1);
		expect(wrong.stderr).toContain('PHONE_NUMBER_INVALID');
		expect((await run(commands('login'), { env: { ...env(fake), TELEGRAM_API_ID: '0' } })).stderr).toContain('TELEGRAM_API_ID');
	});

	test('signs in beside the running server, which takes it up', async () => {
		const done = await run(commands('login'), { env: env(fake), input: '+15550001\n314159265\nopen sesame\n' });
		expect(done).toMatchObject({ code: 0, stdout: '@ogma_tester\n' });
		await until('the server to be signed in', async () => (await state(server)).state === 'up');
		expect((await run([...commands('status'), '--json'], { env: env(fake) })).stdout).toBe('{"state":"logged in","account":"@ogma_tester"}\n');
		expect((await stat(session)).mode & 0o777).toBe(0o700);
	});
});

test('a server whose account another one has takes posts in unseen', async () => {
	const other = await serveUntilEnd({ data: await temporary('telegram-second'), env: { ...env(fake), TELEGRAM_SESSION: session } });
	const second = await person(other, 'second', 'moderator');
	await until('it to know', async () => (await state(other)).reason === 'Telegram: used by another process');
	const { id } = (await second.post(`${api}/channels`, { title: 'Beside' })).json();
	const answer = await second.post(`${api}/queue/${id}/items`, { source: 'telegram', url: 'https://t.me/tones/9' });
	expect(answer.status).toBe(201);
	expect(answer.json().item).toMatchObject({ title: 't.me/tones/9', duration_ms: null });
});

describe('a post', () => {
	test('that cannot be played is refused with its reason, in two languages', async () => {
		const id = await channel();
		for (const [url, en, ru] of [
			['https://t.me/tones/4', 'there is no sound in this post', 'в этом посте нет звука'],
			['https://t.me/tones/9', 'there is no such post, or it is not for us', 'такого поста нет, или он нам недоступен'],
			['https://t.me/nobody/1', 'there is no such post, or it is not for us', 'такого поста нет, или он нам недоступен'],
			['https://t.me/c/123/1', 'there is no such post, or it is not for us', 'такого поста нет, или он нам недоступен'],
			['https://t.me/tones/5', 'its channel does not let posts be saved', 'канал не разрешает сохранять свои посты'],
			['https://t.me/tones', 'must be the address of a post at Telegram', 'нужна ссылка на пост в Telegram'],
		] as const) {
			const answer = await put(id, url);
			expect(answer.status, url).toBe(422);
			expect(answer.json().details).toEqual([{ field: 'url', message: en }]);
			expect((await put(id, url, 'ru')).json().details[0].message).toBe(ru);
		}
		expect((await moderator.json(`${api}/queue/${id}`)).total).toBe(0);
	});

	test('waits its turn when Telegram wants to be left alone', async () => {
		const id = await channel();
		await world({ flood: 1 });
		const refused = await put(id, 'https://t.me/tones/1');
		expect(refused.status).toBe(503);
		expect(refused.json().details).toEqual({ service: 'telegram', reason: 'Telegram wants to be left alone for 1 s' });
		await world();
		await until('the wait to be over', async () => (await put(id, 'https://t.me/tones/1')).status === 201);
	});

	test('is heard on a channel under its own name, also when the helper is killed; one that went away is passed over', async () => {
		const id = await channel();
		const first = await put(id, 'https://t.me/tones/1');
		expect(first.json().item).toMatchObject({ title: 'Sine - Tone 600', source: 'telegram', duration_ms: 30_000 });
		expect((await put(id, 'tg://resolve?domain=tones&post=2')).status).toBe(201);
		expect((await put(id, 'https://t.me/s/tones/3')).status).toBe(201);
		const { [`${chat}/2`]: gone, ...left } = posts;
		expect(gone).toBeDefined();
		await world({ posts: left });
		expect((await moderator.post(`${api}/channels/${id}/start`)).status).toBe(200);
		await until('the first to play', async () => (await moderator.json(`${api}/queue/${id}/state`)).current_item?.title === 'Sine - Tone 600');
		for (const pid of helpers(server.child.pid ?? 0)) process.kill(pid, 'SIGKILL');
		await moderator.post(`${api}/queue/${id}/skip`);
		await heard(id, 1400);
		await until('the account to be back', async () => (await state(server)).state === 'up');
		await moderator.post(`${api}/channels/${id}/stop`);
	}, 60_000);

	test('leaves no secret in a log', async () => {
		for (const name of await readdir(join(data, 'logs'))) {
			const log = await readFile(join(data, 'logs', name), 'utf8');
			for (const secret of [hash, '+15550001', '314159265', 'open sesame']) expect(log).not.toContain(secret);
		}
		expect(server.stderr).toBe('');
	});

	test('is not to be had any more when the account signed out', async () => {
		expect(await run(commands('logout'), { env: env(fake) })).toMatchObject({ code: 0, stdout: 'not logged in\n' });
		await until('the server to know', async () => (await state(server)).reason === 'Telegram: not logged in');
		expect((await put(await channel(), 'https://t.me/tones/1')).json().details[0].field).toBe('source');
	});
});

/** The helper with the real library in it. */
class Carried {
	readonly told: Record<string, any>[] = [];
	readonly child: ChildProcess;
	readonly closed: Promise<unknown[]>;

	constructor() {
		this.child = spawn(helper, [real], { env: {}, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
		this.closed = once(this.child, 'exit');
		this.socket.on('error', () => undefined);
		createInterface(this.socket).on('line', (line) => this.told.push(JSON.parse(line) as Record<string, any>));
	}

	get socket(): Socket {
		return this.child.stdio[3] as Socket;
	}

	ask(request: object): void {
		this.socket.write(`${JSON.stringify(request)}\n`);
	}

	seen(what: (one: Record<string, any>) => boolean): Promise<Record<string, any>> {
		return until('the library to answer', () => this.told.find(what));
	}

	async begin(place: string): Promise<void> {
		this.ask({
			'@type': 'setTdlibParameters', database_directory: join(place, 'db'), files_directory: join(place, 'files'), use_file_database: true,
			use_chat_info_database: true, use_message_database: true, api_id: 4242, api_hash: hash, system_language_code: 'en', device_model: 'Ogma', application_version: '1',
		});
		await this.seen((one) => one['authorization_state']?.['@type'] === 'authorizationStateWaitPhoneNumber');
	}
}

describe.skipIf(!existsSync(real))("Telegram's own library", () => {
	test('knows what it is asked, ends well, and gets over being killed', async () => {
		const place = await temporary('telegram-real');
		const first = new Carried();
		expect(await first.seen((one) => one['@type'] === 'ogmaReady')).toMatchObject({ version: '1.8.65' });
		// before it is set up it refuses or holds back what it knows, and names what it does not
		for (const type of [
			'searchPublicChat', 'getMessage', 'loadChats', 'downloadFile', 'cancelDownloadFile', 'getFile', 'getFileDownloadedPrefixSize', 'getMe', 'optimizeStorage',
			'setAuthenticationPhoneNumber', 'checkAuthenticationCode', 'checkAuthenticationPassword', 'checkAuthenticationBotToken', 'noSuchThing',
		])
			first.ask({ '@type': type, '@extra': type });
		await first.seen((one) => one['@extra'] === 'noSuchThing');
		const unknown = first.told.filter((one) => String(one['message']).includes('Unknown class')).map((one) => one['@extra']);
		expect(unknown).toEqual(['noSuchThing']);
		await first.begin(place);
		first.child.kill('SIGKILL');
		await first.closed;
		const second = new Carried();
		await second.begin(place);
		second.socket.end();
		expect(await second.closed).toEqual([0, null]);
	});

	test('makes the server wait for somebody to sign in', async () => {
		const place = await temporary('telegram-real-data');
		const other = await serveUntilEnd({ data: place, env: env(real) });
		await until('the library to tell', async () => (await state(other)).reason === 'Telegram: not logged in');
		expect((await run(['doctor', '--data', place], { env: env(real) })).stdout).toContain('libtdjson 1.8.65, not logged in');
	});
});

test('the helper is linked with nothing but libc', () => {
	const needed = execFileSync('readelf', ['-d', helper], { encoding: 'utf8' }).split('\n').filter((line) => line.includes('(NEEDED)'));
	for (const line of needed) expect(line).toMatch(/lib(c|pthread|dl|asan|ubsan|tsan|m|gcc_s)\.so/);
});
