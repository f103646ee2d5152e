/* The one place that speaks HTTP. Every failure becomes an ApiError, so that pages can tell "not there" from "server
 * is down" without looking at responses. */
import type { ApiErrorBody } from './types';

export const API_BASE = '/api/v1';

export type Query = Record<string, string | number | boolean | null | undefined>;

export class ApiError extends Error {
	readonly status: number;
	readonly code: string;
	readonly requestId: string | null;

	constructor(status: number, code: string, message: string, requestId: string | null = null) {
		super(message);
		this.name = 'ApiError';
		this.status = status;
		this.code = code;
		this.requestId = requestId;
	}
}

/** Path with its query; parameters without a value are left out, the order is the caller's (it is a cache key). */
export function apiPath(path: string, query: Query = {}): string {
	const params = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
	}
	const text = params.toString();
	return API_BASE + path + (text ? `?${text}` : '');
}

async function errorOf(response: Response): Promise<ApiError> {
	const requestId = response.headers.get('x-request-id');
	try {
		const body = (await response.json()) as Partial<ApiErrorBody>;
		return new ApiError(
			response.status,
			body.error ?? 'unknown',
			body.message ?? response.statusText,
			body.request_id ?? requestId,
		);
	} catch {
		return new ApiError(response.status, 'unknown', response.statusText, requestId);
	}
}

export async function apiGet<T>(url: string, signal?: AbortSignal): Promise<T> {
	let response: Response;
	try {
		response = await fetch(url, {
			signal: signal ?? null,
			headers: { Accept: 'application/json', 'Accept-Language': document.documentElement.lang || 'en' },
		});
	} catch (cause) {
		if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
		throw new ApiError(0, 'network', 'The server cannot be reached');
	}
	if (!response.ok) throw await errorOf(response);
	try {
		return (await response.json()) as T;
	} catch {
		throw new ApiError(response.status, 'bad_answer', 'The server sent something that is not JSON');
	}
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
