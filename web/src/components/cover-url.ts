/** Address of a cover in one of the sizes the server keeps: 64, 300, 1200. */
export function coverSrc(url: string, size: number): string {
	return `${url}${url.includes('?') ? '&' : '?'}size=${size}`;
}

export function coverSrcSet(url: string): string {
	return [64, 300, 1200].map((size) => `${coverSrc(url, size)} ${size}w`).join(', ');
}

/** What `sizes` says of a cover that has to be sharp. The root's rem grows on wide screens (base.css), that of `sizes`
 * does not; and Chromium takes the smaller picture until it would be drawn at twice its size. */
export const sharpRem = (rem: number): string => `calc(${1.5 * rem} * clamp(1rem, 0.55vw + 0.35rem, 1.5rem))`;

/** Its cover, or the one that the server draws, for what cannot draw a placeholder: lock screens, pictures. */
export const trackCover = (track: { id: number; cover_url: string | null }): string =>
	track.cover_url ?? `/api/v1/tracks/${track.id}/cover`;
