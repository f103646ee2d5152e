/** Address of a cover in one of the sizes the server keeps: 64, 300, 1200. */
export function coverSrc(url: string, size: number): string {
	return `${url}${url.includes('?') ? '&' : '?'}size=${size}`;
}

export function coverSrcSet(url: string): string {
	return [64, 300, 1200].map((size) => `${coverSrc(url, size)} ${size}w`).join(', ');
}

/** Its cover, or the one that the server draws, for what cannot draw a placeholder: lock screens, pictures. */
export const trackCover = (track: { id: number; cover_url: string | null }): string =>
	track.cover_url ?? `/api/v1/tracks/${track.id}/cover`;
