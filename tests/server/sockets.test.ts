// Live sockets: who may listen, what is told first, what clients may ask.
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { serveUntilEnd, temporary } from './support/library.ts';
import { person } from './support/people.ts';
import { runProgram, until } from './support/ogma.ts';

const data = await temporary('sockets');
const server = await serveUntilEnd({
	data,
	env: {
		STATS_BROADCAST_INTERVAL: '0.1',
		METRIC_SAMPLE_SECONDS: '0.1',
		WEBSOCKETS_PER_ADDRESS_MAX: '20',
		LIMIT_LOGIN: '100000',
		LIMIT_LOGIN_ADDRESS: '100000',
		METRICS_ALIASES: 'sattva',
	},
});
const user = await person(server, 'listener', 'user');
const moderator = await person(server, 'moderator', 'moderator');
const admin = await person(server, 'admin', 'admin');

interface Ear {
	socket: WebSocket;
	heard: any[];
	closed: { code: number; reason: string } | null;
	of: (event: string, count?: number) => Promise<any>;
	end: () => Promise<{ code: number; reason: string }>;
}

const ears: Ear[] = [];

function listen(path: string, options: { headers?: Record<string, string>; origin?: string; perMessageDeflate?: boolean } = {}): Ear {
	const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, options);
	const ear: Ear = {
		socket,
		heard: [],
		closed: null,
		of: (event, count = 1) =>
			until(`${count} × ${event} at ${path}`, () => {
				const found = ear.heard.filter((one) => (one.event ?? one.type) === event);
				return found.length >= count ? found[count - 1] : null;
			}),
		end: () => until(`the end of ${path}`, () => ear.closed),
	};
	socket.on('message', (text) => ear.heard.push(JSON.parse(String(text))));
	socket.on('close', (code, reason) => (ear.closed = { code, reason: String(reason) }));
	socket.on('error', () => undefined);
	ears.push(ear);
	return ear;
}

afterEach(async () => {
	for (const ear of ears) ear.socket.terminate();
	ears.length = 0;
	await until('nobody listens', async () => (await figures()).connections === 0);
});

const figures = async () => (await admin.ask('/api/v1/metrics/websocket')).json();

describe('what is told', () => {
	test('begins with what one is subscribed to, then figures come in their rhythm', async () => {
		const ear = listen('/ws/stats');
		const first = await ear.of('connected');
		expect(ear.heard[0]).toBe(first);
		expect(first.data.subscribed_events).toEqual(['stats', 'stream_update', 'auto_end_warning', 'error']);
		expect(first.data.resumed).toBe(false);
		const { type, timestamp, data: told } = await ear.of('stats', 2);
		expect(type).toBe('stats');
		expect(new Date(timestamp).toISOString()).toBe(timestamp);
		expect(Object.keys(told).sort()).toEqual(
			['active_streams', 'cpu_percent', 'memory_percent', 'queue_items', 'total_listeners', 'uptime_seconds'],
		);
	});

	test('is more for moderators, in the other envelope', async () => {
		const ear = listen(`/api/ws/monitoring?token=${moderator.token}`);
		const told = await ear.of('metrics_update');
		expect(told.channel_id).toBe(null);
		expect(told.data.websocket_connections).toBe(1);
		expect(told.data.disk_percent).toBeGreaterThan(0);
	});

	test('comes deflated to who can inflate, and plain to the others', async () => {
		const packed = listen('/ws/stats', { perMessageDeflate: true });
		const plain = listen('/ws/stats', { perMessageDeflate: false });
		const [one, other] = [await packed.of('stats'), await plain.of('stats')];
		expect(packed.socket.extensions).toContain('permessage-deflate');
		expect(plain.socket.extensions).toBe('');
		expect(Object.keys(one.data)).toEqual(Object.keys(other.data));
	});

	test('goes on where it broke off', async () => {
		const first = await listen('/ws/stats').of('connected');
		const again = await listen(`/ws/stats?since=${first.data.last_seq}`).of('connected');
		expect(again.data.resumed).toBe(true);
		const foreign = await listen('/ws/stats?since=12345').of('connected');
		expect(foreign.data.resumed).toBe(false);
	});
});

