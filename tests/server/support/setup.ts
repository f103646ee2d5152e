// Runs once before all files: the music the scenarios play with, and one data
// folder that has it scanned, which test files copy instead of scanning again.
import { access } from 'node:fs/promises';
import { makeMusic } from './music.ts';
import { mediaProgram, program } from './ogma.ts';
import { makeTemplate } from './template.ts';

export default async function setup(): Promise<() => Promise<void>> {
	for (const path of [program, mediaProgram]) {
		await access(path).catch(() => {
			throw new Error(`${path} is not there; run \`make build\`, or name the program in OGMA_PROGRAM`);
		});
	}
	await makeMusic();
	return makeTemplate();
}
