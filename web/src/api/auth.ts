/* Accounts: the ways in, and what belongs to one's own. */
import useSWR from 'swr';
import { apiPath, apiSend } from './client';
import type { Me, SessionAnswer } from './session';
import type { Exactly, Page, Shapes } from './types';

export type AuthConfig = Exactly<Shapes['AuthConfig'], { registration: 'open' | 'invitation' | 'approval' | 'closed' }>;
export type Registered = SessionAnswer & Pick<Shapes['SignedIn'], 'user' | 'signed_in'>;
export type ApiKey = Shapes['Key'];
export type SessionRow = Exactly<Shapes['Session'], { kind: 'token' | 'web' }>;

export const useAuthConfig = () => useSWR<AuthConfig>(apiPath('/auth/config'));

export const useSessions = () => useSWR<Page<SessionRow>>(apiPath('/auth/sessions'));
export const useApiKeys = () => useSWR<Page<ApiKey>>(apiPath('/auth/keys'));

export interface Registration extends Record<string, unknown> {
	username: string;
	email: string;
	password: string;
	full_name?: string | undefined;
	invitation?: string | undefined;
}

export const register = (body: Registration) =>
	apiSend<Registered>('POST', '/auth/register', { ...body, cookie: true });

export const changeMe = (change: Record<string, unknown>) => apiSend<Me>('PATCH', '/auth/me', change);

export const createKey = (name: string, scopes: string[], expires_at: string | null) =>
	apiSend<Shapes['NewKey']>('POST', '/auth/keys', { name, scopes, ...(expires_at && { expires_at }) });

/** Where the browser goes itself to sign in at the provider; it comes back to `returnTo`. */
export const oidcStart = (returnTo: string, link = false) =>
	apiPath('/auth/oidc/start', { return_to: returnTo, link: link || null });

/** Telegram's sign-in page. It comes back to /sign-in with the answer behind a #, so that no script of theirs is needed. */
export function telegramStart(config: AuthConfig, next: string): string {
	if (!config.telegram_bot_id) return `https://t.me/${config.telegram_bot}?startapp`;
	const back = `${location.origin}/sign-in?next=${encodeURIComponent(next)}`;
	const query = new URLSearchParams({
		bot_id: String(config.telegram_bot_id),
		origin: location.origin,
		return_to: back,
		request_access: 'write',
	});
	return `https://oauth.telegram.org/auth?${query.toString()}`;
}
