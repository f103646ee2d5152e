import i18next from 'i18next';
import { ApiError } from '../../api/client';
import { toast } from '../../components/toast';

/** What the server says about something it refused, or that it cannot be reached. */
export function wordsOf(error: unknown): string {
	if (!(error instanceof ApiError)) return i18next.t('error.text');
	return error.status > 0 ? (error.fields()[0]?.message ?? error.message) : i18next.t('error.offlineTitle');
}

/** Does something and tells about it. True: it was done. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
	try {
		await work();
		if (done) toast(done);
		return true;
	} catch (error) {
		toast(wordsOf(error));
		return false;
	}
}