describe('who may listen', () => {
	test('to the load of the server: moderators', async () => {
		const nobody = listen('/api/ws/monitoring');
		expect((await nobody.of('error')).data.code).toBe('authentication_required');
		expect(await nobody.end()).toEqual({ code: 1008, reason: 'authentication_required' });
		const plain = listen(`/api/ws/monitoring?token=${user.token}`);
		expect((await plain.of('error')).data.code).toBe('subscription_failed');
		await listen('/api/ws/monitoring', { headers: { authorization: `Bearer ${admin.token}` } }).of('connected');
	});

	test('to figures and queues: everybody', async () => {
		await listen('/ws/stats').of('connected');
		await listen('/api/ws/playlist').of('connected');
	});

	test('nobody with a token that is not one', async () => {
		const ear = listen('/api/ws/playlist?token=nonsense');
		await ear.end();
		expect(ear.heard).toEqual([]);
	});

	test('a page of another site not in the name of who is signed in here', async () => {
		const answer = await server.ask('/api/v1/auth/login', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ username: moderator.name, password: moderator.password, cookie: true }),
		});
		const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? '';
		expect(cookie).toMatch(/^ogma_session=/);
		await listen('/api/ws/monitoring', { headers: { cookie }, origin: `http://127.0.0.1:${server.port}` }).of('connected');
		const foreign = listen('/api/ws/monitoring', { headers: { cookie }, origin: 'https://elsewhere.example' });
		await foreign.end();
		expect(foreign.heard).toEqual([]);
	});

	test('not more at once from one address than may', async () => {
		const many = Array.from({ length: 20 }, () => listen('/ws/stats?events=error'));
		await Promise.all(many.map((ear) => ear.of('connected')));
		const one = listen('/ws/stats');
		expect((await one.of('error')).data).toMatchObject({ code: 'rate_limit_exceeded', retry_after: 30 });
		expect((await one.end()).code).toBe(1013);
	});
});

describe('who may not listen any more', () => {
	const panel = '/admin/api/users';
	const monitoring = (by: { token: string }) => listen(`/api/ws/monitoring?token=${by.token}`);

	test('because they signed out is shown out, from every topic', async () => {
		const leaver = await person(server, 'leaver', 'moderator');
		const gone = [monitoring(leaver), listen(`/ws/stats?token=${leaver.token}`)];
		const others = [monitoring(moderator), listen('/ws/stats'), listen(`/api/ws/playlist?token=${user.token}`)];
		await Promise.all([...gone, ...others].map((ear) => ear.of('connected')));
		expect((await leaver.post('/api/v1/auth/logout')).status).toBe(204);
		for (const ear of gone) {
			expect(await ear.end()).toEqual({ code: 1008, reason: 'authentication_required' });
			expect((await ear.of('error')).data.code).toBe('authentication_required');
		}
		const [other, nobody] = [others[0] as Ear, others[1] as Ear];
		const heard = nobody.heard.length;
		await nobody.of('stats', heard + 2);
		await other.of('metrics_update', 2);
		expect(others.map((ear) => ear.closed)).toEqual([null, null, null]);
	});

	test('because an admin took the role is shown out, and hears what is left', async () => {
		const demoted = await person(server, 'demoted', 'moderator');
		const ears = [monitoring(demoted), listen(`/api/ws/playlist?token=${demoted.token}`)];
		await Promise.all(ears.map((ear) => ear.of('connected')));
		expect((await admin.send('PATCH', `${panel}/${demoted.id}`, { role: 'user' })).status).toBe(200);
		for (const ear of ears) expect(await ear.end()).toEqual({ code: 1008, reason: 'subscription_failed' });
		await listen(`/api/ws/playlist?token=${(await demoted.signIn()).token}`).of('connected');
	});

	test('because the account was blocked or the key revoked is shown out', async () => {
		const blocked = await person(server, 'blocked', 'moderator');
		const made = await moderator.post('/api/v1/auth/keys', { name: 'ears', scopes: ['read'] });
		expect(made.status).toBe(201);
		const { id, key } = made.json();
		const ears = [monitoring(blocked), monitoring({ token: key })];
		await Promise.all(ears.map((ear) => ear.of('connected')));
		expect((await admin.send('PATCH', `${panel}/${blocked.id}`, { status: 'blocked' })).status).toBe(200);
		expect((await moderator.send('DELETE', `/api/v1/auth/keys/${id}`)).status).toBe(204);
		for (const ear of ears) expect((await ear.end()).reason).toBe('authentication_required');
	});
});

