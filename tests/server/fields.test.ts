// Every member of every JSON body, given badly and given oddly.
import { describe, expect, test } from 'vitest';
import { type Answer, keepConnections } from './support/http.ts';
import { serveMusic } from './support/library.ts';
import { callOff, person } from './support/people.ts';
import { Description, type Operation } from './support/schema.ts';

keepConnections();
const server = await serveMusic('fields', { env: { LIMIT_LOGIN: '100000', LIMIT_LOGIN_ADDRESS: '100000' } });
const description = await Description.of(server);
const boss = await person(server, 'boss', 'superadmin');

interface Member {
	type: string | string[];
	enum?: string[];
	format?: string;
	minimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
	maxItems?: number;
}

const typeOf = (member: Member): string => (Array.isArray(member.type) ? (member.type[0] ?? '') : member.type);

/** A value that the row takes. */
function fit(member: Member): unknown {
	switch (typeOf(member)) {
		case 'integer':
		case 'number':
			return member.minimum ?? 1;
		case 'boolean':
			return false;
		case 'array':
			return [];
		case 'object':
			return {};
		default:
			if (member.enum !== undefined) return member.enum[0];
			return member.format === 'date-time' ? '2026-01-31T12:00:00Z' : 'x'.repeat(Math.max(member.minLength ?? 0, 3));
	}
}

/** Values that are to be refused by the row alone. */
function unfit(member: Member): unknown[] {
	const odd: unknown[] = [{ a: 1 }, [[]], true, 'text', 1.5, -1, 1e300];
	switch (typeOf(member)) {
		case 'integer':
			return [
				...odd.filter((one) => typeof one !== 'number'),
				1.5,
				'1',
				...(member.minimum !== undefined ? [member.minimum - 1] : []),
				...(member.maximum !== undefined ? [member.maximum + 1] : []),
			];
		case 'number':
			return odd.filter((one) => typeof one !== 'number');
		case 'boolean':
			return [1, 0, 'true', {}, []];
		case 'array':
			return [{}, 'text', 7, true];
		case 'object':
			return [[], 'text', 7, true];
		default:
			return [
				{},
				[],
				7,
				true,
				'a\u0001b',
				...(member.enum !== undefined ? ['no such choice', ''] : []),
				...(member.maxLength !== undefined ? ['я'.repeat(member.maxLength + 1)] : []),
				...(member.format === 'date-time' ? ['yesterday', '2026-13-01T00:00:00Z'] : []),
			];
	}
}

/** Text that must be kept as text, wherever it goes. */
const evil = [
	"'; DROP TABLE users; --",
	'<script>alert(1)</script>',
	'%s%n${7*7}{{7*7}}',
	'../../etc/passwd',
	'\u202Eабв🎵e\u0301',
	'"\\\'`',
];

const address = (operation: Operation): string =>
	operation.path.replace(/\{type\}/, 'track').replace(/\{[a-z_]*(id|position)\}/g, '999999999').replace(/\{[a-z_]+\}/g, 'nothing');

async function ask(operation: Operation, body: unknown): Promise<Answer> {
	let answer = await boss.send(operation.method, address(operation), body);
	if (answer.status === 401 && (await boss.ask('/api/v1/auth/me')).status === 401) {
		await boss.signIn(); // the request before ended the session, as it should
		answer = await boss.send(operation.method, address(operation), body);
	}
	expect(answer.status, answer.text.slice(0, 300)).toBeLessThan(500);
	expect(description.complaint(operation, answer), `${answer.status} ${answer.text.slice(0, 300)}`).toBeUndefined();
	await callOff(boss, operation, answer);
	return answer;
}

const operations = description.operations.filter((one) => one.body !== undefined);

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
	'%s',
	(_, operation) => {
		const members = Object.entries<Member>(operation.body.properties);
		const whole = (): Record<string, unknown> =>
			Object.fromEntries(members.filter(([name]) => operation.body.required.includes(name)).map(([name, member]) => [name, fit(member)]));

		test('names each member that has the wrong type, length or value', async () => {
			for (const [name, member] of members) {
				for (const value of unfit(member)) {
					const answer = await ask(operation, { ...whole(), [name]: value });
					const why = `${name} = ${JSON.stringify(value).slice(0, 60)}: ${answer.status} ${answer.text.slice(0, 200)}`;
					expect(answer.status, why).toBe(422);
					expect(
						answer.json().details.map((one: any) => one.field),
						why,
					).toContain(name);
				}
			}
		});

		test('names each member that is missing', async () => {
			for (const name of operation.body.required as string[]) {
				const body = whole();
				delete body[name];
				const answer = await ask(operation, body);
				expect(answer.status, answer.text).toBe(422);
				expect(answer.json().details.map((one: any) => one.field)).toContain(name);
			}
		});

		test('refuses what is no JSON object', async () => {
			for (const body of ['{', '[]', '"x"', 'null', '{"a":1,"a":2}', '['.repeat(100), '\uFFFD\u0000']) {
				const answer = await boss.ask(address(operation), {
					method: operation.method,
					headers: { 'content-type': 'application/json' },
					body,
				});
				expect(answer.status, body).toBe(400);
				expect(description.error(answer)).toBeUndefined();
			}
			const form = await boss.ask(address(operation), {
				method: operation.method,
				headers: { 'content-type': 'text/plain' },
				body: 'x',
			});
			expect(form.status).toBe(415);
			const large = await boss.ask(address(operation), {
				method: operation.method,
				headers: { 'content-type': 'application/json', 'content-length': '1000000000' },
			});
			expect(large.status).toBe(413);
		});

		test('does nothing evil with markup, SQL and odd letters', async () => {
			for (const [name, member] of members.filter(([, one]) => typeOf(one) === 'string')) {
				for (const text of evil) await ask(operation, { ...whole(), [name]: text });
				if (Array.isArray(member.type)) await ask(operation, { ...whole(), [name]: null });
			}
			expect((await server.ask('/health/ready')).status).toBe(200);
		});

		test('passes over members it does not know', async () => {
			const known = await ask(operation, whole());
			const more = await ask(operation, { ...whole(), nobody_knows_this: { a: [1, 2, 3] } });
			if (known.status < 400) expect(more.status).toBeLessThan(500);
			else expect(more.status).toBe(known.status);
		});
	},
);
