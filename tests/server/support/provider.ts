// A real OpenID provider on loopback (npm oidc-provider), and a browser as far as
// a sign-in needs one: cookies for each origin, and redirects.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
// @ts-expect-error: it comes without types
import Provider from 'oidc-provider';

export interface Account {
	preferred_username?: string;
	name?: string;
	email?: string;
	email_verified?: boolean;
}

export interface Client {
	id: string;
	secret: string;
	redirect: string;
	algorithm?: 'RS256' | 'ES256';
	authMethod?: 'client_secret_basic' | 'client_secret_post';
}

export class OpenProvider {
	readonly issuer: string;
	readonly accounts = new Map<string, Account>();
	/** Who answers the next question, or "deny". */
	next = 'deny';
	readonly asked: string[] = [];
	private readonly http: HttpServer;

	private constructor(issuer: string, http: HttpServer) {
		this.issuer = issuer;
		this.http = http;
	}

	static async start(clients: (issuer: string) => Client[]): Promise<OpenProvider> {
		const http = createServer();
		await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
		const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
		const self = new OpenProvider(issuer, http);
		const key = (kid: string, ...how: [any, any]): object => ({
			...(generateKeyPairSync as any)(...how).privateKey.export({ format: 'jwk' }),
			use: 'sig',
			kid,
		});
		const provider = new Provider(issuer, {
			clients: clients(issuer).map((one) => ({
				client_id: one.id,
				client_secret: one.secret,
				redirect_uris: [one.redirect],
				id_token_signed_response_alg: one.algorithm ?? 'RS256',
				token_endpoint_auth_method: one.authMethod ?? 'client_secret_basic',
			})),
			jwks: { keys: [key('r1', 'rsa', { modulusLength: 2048 }), key('e1', 'ec', { namedCurve: 'P-256' })] },
			cookies: { keys: ['for tests'] },
			claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
			features: { devInteractions: { enabled: false } },
			interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
			findAccount: (_: unknown, sub: string) => ({
				accountId: sub,
				claims: () => ({ sub, ...self.accounts.get(sub) }),
			}),
			loadExistingGrant: async (context: any) => {
				const { client, session, provider: own } = context.oidc;
				const grant = new own.Grant({ clientId: client.clientId, accountId: session.accountId });
				grant.addOIDCScope('openid profile email');
				await grant.save();
				return grant;
			},
		});
		const callback = provider.callback();
		http.on('request', (request, response) => {
			self.asked.push(request.url ?? '');
			if (!request.url?.startsWith('/interaction/')) return callback(request, response);
			const result =
				self.next === 'deny' ? { error: 'access_denied' } : { login: { accountId: self.next, remember: false } };
			provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
		});
		return self;
	}

	async stop(): Promise<void> {
		this.http.closeAllConnections();
		await new Promise((done) => this.http.close(done));
	}
}

export class Browser {
	private readonly jars = new Map<string, Map<string, string>>();

	jar(url: string): Map<string, string> {
		const { host } = new URL(url);
		const jar = this.jars.get(host) ?? new Map<string, string>();
		this.jars.set(host, jar);
		return jar;
	}

	/** One step; the answer as it came. */
	async step(url: string, init: RequestInit = {}): Promise<Response> {
		const jar = this.jar(url);
		const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
		const answer = await fetch(url, {
			...init,
			redirect: 'manual',
			headers: { ...(init.headers as Record<string, string>), ...(cookie === '' ? {} : { cookie }) },
		});
		for (const line of answer.headers.getSetCookie()) {
			const [pair = ''] = line.split(';');
			const at = pair.indexOf('=');
			if (/Max-Age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(pair.slice(0, at));
			else jar.set(pair.slice(0, at), pair.slice(at + 1));
		}
		return answer;
	}

	/** Follows redirects until `stop` says so, or there are no more; all addresses, in order. */
	async follow(url: string, stop: (next: URL) => boolean = () => false): Promise<string[]> {
		const seen = [url];
		for (let i = 0; i < 12; i++) {
			const answer = await this.step(url);
			await answer.arrayBuffer();
			const location = answer.headers.get('location');
			if (location === null) return seen;
			const next = new URL(location, url);
			url = next.href;
			seen.push(url);
			if (stop(next)) return seen;
		}
		throw new Error(`no end of redirects: ${seen.join(' ')}`);
	}
}
