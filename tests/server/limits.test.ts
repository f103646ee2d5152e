// How much one client may ask: by address, account and key.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from './support/http.ts';
import { type Server, serve } from './support/ogma.ts';
import { person, post } from './support/people.ts';

const api = '/api/v1';
let folder: string;
let server: Server;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ogma-limits-'));
	server = await serve({
		data: join(folder, 'data'),
		env: {
			LIMIT_EXEMPT: '198.51.100.0/24',
			LIMIT_API_ANONYMOUS: '20',
			LIMIT_API_USER: '40',
			LIMIT_API_ADMIN: '0',
			LIMIT_LOGIN_ADDRESS: '6',
			HTTP_TRUSTED_PROXIES: '127.0.0.1',
		},
	});
});

afterAll(async () => {
	await server.stop();
	await rm(folder, { recursive: true, force: true });
});

const from = (address: string, headers: Record<string, string> = {}): Promise<Answer> =>
	server.ask(`${api}/genres/`, { headers: { 'x-forwarded-for': address, ...headers } });

async function many(count: number, ask: () => Promise<Answer>): Promise<Record<number, number>> {
	const statuses: Record<number, number> = {};
	for (const { status } of await Promise.all(Array.from({ length: count }, ask)))
		statuses[status] = (statuses[status] ?? 0) + 1;
	return statuses;
}

test('an address has its own share, and a network of one household is one address', async () => {
	expect(await many(15, () => from('203.0.113.1'))).toEqual({ 200: 10, 429: 5 });
	expect((await from('203.0.113.2')).status).toBe(200);
	const refused = await from('203.0.113.1');
	expect(refused.status).toBe(429);
	expect(Number(refused.header('retry-after'))).toBeGreaterThan(0);
	expect(refused.json().error).toBe('rate_limited');
	expect(await many(12, () => from(`2a00:1::${Math.floor(Math.random() * 65535).toString(16)}`))).toEqual({ 200: 10, 429: 2 });
	expect((await from('2a00:1:0:1::1')).status).toBe(200);
});

test('exempt addresses, health and metrics are not counted', async () => {
	expect(await many(40, () => from('198.51.100.7'))).toEqual({ 200: 40 });
	const health = (): Promise<Answer> => server.ask('/health', { headers: { 'x-forwarded-for': '203.0.113.1' } });
	expect(await many(40, health)).toEqual({ 200: 40 });
});

test('who is signed in is counted by account, wherever they are, as their role allows', async () => {
	const anna = await person(server, 'anna', 'user');
	const boss = await person(server, 'boss', 'admin');
	const { key } = (await anna.post(`${api}/auth/keys`, { name: 'phone' })).json();
	const headers = { authorization: `Bearer ${anna.token}` };
	let address = 0;
	const spread = await many(30, () => from(`203.0.113.${100 + address++}`, headers));
	expect(spread[429]).toBeGreaterThan(8);
	expect((await from('203.0.113.200', { 'x-api-key': key })).status).toBe(429); // a key is no way around it
	expect(await many(60, () => from('203.0.113.1', { authorization: `Bearer ${boss.token}` }))).toEqual({ 200: 60 });
});

test('who tries proofs at random is counted as nobody', async () => {
	const guess = (): Promise<Answer> => from('203.0.113.50', { 'x-api-key': `ogma_${Math.random()}` });
	expect(await many(15, guess)).toEqual({ 401: 10, 429: 5 });
});

test('sign-ins that fail are counted by address whoever is named', async () => {
	const login = (address: string, i: number): Promise<Answer> =>
		server.ask(`${api}/auth/login`, {
			method: 'POST',
			headers: { 'x-forwarded-for': address, 'content-type': 'application/json' },
			body: JSON.stringify({ username: `name${i}`, password: 'guess' }),
		});
	let name = 0;
	expect(await many(9, () => login('203.0.113.60', name++))).toEqual({ 401: 6, 429: 3 });
	expect((await login('203.0.113.61', 99)).status).toBe(401);
	expect((await post(server, `${api}/auth/refresh`, { refresh_token: 'x' })).status).toBe(401);
});
