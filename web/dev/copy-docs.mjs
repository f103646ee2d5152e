/* Puts Swagger UI and ReDoc into dist/docs and dist/redoc, with our own pages that load /openapi.json and have no
 * inline script. ReDoc makes <style> elements at run time and a worker from a blob: the server's policy allows just that,
 * for its path only (see docs/decisions/0010-web-app.md). */
import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const TOOLS = {
	docs: ['swagger-ui-dist/swagger-ui.css', 'swagger-ui-dist/swagger-ui-bundle.js'],
	redoc: ['redoc/bundles/redoc.standalone.js'],
};

for (const [name, files] of Object.entries(TOOLS)) {
	mkdirSync(at(`../dist/${name}`), { recursive: true });
	cpSync(at(`docs/${name}`), at(`../dist/${name}`), { recursive: true });
	for (const file of files)
		copyFileSync(at(`../node_modules/${file}`), at(`../dist/${name}/${file.split('/').at(-1)}`));
}
