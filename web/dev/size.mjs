/* Prints what a first visit to the home page has to fetch as script, gzipped; fails above the bar. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/* Of which React and its router are two thirds; the rest is the player, the session and what every page shares. */
const BAR_BYTES = 160_000;
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8'));

const chunks = new Set();
const take = (key) => {
	if (chunks.has(key)) return;
	chunks.add(key);
	for (const other of manifest[key].imports ?? []) take(other);
};
take('index.html');
take('src/pages/home/HomePage.tsx');
take('src/i18n/ru.json');

let sum = 0;
for (const key of chunks) {
	const { file } = manifest[key];
	const bytes = gzipSync(readFileSync(dist + file), { level: 9 }).length;
	sum += bytes;
	console.log(String(bytes).padStart(8), file);
}
console.log(String(sum).padStart(8), 'bytes of script before the home page shows (gzip)');
if (sum > BAR_BYTES) process.exitCode = 1;
