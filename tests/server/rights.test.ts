// Every route by every role, out of the route table's own description.
import { describe, expect, test } from 'vitest';
import { type Ask, keepConnections } from './support/http.ts';
import { serveMusic } from './support/library.ts';
import { covers, everybody, post, roles, withJson } from './support/people.ts';
import { Description, type Operation } from './support/schema.ts';

keepConnections();
const server = await serveMusic('rights', { env: { LIMIT_LOGIN: '100000', LIMIT_LOGIN_ADDRESS: '100000' } });
const description = await Description.of(server);
const people = await everybody(server);

/** Names nothing that is there, so that even an allowed request changes nothing. */
function address(operation: Operation): string {
	const required = operation.parameters
		.filter((one) => one.in === 'query' && one.required)
		.map((one) => `${one.name}=${encodeURIComponent(one.schema.enum?.[0] ?? '1')}`);
	const path = operation.path.replace(/\{type\}/, 'track').replace(/\{[a-z_]*(id|position)\}/g, '999999999').replace(/\{[a-z_]+\}/g, 'nothing-of-this-name');
	return required.length > 0 ? `${path}?${required.join('&')}` : path;
}

// A member of the wrong type: refused by every route that takes a body, after
// rights were looked at and before anything is done.
function ask(operation: Operation): Ask {
	const members = Object.keys(operation.body?.properties ?? {});
	const wrong = Object.fromEntries(members.map((name) => [name, { not: 'this' }]));
	return { method: operation.method, ...(members.length > 0 ? withJson(wrong) : {}) };
}

// These know DJs of channels, by Basic: a role of the service opens nothing there.
const isOfDjs = (operation: Operation): boolean => operation.path === '/admin/metadata' || (operation.method === 'PUT' && operation.path.startsWith('/live/'));

// Without a body or an id these would end the sessions that ask.
const ends = ['/api/v1/auth/logout', '/api/v1/auth/me'];
const operations = description.operations.filter((one) => one.method === 'GET' || !ends.includes(one.path));

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
	'%s',
	(_, operation) => {
		test(`is for ${operation.right === 'none' ? 'everybody' : `the role ${operation.right} and those above`}`, async () => {
			const path = address(operation);
			const nobody = await server.ask(path, ask(operation));
			if (operation.right === 'none') {
				expect(nobody.status, nobody.text.slice(0, 200)).not.toBe(403);
			} else {
				expect(nobody.status, nobody.text.slice(0, 200)).toBe(401);
				expect(nobody.json().error).toBe('unauthenticated');
				expect(description.error(nobody)).toBeUndefined();
			}
			for (const role of roles) {
				const answer = await people[role].ask(path, ask(operation));
				const why = `${role}: ${answer.text.slice(0, 200)}`;
				expect(answer.status, why).toBeLessThan(500);
				if (isOfDjs(operation)) {
					expect(answer.status, why).toBe(401);
				} else if (covers(role, operation.right)) {
					expect(answer.status, why).not.toBe(401);
					if (operation.others === 'none') expect(answer.status, why).not.toBe(403);
				} else {
					expect(answer.status, why).toBe(403);
					expect(answer.json().error, why).toBe('denied');
				}
				expect(description.complaint(operation, answer), why).toBeUndefined();
			}
		});

		test('does not take a token that is not ours', async () => {
			const forged = people.superadmin.token.replace(/\.[^.]*$/, '.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
			for (const token of [forged, 'ogma_nothing', 'x', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.']) {
				const answer = await server.ask(address(operation), {
					...ask(operation),
					headers: { ...ask(operation).headers, authorization: `Bearer ${token}` },
				});
				// Signing in does not ask who is signed in already.
				const signsIn = operation.right === 'none' && operation.method === 'POST';
				const looks = operation.responses['401'] !== undefined;
				if (signsIn) expect([401, 404, 422], answer.text.slice(0, 200)).toContain(answer.status);
				else expect(answer.status, answer.text.slice(0, 200)).toBe(looks ? 401 : operation.method === 'OPTIONS' ? 204 : 200);
			}
		});
	},
);

describe('what ends a session', () => {
	test('leaving is for those who are here', async () => {
		expect((await post(server, '/api/v1/auth/logout', {})).status).toBe(401);
		for (const role of roles) {
			expect((await people[role].post('/api/v1/auth/logout', {})).status, role).toBe(204);
			expect((await people[role].ask('/api/v1/auth/me')).status, role).toBe(401);
			await people[role].signIn();
		}
	});

	test('an account is erased by its owner alone, who knows the password', async () => {
		expect((await server.ask('/api/v1/auth/me', { method: 'DELETE' })).status).toBe(401);
		for (const role of roles) {
			const answer = await people[role].send('DELETE', '/api/v1/auth/me', { password: 'not this' });
			expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
			expect(answer.status, answer.text).toBeLessThan(500);
			expect((await people[role].json('/api/v1/auth/me')).role).toBe(role);
		}
	});
});
