/* Files and folders that were dropped or chosen, with where they lay. */

export interface Chosen {
	file: File;
	/** "Album/01 Song.mp3"; the bare name of a file that came alone. */
	path: string;
}

/** What the server takes for music by its name (src/driver/source_rules.c). */
const MUSIC = /\.(mp3|mp2|flac|m4a|m4b|ogg|oga|opus|spx|aac|alac|wave?|aif[fc]?|wma|ape|wv|dsf|dff|mpc|tta|mka)$/i;

export const isMusic = (name: string): boolean => MUSIC.test(name) && !/(^|\/)\./.test(name);

const entriesOf = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
	new Promise((good, bad) => reader.readEntries(good, bad));

async function walk(entry: FileSystemEntry, out: Chosen[]): Promise<void> {
	if (entry.isFile) {
		const file = await new Promise<File>((good, bad) => (entry as FileSystemFileEntry).file(good, bad));
		out.push({ file, path: entry.fullPath.replace(/^\//, '') });
		return;
	}
	const reader = (entry as FileSystemDirectoryEntry).createReader();
	/* A browser tells of a hundred at a time. */
	for (let some = await entriesOf(reader); some.length > 0; some = await entriesOf(reader)) {
		for (const one of some) await walk(one, out);
	}
}

/** What a drop holds; folders only where the browser tells of them. */
export async function filesOfDrop(entries: (FileSystemEntry | null)[], files: File[]): Promise<Chosen[]> {
	const out: Chosen[] = [];
	if (entries.every((entry) => entry === null)) return files.map((file) => ({ file, path: file.name }));
	for (const entry of entries) if (entry) await walk(entry, out);
	return out;
}

export const filesOfInput = (list: FileList): Chosen[] =>
	[...list].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
