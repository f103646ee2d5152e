/* Puts Swagger UI and ReDoc into dist/docs and dist/redoc, with our own pages that load /openapi.json and have no
 * inline script. ReDoc makes <style> elements at run time and a worker from a blob: the server's policy allows just that,
 * for its path only (see docs/decisions/0010-web-app.md). The logo that it asks a server of its makers for is left out:
 * no page of ours talks to others. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const TOOLS = {
	docs: ['swagger-ui-dist/swagger-ui.css', 'swagger-ui-dist/swagger-ui-bundle.js'],
	redoc: ['redoc/bundles/redoc.standalone.js'],
};

const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NOTHING = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';

for (const [name, files] of Object.entries(TOOLS)) {
	mkdirSync(at(`../dist/${name}`), { recursive: true });
	cpSync(at(`docs/${name}`), at(`../dist/${name}`), { recursive: true });
	for (const file of files) {
		const text = readFileSync(at(`../node_modules/${file}`), 'utf8');
		writeFileSync(at(`../dist/${name}/${file.split('/').at(-1)}`), text.replaceAll(LOGO, NOTHING));
	}
}