describe('what clients say', () => {
	test('a ping is answered, in both forms, not too often', async () => {
		const bare = listen('/ws/stats?events=error');
		await bare.of('connected');
		bare.socket.send('ping');
		await bare.of('pong');
		bare.socket.send('{"type":"ping"}');
		const { data: refused } = await bare.of('error');
		expect(refused.code).toBe('rate_limit_exceeded');
		expect(refused.retry_after).toBeGreaterThan(0);
		expect(refused.retry_after).toBeLessThanOrEqual(10);
		const json = listen('/api/ws/playlist');
		await json.of('connected');
		json.socket.send('{"event":"ping"}');
		await json.of('pong');
	});

	test('events are chosen', async () => {
		const ear = listen('/ws/stats?events=stream_update');
		expect((await ear.of('connected')).data.subscribed_events).toEqual(['stream_update']);
		ear.socket.send('{"type":"subscribe","events":["stats"]}');
		expect((await ear.of('subscribed')).data.subscribed_events).toEqual(['stats', 'stream_update']);
		await ear.of('stats');
		ear.socket.send('{"type":"unsubscribe","events":["stats"]}');
		expect((await ear.of('unsubscribed')).data.subscribed_events).toEqual(['stream_update']);
		const after = ear.heard.indexOf(await ear.of('unsubscribed'));
		const other = listen('/ws/stats');
		await other.of('stats', 2);
		expect(ear.heard.slice(after).some((one) => one.type === 'stats')).toBe(false);
	});

	test('at most ten choices a minute', async () => {
		const ear = listen('/ws/stats?events=error');
		await ear.of('connected');
		for (let i = 0; i < 11; i += 1) ear.socket.send('{"action":"subscribe","events":["error"]}');
		await ear.of('subscribed', 10);
		expect((await ear.of('error')).data.code).toBe('rate_limit_exceeded');
	});

	test('what is not understood is named', async () => {
		for (const [path, code] of [
			['/ws/stats?events=track_change', 'invalid_event_type'],
			['/api/ws/playlist?channel_id=rock', 'invalid_channel_id'],
			['/api/ws/playlist?channel_id=0', 'invalid_channel_id'],
			['/api/ws/playlist?channel_id=-4711', 'channel_not_found'],
		] as const)
			expect((await listen(path).of('error')).data.code, path).toBe(code);
		const ear = listen('/ws/stats?events=error');
		await ear.of('connected');
		for (const [said, code] of [
			['{"type":"subscribe","events":["nothing"]}', 'invalid_event_type'],
			['{"type":"subscribe"}', 'subscription_failed'],
			['{"type":"dance"}', 'invalid_message'],
			['[', 'invalid_message'],
			['[]', 'invalid_message'],
			['', 'invalid_message'],
		] as const) {
			const before = ear.heard.length;
			ear.socket.send(said);
			const answer = await until(`an answer to ${said}`, () => ear.heard[before] ?? null);
			expect(answer.data.code, said).toBe(code);
			expect(answer.data.message, said).toBeTruthy();
		}
	});

	test('who speaks Russian is answered in Russian', async () => {
		const ear = listen('/api/ws/monitoring', { headers: { 'accept-language': 'ru' } });
		expect((await ear.of('error')).data.message).toBe('Сначала войдите.');
	});

	test('who talks without end is shown out', async () => {
		const ear = listen('/ws/stats?events=error');
		await ear.of('connected');
		for (let i = 0; i < 70; i += 1) ear.socket.send('x');
		expect((await ear.end()).code).toBe(1008);
	});
});

describe('the address', () => {
	test('tells who asks for something else what it speaks', async () => {
		const answer = await server.ask('/ws/stats');
		expect(answer.status).toBe(426);
		expect(answer.headers['upgrade']).toBe('websocket');
		expect(answer.json().error).toBe('upgrade_required');
	});
});

