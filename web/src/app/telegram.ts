/* Ogma as a Telegram Mini App. Telegram opens the page with its launch data behind the #: who opens it (signed, for the
 * server to judge) and its colours. Its own script is not loaded: the data is in the address, the few messages to the
 * window around us are sent by hand, and so nothing of a third party runs here and the policy stays 'self'.
 * In a frame of Telegram's site no cookie is kept; there the session is a token in memory. */
import { apiSend } from '../api/client';
import { beginSession, reloadMe, type SessionAnswer } from '../api/session';

const KEPT = 'ogma.telegram';

export interface Launch {
	initData: string;
	/** As the app around is; null when it does not say. */
	dark: boolean | null;
}

/** Perceived lightness of "#rrggbb" below one half. */
export function isDark(colour: unknown): boolean | null {
	const hex = typeof colour === 'string' ? /^#([0-9a-f]{6})$/i.exec(colour)?.[1] : undefined;
	if (!hex) return null;
	const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
	return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

function coloursIn(text: string | null): Record<string, unknown> {
	try {
		return JSON.parse(text ?? '{}') as Record<string, unknown>;
	} catch {
		return {};
	}
}

export function launchOf(hash: string): Launch | null {
	const params = new URLSearchParams(hash.replace(/^#/, ''));
	const initData = params.get('tgWebAppData');
	if (!initData) return null;
	return { initData, dark: isDark(coloursIn(params.get('tgWebAppThemeParams')).bg_color) };
}

interface TelegramWindow {
	TelegramWebviewProxy?: { postEvent: (name: string, data: string) => void };
	external?: { notify?: (message: string) => void };
}

/** One of the documented messages of a Mini App to the app around it. */
function post(eventType: string, eventData: object = {}): void {
	const { TelegramWebviewProxy: proxy, external } = window as unknown as TelegramWindow;
	if (proxy) proxy.postEvent(eventType, JSON.stringify(eventData));
	else if (external && 'notify' in external) external.notify?.(JSON.stringify({ eventType, eventData }));
	else if (parent !== window) parent.postMessage(JSON.stringify({ eventType, eventData }), 'https://web.telegram.org');
}

/** The app around is what "as the system" means here (app/theme.ts). */
function follow(dark: boolean | null): void {
	if (dark !== null) document.documentElement.dataset.host = dark ? 'dark' : 'light';
}

/** A reload has lost the # but is the same visit. */
function kept(): Launch | null {
	try {
		return JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as Launch | null;
	} catch {
		return null;
	}
}

/** Signs in who opened the app. Whatever goes wrong leaves a visitor, who can sign in by hand. */
export async function startInTelegram(): Promise<void> {
	const fresh = launchOf(location.hash);
	const launch = fresh ?? kept();
	if (!launch) return;
	history.replaceState(history.state, '', location.pathname + location.search);
	try {
		sessionStorage.setItem(KEPT, JSON.stringify(launch));
	} catch {
		/* then a reload is a visitor's */
	}
	follow(launch.dark);
	post('web_app_ready');
	post('web_app_expand');
	const framed = parent !== window;
	/* A reload outside a frame still has its cookie. */
	if (!framed && !fresh) return;
	try {
		/* Somebody may be signed in already: then the request needs their token, and links the two. */
		await reloadMe();
		const body = { init_data: launch.initData, cookie: !framed };
		await beginSession(await apiSend<SessionAnswer>('POST', '/auth/telegram/webapp', body));
	} catch {
		sessionStorage.removeItem(KEPT);
	}
}
