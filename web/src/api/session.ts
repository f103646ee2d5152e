/* Who is signed in. The session itself is a cookie that no script can read; what the page knows of it is GET /auth/me.
 * `undefined`: not known yet; `null`: a visitor. Inside a frame of Telegram's site no cookie is kept: there the page holds
 * an access token in memory, and renews it when the server says it is over. */
import useSWR, { mutate, type SWRConfiguration } from 'swr';
import { apiGet, apiPath, apiSend, ApiError, setSessionRules } from './client';
import type { Role } from './roles';
import type { Exactly, Shapes } from './types';

export type Login = Shapes['UserLogin'];
export type UserStatus = 'pending' | 'active' | 'rejected' | 'blocked';
export type User = Exactly<Shapes['User'], { role: Role; status: UserStatus }>;
export type Me = Exactly<
	Shapes['Me'],
	{ role: Role; status: UserStatus; proof: 'token' | 'session' | 'key' | 'proxy' }
>;

/** With a cookie there are no tokens, with tokens no CSRF token. */
export type SessionAnswer = Partial<Shapes['SignedIn']>;

const ME = apiPath('/auth/me');
/** A 401 there is the answer itself, not a session that is over. */
const SIGNING_IN = /\/auth\/(login|register|me$|refresh|logout|links|telegram|password)/;

let known: Me | null | undefined;
let tokens: { access: string; refresh: string } | null = null;

async function fetchMe(): Promise<Me | null> {
	try {
		known = await apiGet<Me>(ME);
	} catch (cause) {
		if (!(cause instanceof ApiError) || cause.status !== 401) throw cause;
		known = null;
	}
	return known;
}

const options: SWRConfiguration<Me | null> = { dedupingInterval: 60_000, revalidateIfStale: false };

export function useMe() {
	const { data, error, isLoading } = useSWR<Me | null>(ME, fetchMe, options);
	return { me: data, error: error as unknown, isLoading };
}

/** For code that is no component: what the last answer said. */
export const currentMe = (): Me | null | undefined => known;

export async function reloadMe(): Promise<Me | null> {
	return (await mutate<Me | null>(ME, fetchMe(), { revalidate: false })) ?? null;
}

export function setMe(me: Me): void {
	known = me;
	void mutate<Me | null>(ME, me, { revalidate: false });
}

/** Answers depend on who asks: after a change of that, all of them are asked anew. */
async function forgetAnswers(): Promise<void> {
	await mutate((key) => key !== ME, undefined, { revalidate: true });
}

/** After any sign-in that the server has answered. */
export async function beginSession(answer?: SessionAnswer): Promise<Me | null> {
	if (answer?.access_token && answer.refresh_token) {
		tokens = { access: answer.access_token, refresh: answer.refresh_token };
	}
	const me = await reloadMe();
	await forgetAnswers();
	return me;
}

export async function signIn(username: string, password: string): Promise<Me | null> {
	return beginSession(await apiSend<SessionAnswer>('POST', '/auth/login', { username, password, cookie: true }));
}

/** What the page has to forget when the session is over, however it ended. */
export async function endSession(): Promise<void> {
	tokens = null;
	known = null;
	await mutate<Me | null>(ME, null, { revalidate: false });
	await forgetAnswers();
}

export async function signOut(everywhere = false): Promise<void> {
	await apiSend('POST', '/auth/logout', { everywhere });
	await endSession();
}

let renewing: Promise<boolean> | null = null;

async function renew(): Promise<boolean> {
	try {
		const answer = await apiSend<SessionAnswer>('POST', '/auth/refresh', { refresh_token: tokens?.refresh });
		tokens = { access: answer.access_token ?? '', refresh: answer.refresh_token ?? '' };
		return true;
	} catch {
		tokens = null;
		return false;
	}
}

/** The cookie's session was replaced elsewhere (another window signed in): its new token is worth another try. */
async function renewCsrf(): Promise<boolean> {
	const before = known?.csrf_token;
	const me = await reloadMe();
	return me !== null && me.csrf_token !== before;
}

export function startSession(): void {
	setSessionRules({
		csrfToken: () => known?.csrf_token ?? null,
		bearer: () => tokens?.access ?? null,
		refused: async (error, url) => {
			if (!known && !tokens) return false;
			if (SIGNING_IN.test(url) && !(tokens && url === ME)) return false;
			if (error.status === 403 && !error.fields().some(({ field }) => field === 'csrf')) return false;
			/* Many requests may be refused at once; a refresh token may be used once. */
			renewing ??= (tokens ? renew() : renewCsrf()).finally(() => {
				renewing = null;
			});
			const renewed = await renewing;
			if (!renewed && error.status === 401) void endSession();
			return renewed;
		},
	});
}

/** Only ways within this site: `next` comes out of the address and anyone can write one. */
export function safeNext(next: string | null): string {
	if (!next || !/^\/(?!\/)/.test(next) || /[\\\s]/.test(next) || next.startsWith('/sign-in')) return '/';
	return next;
}
