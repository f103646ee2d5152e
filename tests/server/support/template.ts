// One data folder with the whole music scanned, for test files to copy. Apart
// from library.ts, because what runs before all files may not know of Vitest.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expected, music } from './music.ts';
import { lines, run } from './ogma.ts';

const templateName = 'OGMA_TEST_TEMPLATE'; // how the workers hear of the place

export const template = (): string => process.env[templateName] ?? '';

/** Scans the music once, by the command line; its data folder is then copied. */
export async function makeTemplate(): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(tmpdir(), 'ogma-template-'));
	const data = join(folder, 'data');
	const scan = await run(['scan', music, '--json', '--data', data]);
	const done = lines(scan.stdout).at(-1);
	if (scan.code !== 0 || done?.['event'] !== 'done' || done['added'] !== expected.tracks)
		throw new Error(`the scan of the music went wrong (${expected.tracks} expected): ${scan.stdout}${scan.stderr}`);
	process.env[templateName] = data;
	return () => rm(folder, { recursive: true, force: true });
}
