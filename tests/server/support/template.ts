// Data folders for test files to copy: one with tables and nothing in them, one
// with the whole music scanned. What runs before all files makes them.
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './ogma.ts';

const name = 'OGMA_TEST_TEMPLATES'; // how the workers hear of the place

const place = (): string => process.env[name] ?? '';
export const empty = (): string => join(place(), 'empty');
export const scanned = (): string => join(place(), 'scanned');

export function templatesAre(folder: string): void {
	process.env[name] = folder;
}

/** Gives a folder that is not there yet its tables: to make them takes longer than all the rest of a start. */
export async function prepare(data: string, env: Environment = {}): Promise<void> {
	const isElsewhere = env['PG_DSN'] !== undefined || env['STORE_PATH'] !== undefined;
	if (place() !== '' && !isElsewhere && !existsSync(data)) await cp(empty(), data, { recursive: true });
}
