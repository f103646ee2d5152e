import type { BulkAnswer, Refusal } from '../../../api/admin';
import { ApiError } from '../../../api/client';

/** The same thing done to many, one after the other, where the server has no one call for it. */
export async function eachOf(ids: number[], work: (id: number) => Promise<unknown>): Promise<BulkAnswer> {
	const changed: number[] = [];
	const refused: Refusal[] = [];
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
