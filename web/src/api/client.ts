/* The one place that speaks HTTP. Every failure becomes an ApiError, so that pages can tell "not there" from "server
 * is down" without looking at responses. What a signed-in page has to send along (its CSRF token) and what is done when
 * the server no longer knows the session comes from api/session.ts, by `setSessionRules`. */
import type { ApiErrorBody } from './types';

export const API_BASE = '/api/v1';

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface FieldFault {
	field: string;
	message: string;
}

export class ApiError extends Error {
	readonly status: number;
	readonly code: string;
	readonly requestId: string | null;
	readonly details: unknown;
	/** Seconds the server asks to wait (429, 503); null when it does not say. */
	readonly retryAfter: number | null;

	constructor(
		status: number,
		code: string,
		message: string,
		requestId: string | null = null,
		details: unknown = null,
		retryAfter: number | null = null,
	) {
		super(message);
		this.name = 'ApiError';
		this.status = status;
		this.code = code;
		this.requestId = requestId;
		this.details = details;
		this.retryAfter = retryAfter;
	}

	/** What is wrong with which field of a form; empty where the server does not point at one. */
	fields(): FieldFault[] {
		const list: unknown[] = Array.isArray(this.details) ? this.details : [this.details];
		return list
			.filter((entry): entry is Partial<FieldFault> & { field: string } => {
				return typeof (entry as FieldFault | null)?.field === 'string';
			})
			.map(({ field, message }) => ({ field, message: message ?? this.message }));
	}
}

/** Path with its query; parameters without a value are left out, the order is the caller's (it is a cache key).
 * The administration has a base of its own, `/admin/api`. */
export function apiPath(path: string, query: Query = {}): string {
	const params = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
	}
	const text = params.toString();
	const base = path.startsWith('/admin/api/') ? '' : API_BASE;
	return base + path + (text ? `?${text}` : '');
}

async function errorOf(response: Response): Promise<ApiError> {
	const requestId = response.headers.get('x-request-id');
	const wait = Number(response.headers.get('retry-after') ?? NaN);
	const retryAfter = Number.isFinite(wait) ? wait : null;
	try {
		const body = (await response.json()) as Partial<ApiErrorBody>;
		return new ApiError(
			response.status,
			body.error ?? 'unknown',
			body.message ?? response.statusText,
			body.request_id ?? requestId,
			body.details ?? null,
			retryAfter,
		);
	} catch {
		return new ApiError(response.status, 'unknown', response.statusText, requestId, null, retryAfter);
	}
}

export interface SessionRules {
	/** Sent with every request that changes something; null while nobody is signed in. */
	csrfToken: () => string | null;
	/** Instead of the cookie, where a page cannot keep one (a frame inside Telegram's site). */
	bearer: () => string | null;
	/** The server refused the session or its token. True: something was renewed, ask once more. */
	refused: (error: ApiError, url: string) => Promise<boolean>;
}

let rules: SessionRules = { csrfToken: () => null, bearer: () => null, refused: () => Promise.resolve(false) };

export function setSessionRules(own: SessionRules): void {
	rules = own;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface SendOptions {
	/** JSON unless it is a FormData, a Blob or a text. */
	body?: unknown;
	signal?: AbortSignal;
	headers?: Record<string, string>;
	/** Lives on after the page is left; at most 64 KiB of body. */
	keepalive?: boolean;
}

const isRaw = (body: unknown): body is BodyInit =>
	body instanceof FormData || body instanceof Blob || typeof body === 'string';

/** The proofs of who asks, and the language; also for who sends requests of its own (uploads). */
export function ownHeaders(method: string): Record<string, string> {
	const headers: Record<string, string> = { 'Accept-Language': document.documentElement.lang || 'en' };
	const bearer = rules.bearer();
	if (bearer) headers.Authorization = `Bearer ${bearer}`;
	const token = method === 'GET' ? null : rules.csrfToken();
	if (token) headers['X-CSRF-Token'] = token;
	return headers;
}

function requestOf(method: Method, options: SendOptions): RequestInit {
	const headers: Record<string, string> = { Accept: 'application/json', ...ownHeaders(method), ...options.headers };
	const init: RequestInit = { method, headers, signal: options.signal ?? null };
	if (options.keepalive) init.keepalive = true;
	if (options.body !== undefined) {
		init.body = isRaw(options.body) ? options.body : JSON.stringify(options.body);
		if (!isRaw(options.body)) headers['Content-Type'] = 'application/json';
	}
	return init;
}

async function attempt(method: Method, url: string, options: SendOptions): Promise<Response> {
	try {
		return await fetch(url, requestOf(method, options));
	} catch (cause) {
		if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
		throw new ApiError(0, 'network', 'The server cannot be reached');
	}
}

/** The answer of a success; an ApiError otherwise. */
export async function apiFetch(method: Method, url: string, options: SendOptions = {}): Promise<Response> {
	const response = await attempt(method, url, options);
	if (response.ok) return response;
	const error = await errorOf(response);
	if ((error.status !== 401 && error.status !== 403) || !(await rules.refused(error, url))) throw error;
	const again = await attempt(method, url, options);
	if (!again.ok) throw await errorOf(again);
	return again;
}

async function jsonOf<T>(response: Response): Promise<T> {
	try {
		return (await response.json()) as T;
	} catch {
		throw new ApiError(response.status, 'bad_answer', 'The server sent something that is not JSON');
	}
}

export async function apiGet<T>(url: string, signal?: AbortSignal): Promise<T> {
	return jsonOf<T>(await apiFetch('GET', url, signal ? { signal } : {}));
}

/** A change. The answer's JSON; undefined where the server has nothing to say (204). */
export async function apiSend<T = void>(
	method: Exclude<Method, 'GET'>,
	path: string,
	body?: unknown,
	options: Omit<SendOptions, 'body'> = {},
): Promise<T> {
	const response = await apiFetch(method, apiPath(path), body === undefined ? options : { ...options, body });
	if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T;
	return jsonOf<T>(response);
}

export function isNotFound(error: unknown): boolean {
	return error instanceof ApiError && error.status === 404;
}

export function isAbort(error: unknown): boolean {
	return error instanceof DOMException && error.name === 'AbortError';
}

/** Fetcher of which only the newest call lives: a new one aborts the one before (search-as-you-type). */
export function latestOnly<T>(): (url: string) => Promise<T> {
	let running: AbortController | null = null;
	return async (url) => {
		running?.abort();
		const own = new AbortController();
		running = own;
		try {
			return await apiGet<T>(url, own.signal);
		} finally {
			if (running === own) running = null;
		}
	};
}
