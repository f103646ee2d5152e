/* Names for what channels play. */

/** "Artist — Title"; only the title where nobody is named. */
export const itemLine = (item: { title: string; artist?: string | null }): string =>
	item.artist ? `${item.artist} — ${item.title}` : item.title;

/** 75 -> "1:15", also for what is to come: never below nothing. */
export function secondsOf(seconds: number): string {
	const left = Math.max(0, Math.ceil(seconds));
	return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}
