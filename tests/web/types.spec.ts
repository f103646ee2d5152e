import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from './ogma';

const web = resolve(import.meta.dirname, '../../web');

test('the app’s types are what the server says of its answers', ({ ogma }) => {
	/* Ends with what to do about it when they are not. */
	execFileSync(process.execPath, ['dev/types.mjs', '--check'], {
		cwd: web,
		stdio: 'inherit',
		env: { ...process.env, OGMA_URL: ogma.url },
	});
});
