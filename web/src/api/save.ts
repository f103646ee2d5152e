/* Files for the person: made here, or fetched with what proves who asks (a plain link could not carry a token). */
import { apiFetch } from './client';

export function saveBlob(blob: Blob, name: string): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	/* The browser has taken hold of it by then. */
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function saveFrom(url: string, name: string): Promise<void> {
	saveBlob(await (await apiFetch('GET', url, { headers: { Accept: '*/*' } })).blob(), name);
}
