// Random requests out of /openapi.json, by anybody: whatever comes, no answer is
// a fault of ours, and each is one that the description tells of.
import { describe, expect, test } from 'vitest';
import { type Answer, type Ask, keepConnections } from './support/http.ts';
import { serveMusic } from './support/library.ts';
import { callOff, everybody, type Person, roles } from './support/people.ts';
import { Description, type Operation } from './support/schema.ts';

const REQUESTS = 4000;
const seed = Number(process.env['RANDOM_SEED'] ?? 20261128);

keepConnections();
const server = await serveMusic('random', { env: { LIMIT_LOGIN: '100000', LIMIT_LOGIN_ADDRESS: '100000' } });
const description = await Description.of(server);
const people = await everybody(server);

// Mulberry32: small, and the same everywhere.
let state = seed;
function random(): number {
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n: number): number => Math.floor(random() * n);
const oneOf = <T>(list: readonly T[]): T => list[below(list.length)] as T;

const texts = [
	'', ' ', '0', '1', '-1', 'null', 'true', 'Кино', 'привет мир', 'a'.repeat(300), 'я'.repeat(2000), "' OR 1=1 --",
	'<img src=x onerror=alert(1)>', '../../../etc/passwd', '%00', '\u0000', '\uFEFF', '🎵', 'e\u0301', '\u202E', '"', '\\', '%', '_', '*', '{}', '[]',
	'2026-01-31', '2026-01-31T12:00:00Z', '9999-12-31T23:59:59Z', '1e400', '9223372036854775808', 'asc', 'title', '-id', 'user', 'superadmin', 'public',
];
const numbers = [0, 1, 2, 3, 5, 50, 100, 101, -1, 1.5, 65536, 2 ** 31, 2 ** 53, -(2 ** 53), 1e18, 1e300];

function anything(depth: number): unknown {
	switch (below(depth > 3 ? 5 : 7)) {
		case 0:
			return oneOf(numbers);
		case 1:
		case 2:
			return oneOf(texts);
		case 3:
			return random() < 0.5;
		case 4:
			return null;
		case 5:
			return Array.from({ length: below(5) }, () => anything(depth + 1));
		default:
			return Object.fromEntries(
				Array.from({ length: below(5) }, () => [oneOf(['id', 'name', 'field', 'op', 'value', 'rules', 'match', 'track_id', 'events', 'x']), anything(depth + 1)]),
			);
	}
}

/** Mostly what the schema asks for, sometimes anything. */
function value(schema: any): unknown {
	if (random() < 0.25) return anything(0);
	const type = Array.isArray(schema.type) ? oneOf(schema.type as string[]) : schema.type;
	if (schema.enum !== undefined) return oneOf(schema.enum);
	switch (type) {
		case 'integer':
			return random() < 0.7 ? 1 + below(60) : oneOf([schema.minimum ?? 0, schema.maximum ?? 9]);
		case 'number':
			return random() * 200;
		case 'boolean':
			return random() < 0.5;
		case 'array':
			return Array.from({ length: below(6) }, () => (schema.items?.type === 'integer' ? 1 + below(60) : anything(0)));
		case 'object':
			return anything(3) ?? {};
		case 'null':
			return null;
		default:
			return oneOf(texts);
	}
}

function encoded(text: unknown): string {
	return random() < 0.03 ? oneOf(['%', '%FF', '%C3%28', 'a%00b']) : encodeURIComponent(typeof text === 'string' ? text : JSON.stringify(text));
}

function request(operation: Operation): [string, Ask] {
	let path = operation.path;
	const query: string[] = [];
	for (const one of operation.parameters) {
		if (one.in === 'path') path = path.replace(`{${one.name}}`, random() < 0.8 ? String(1 + below(60)) : encoded(value(one.schema)) || 'x');
		else if (one.required ? random() < 0.95 : random() < 0.4) query.push(`${one.name}=${encoded(value(one.schema))}`);
	}
	const ask: Ask = { method: operation.method, headers: {} };
	if (operation.body !== undefined) {
		const members = Object.entries<any>(operation.body.properties).filter(
			([name]) => operation.body.required.includes(name) || random() < 0.6,
		);
		ask.body = JSON.stringify(Object.fromEntries(members.map(([name, schema]) => [name, value(schema)])));
		ask.headers = { 'content-type': random() < 0.98 ? 'application/json' : 'text/plain' };
	} else if (operation.method !== 'GET' && random() < 0.2) {
		ask.body = oneOf(texts);
	}
	return [query.length > 0 ? `${path}?${query.join('&')}` : path, ask];
}

/** Nobody, or somebody. */
const somebody = (): Person | undefined => (random() < 0.15 ? undefined : people[random() < 0.4 ? 'superadmin' : oneOf(roles)]);

/** Asks; once more when a request before ended the session. */
async function answerTo(who: Person | undefined, path: string, ask: Ask): Promise<Answer> {
	if (who === undefined) return server.ask(path, ask);
	const answer = await who.ask(path, ask);
	if (answer.status !== 401 || (await who.ask('/api/v1/auth/me')).status !== 401) return answer;
	await who.signIn().catch(() => undefined);
	return who.ask(path, ask);
}

// What a request may well do to those who ask: they would be gone.
const ends = (operation: Operation, path: string): boolean =>
	(operation.method === 'DELETE' && /\/(auth\/me|users\/\d+)/.test(path)) ||
	(operation.method !== 'GET' && /\/admin\/api\/users|\/users\/\d+|\/auth\/password/.test(path));

describe('random requests', () => {
	test(`of ${REQUESTS}, none is answered with a fault of ours (RANDOM_SEED=${seed})`, { timeout: 300_000 }, async () => {
		let fine = 0;
		for (let i = 0; i < REQUESTS; i++) {
			const operation = oneOf(description.operations);
			const [path, ask] = request(operation);
			if (ends(operation, path)) continue;
			const who = somebody();
			const answer = await answerTo(who, path, ask);
			const why = `RANDOM_SEED=${seed} #${i} ${who?.name ?? 'nobody'} ${operation.method} ${path} ${String(ask.body).slice(0, 500)}: ${answer.status} ${answer.text.slice(0, 300)}`;
			expect(answer.status, why).toBeLessThan(500);
			// Said before any route is looked at: too long a head, a body where none is taken.
			if ([414, 431].includes(answer.status) || (answer.status === 413 && operation.body === undefined)) continue;
			const exported = answer.status === 200 && /[?&]format=/.test(path); // a file, not a page
			if (!exported) expect(description.complaint(operation, answer), why).toBeUndefined();
			if (answer.status < 300) fine++;
			await callOff(people.superadmin, operation, answer);
		}
		expect(fine).toBeGreaterThan(REQUESTS / 20); // not all of them are turned away at the door
		expect(server.isRunning).toBe(true);
	});
});
