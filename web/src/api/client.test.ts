import '../test/page';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, apiGet, apiPath, isAbort, isNotFound, latestOnly } from './client';

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
	vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(body, { status, headers }));

async function failure(run: Promise<unknown>): Promise<ApiError> {
	const error = await run.then(
		() => null,
		(cause: unknown) => cause,
	);
	expect(error).toBeInstanceOf(ApiError);
	return error as ApiError;
}

afterEach(() => vi.restoreAllMocks());

describe('paths', () => {
	it('leave out parameters without a value and escape the others', () => {
		expect(apiPath('/tracks/', { genre: 'R&B', cursor: null, year: undefined, q: '', limit: 0 })).toBe(
			'/api/v1/tracks/?genre=R%26B&limit=0',
		);
		expect(apiPath('/library')).toBe('/api/v1/library');
	});
});

describe('answers', () => {
	it('are the JSON of a success, asked in the language of the page', async () => {
		document.documentElement.lang = 'ru';
		const fetched = answer(200, '{"items":[]}');
		expect(await apiGet('/api/v1/tracks/')).toEqual({ items: [] });
		expect(fetched.mock.calls[0]![1]!.headers).toMatchObject({ 'Accept-Language': 'ru' });
	});
	it('are an ApiError with the server’s own words on a refusal', async () => {
		answer(404, '{"error":"not_found","message":"Нет такого","request_id":"r1"}');
		const error = await failure(apiGet('/api/v1/tracks/0'));
		expect(error).toMatchObject({ status: 404, code: 'not_found', message: 'Нет такого', requestId: 'r1' });
		expect(isNotFound(error)).toBe(true);
	});
	it('are an ApiError also when the refusal is not JSON', async () => {
		answer(502, '<html>', { 'x-request-id': 'proxy' });
		expect(await failure(apiGet('/x'))).toMatchObject({ status: 502, code: 'unknown', requestId: 'proxy' });
	});
	it('are an ApiError when a success is not JSON', async () => {
		answer(200, '<html>');
		expect((await failure(apiGet('/x'))).code).toBe('bad_answer');
	});
	it('are status 0 when the server cannot be reached', async () => {
		vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('failed'));
		expect(await failure(apiGet('/x'))).toMatchObject({ status: 0, code: 'network' });
	});
});

describe('search-as-you-type', () => {
	it('aborts the call before', async () => {
		vi.spyOn(globalThis, 'fetch').mockImplementation(
			(_url, options) =>
				new Promise((resolve, reject) => {
					options!.signal!.addEventListener('abort', () => reject(new DOMException('gone', 'AbortError')));
					setTimeout(() => resolve(new Response('{"q":2}')), 5);
				}),
		);
		const fetcher = latestOnly<{ q: number }>();
		const first = fetcher('/a').catch((cause: unknown) => cause);
		const second = fetcher('/b');
		expect(isAbort(await first)).toBe(true);
		expect(await second).toEqual({ q: 2 });
	});
});

describe('the administration', () => {
	it('has an address of its own beside the API', () => {
		expect(apiPath('/admin/api/users', { q: 'a' })).toBe('/admin/api/users?q=a');
		expect(apiPath('/users/1')).toBe('/api/v1/users/1');
	});
});
