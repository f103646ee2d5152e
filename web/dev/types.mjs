/* Writes src/api/schema.d.ts: the shapes of the server's answers, out of its own /openapi.json.
 *
 *	node dev/types.mjs            from the server at OGMA_URL
 *	node dev/types.mjs --check    only says whether the file is in step (exit code 1 if not)
 *
 * Only the named shapes are kept: paths and parameters would be twelve times as much that nobody reads. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const url = process.env.OGMA_URL ?? 'http://127.0.0.1:8080';
const file = fileURLToPath(new URL('../src/api/schema.d.ts', import.meta.url));

const answer = await fetch(`${url}/openapi.json`);
if (!answer.ok) throw new Error(`${url}/openapi.json answers ${answer.status}`);
const { openapi, info, components } = await answer.json();
const { schemas } = components;
const text = `/* Made by \`npm run types\` from the server's /openapi.json. Not to be edited. */\n\n${astToString(
	await openapiTS({ openapi, info: { ...info, version: '1' }, paths: {}, components: { schemas } }),
)}`;

if (process.argv.includes('--check')) {
	if (readFileSync(file, 'utf8') !== text) {
		console.error('web/src/api/schema.d.ts is not what the server answers: run `npm run types` in web/');
		process.exitCode = 1;
	}
} else {
	writeFileSync(file, text);
}
