// People of every role, signed in; what they ask is asked in their name.
import type { Answer, Ask } from './http.ts';
import { type Environment, run, type Server } from './ogma.ts';
import type { Operation } from './schema.ts';

export const roles = ['user', 'artist', 'moderator', 'admin', 'superadmin'] as const;
export type Role = (typeof roles)[number];

/** True when a route of the right `right` is open to `role` ('none': nobody signed in). */
export function covers(role: Role | 'none', right: string): boolean {
	const order = ['none', ...roles] as string[];
	return order.indexOf(role) >= order.indexOf(right);
}

export class Person {
	readonly server: Server;
	readonly name: string;
	readonly password: string;
	id = 0;
	token = '';
	refreshToken = '';

	constructor(server: Server, name: string, password: string) {
		this.server = server;
		this.name = name;
		this.password = password;
	}

	/** (Again) signed in by password; the old token stays what it was. */
	async signIn(): Promise<this> {
		const answer = await post(this.server, '/api/v1/auth/login', { username: this.name, password: this.password });
		if (answer.status !== 200) throw new Error(`${this.name} cannot sign in: ${answer.status} ${answer.text}`);
		const session = answer.json();
		this.token = session.access_token;
		this.refreshToken = session.refresh_token;
		this.id = session.user.id;
		return this;
	}

	ask(path: string, options: Ask = {}): Promise<Answer> {
		return this.server.ask(path, {
			...options,
			headers: { authorization: `Bearer ${this.token}`, ...options.headers },
		});
	}

	async json(path: string): Promise<any> {
		const answer = await this.ask(path);
		if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
		return answer.json();
	}

	/** A request with a JSON body. */
	send(method: string, path: string, body?: unknown): Promise<Answer> {
		return this.ask(path, { method, ...withJson(body) });
	}

	post(path: string, body?: unknown): Promise<Answer> {
		return this.send('POST', path, body);
	}
}

export function withJson(body: unknown): Ask {
	return body === undefined
		? {}
		: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Asked by nobody in particular. */
export function post(server: Server, path: string, body?: unknown): Promise<Answer> {
	return server.ask(path, { method: 'POST', ...withJson(body) });
}

// Everybody has this one, which comes with its hash, as from an older system.
const password = 'the word of everybody in the tests';
const hash = '$argon2id$v=19$m=1024,t=2,p=1$NxFnjHVQNrld5nT6cXf2XA$WFrc7Q0Q8KXnhR3jmR6X61FoQHA5UnZBq8mENG5GpP4';

/** Somebody new, made by the command line as an operator would. */
export async function person(server: Server, name: string, role: Role, env: Environment = {}): Promise<Person> {
	const made = await run([
		...['user', 'add', name, '--data', server.data, '--role', role],
		...['--email', `${name}@example.org`, '--password-hash', hash],
	], { env });
	if (made.code !== 0) throw new Error(`user add ${name}: ${made.stderr}`);
	return new Person(server, name, password).signIn();
}

/** Listening to all the music would take the processor from everybody: who only asked whether it is queued calls it off. */
export async function callOff(boss: Person, operation: Operation, answer: Answer): Promise<void> {
	if (!operation.path.endsWith('/jobs/analyse') || answer.status !== 202) return;
	await boss.post(`/api/v1/jobs/${answer.json().id}/cancel`);
}

/** One of each role, by role. */
export async function everybody(server: Server, env: Environment = {}): Promise<Record<Role, Person>> {
	const people = {} as Record<Role, Person>;
	for (const role of roles) people[role] = await person(server, `the-${role}`, role, env);
	return people;
}
