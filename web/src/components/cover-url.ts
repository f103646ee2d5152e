/** Address of a cover in one of the sizes the server keeps: 64, 300, 1200. */
export function coverSrc(url: string, size: number): string {
	return `${url}${url.includes('?') ? '&' : '?'}size=${size}`;
}

export function coverSrcSet(url: string): string {
	return [64, 300, 1200].map((size) => `${coverSrc(url, size)} ${size}w`).join(', ');
}