describe('figures', () => {
	test('count sockets by address', async () => {
		await listen('/ws/stats').of('connected');
		await listen('/api/ws/playlist').of('connected');
		expect(await figures()).toMatchObject({ connections: 2, stats: 1, playlist: 1, monitoring: 0, max: 1000, dropped: 0 });
		expect((await server.ask('/metrics')).text).toContain('\nogma_websocket_connections{channel_id="all"} 2\n');
		const system = (await admin.ask('/api/v1/metrics/system')).json();
		expect(system.websocket_connections).toBe(2);
		expect(system.memory_percent).toBeGreaterThan(0);
	});

	test('are told Prometheus by the names of Sattva Streamer too, when asked for', async () => {
		await server.ask('/health');
		const { text } = await server.ask('/metrics');
		for (const name of ['http_requests_total', 'http_request_duration_seconds', 'websocket_connections'])
			expect(text, name).toContain(`# TYPE sattva_${name} `);
		expect(text).toMatch(/^sattva_http_requests_total\{method="GET",endpoint="\/health",status="200"\} \d+$/m);
		const ended = await runProgram('/usr/bin/promtool', ['check', 'metrics'], { input: text });
		expect(ended.stdout + ended.stderr).toBe('');
		expect(ended.code).toBe(0);
	});

	test('are kept, and read back by intervals', async () => {
		const points = await until('points', async () => {
			const found = (await admin.ask('/api/v1/metrics/history?metric=memory_percent&interval=1m')).json().points;
			return found.length > 0 ? found : null;
		});
		expect(points[0].min).toBeLessThanOrEqual(points[0].value);
		expect(points[0].max).toBeGreaterThanOrEqual(points[0].value);
		expect(Date.parse(points[0].at) % 60_000).toBe(0);
		for (const bad of ['', '?metric=nonsense', '?metric=cpu_percent&interval=2m', '?metric=cpu_percent&from=2020-01-01T00:00:00Z'])
			expect((await admin.ask(`/api/v1/metrics/history${bad}`)).status, bad).toBe(422);
		expect((await moderator.ask('/api/v1/metrics/history?metric=cpu_percent')).status).toBe(403);
	});

	test('of channels are a list, and 404 for one that is not there', async () => {
		expect((await admin.ask('/api/v1/metrics/streams')).json().total).toBe(0);
		expect((await admin.ask('/api/v1/metrics/streams/-5')).status).toBe(404);
	});
});

describe('a channel', () => {
	const made = async (more: object): Promise<number> =>
		(await moderator.post('/api/v1/channels', { title: 'On the air', ...more })).json().id;
	const add = (id: number, title: string) =>
		moderator.post(`/api/v1/queue/${id}/items`, { title, source: 'stream', url: 'http://127.0.0.1:9/nothing.mp3' });

	test('tells of its queue, and what was missed to who comes back', async () => {
		const id = await made({ is_public: true });
		const path = `/api/ws/playlist?channel_id=${id}`;
		const first = listen(path);
		await first.of('connected');
		expect((await add(id, 'One')).status).toBe(201);
		const update = await first.of('playlist_update');
		expect(update).toMatchObject({ channel_id: id, data: { action: 'add', queue_size: 1, item: { title: 'One' } } });
		const queue = await first.of('queue_update');
		expect(queue.data).toMatchObject({ total: 1, items: [{ title: 'One' }] });
		expect(queue.seq).toBeGreaterThan(update.seq);
		first.socket.terminate();
		await add(id, 'Two');
		const again = listen(`${path}&since=${queue.seq}`);
		expect((await again.of('connected')).data.resumed).toBe(true);
		expect((await again.of('playlist_update')).data.item.title).toBe('Two');
		expect((await again.of('queue_update')).data.total).toBe(2);
		expect((await admin.ask(`/api/v1/metrics/streams/${id}`)).json()).toMatchObject({ channel_id: id, queue_size: 2, on_air: false });
	});

	test('that is not public is heard by moderators only', async () => {
		const id = await made({ is_public: false });
		const visitor = listen('/api/ws/playlist');
		await visitor.of('connected');
		const insider = listen(`/api/ws/playlist?channel_id=${id}&token=${moderator.token}`);
		await insider.of('connected');
		expect((await listen(`/api/ws/playlist?channel_id=${id}&token=${user.token}`).of('error')).data.code).toBe('channel_not_found');
		await add(id, 'Secret');
		await insider.of('playlist_update');
		const open = await made({ is_public: true });
		await add(open, 'For all');
		const heard = await visitor.of('playlist_update');
		expect(heard).toMatchObject({ channel_id: open, data: { item: { title: 'For all' } } });
	});

	test('that starts and stops is told to everybody', async () => {
		const id = await made({ is_public: true });
		const ear = listen('/ws/stats?events=stream_update');
		await ear.of('connected');
		expect((await moderator.post(`/api/v1/channels/${id}/start`)).status).toBeLessThan(300);
		expect((await ear.of('stream_update')).data).toMatchObject({ channel_id: id, event: 'started', listeners: 0 });
		await moderator.post(`/api/v1/channels/${id}/stop`);
		await until('the stop', () => ear.heard.find((one) => one.data.event === 'stopped' && one.data.channel_id === id));
	});
});
