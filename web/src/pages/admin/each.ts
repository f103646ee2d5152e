import { ApiError } from '../../api/client';

/** The same thing done to many, one after the other, where the server has no one call for it. */
export async function eachOf<K>(ids: K[], work: (id: K) => Promise<unknown>) {
	const changed: K[] = [];
	const refused: { id: K; reason: string }[] = [];
	for (const id of ids) {
		try {
			await work(id);
			changed.push(id);
		} catch (error) {
			refused.push({ id, reason: error instanceof ApiError ? error.message : '' });
		}
	}
	return { changed, refused };
}
