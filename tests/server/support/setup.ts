// Runs once before all files: the music the scenarios play with, and the data
// folders that test files copy instead of making and scanning again.
import { access, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expected, makeMusic, music } from './music.ts';
import { lines, mediaProgram, program, run } from './ogma.ts';
import { empty, scanned, templatesAre } from './template.ts';

export default async function setup(): Promise<() => Promise<void>> {
	for (const path of [program, mediaProgram]) {
		await access(path).catch(() => {
			throw new Error(`${path} is not there; run \`make build\`, or name the program in OGMA_PROGRAM`);
		});
	}
	await makeMusic();
	const folder = await mkdtemp(join(tmpdir(), 'ogma-templates-'));
	templatesAre(folder);
	await makeEmpty();
	await makeScanned();
	return () => rm(folder, { recursive: true, force: true });
}

/** Any command that looks into the store makes its tables. */
async function makeEmpty(): Promise<void> {
	const look = await run(['jobs', '--data', empty()]);
	if (look.code !== 0) throw new Error(`no store can be made: ${look.stdout}${look.stderr}`);
}

async function makeScanned(): Promise<void> {
	await cp(empty(), scanned(), { recursive: true });
	const scan = await run(['scan', music, '--json', '--data', scanned()]);
	const done = lines(scan.stdout).at(-1);
	if (scan.code !== 0 || done?.['event'] !== 'done' || done['added'] !== expected.tracks)
		throw new Error(`the scan of the music went wrong (${expected.tracks} expected): ${scan.stdout}${scan.stderr}`);
}
