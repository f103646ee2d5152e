import react from '@vitejs/plugin-react';
import tailwindcss from '@tailwindcss/vite';
import type { PluginOption } from 'vite';
import { defineConfig } from 'vitest/config';

/* With OGMA_FIXTURE the dev and preview servers answer the API themselves with generated data (dev/fixture);
 * without it they pass API calls on to a running `ogma serve`. Neither is part of the production build. */
const server = process.env.OGMA_URL ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/admin/api', '/stream', '/live', '/health', '/metrics', '/openapi.json'];
const sockets = ['/ws', '/api/ws'];

export default defineConfig(async () => {
	const plugins: PluginOption[] = [react(), tailwindcss()];
	if (process.env.OGMA_FIXTURE) plugins.push((await import('./dev/fixture/plugin')).fixture());
	return {
		base: '/',
		plugins,
		server: {
			proxy: process.env.OGMA_FIXTURE
				? {}
				: Object.fromEntries([
						...sockets.map((path) => [path, { target: server, ws: true }]),
						...proxied.map((path) => [path, server]),
					]),
		},
		build: {
			target: 'es2022',
			/* The server's CSP has no data: for fonts and scripts, and one request more is cheap on one origin. */
			assetsInlineLimit: 0,
			modulePreload: { polyfill: false },
			manifest: true,
			rollupOptions: {
				output: {
					/* What changes rarely, and what every page shares, each in one file: fewer requests, better caching. */
					manualChunks: (id: string) => {
						/* Lists that grow, and what pages about one thing share: not needed at home. */
						if (/node_modules\/swr\/dist\/infinite|src\/api\/infinite/.test(id)) return 'parts';
						if (/node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next|swr|zustand)\//.test(id))
							return 'vendor';
						/* Vite's own: it would go with whatever asks for a chunk first. */
						if (id.includes('vite/preload-helper')) return 'vendor';
						if (/node_modules\/@tanstack/.test(id)) return 'virtual';
						if (/src\/components\/(Segmented|TabLinks|Panel|Badge|Hero|LibraryHead|CollectionActions)/.test(id))
							return 'parts';
						/* What only pages with forms or tables need. */
						if (/src\/components\/(form\/|table\/|Dialog|ConfirmDialog)/.test(id)) return 'forms';
						/* Charts are for a few pages, the drawing itself (uPlot) comes after them. */
						if (/src\/components\/chart\/Plot|node_modules\/uplot/.test(id)) return 'plot';
						if (/src\/components\/chart\/|src\/api\/(analytics|save)/.test(id)) return 'charts';
						/* Live channels: their pages share the stream, its bar and the questions about them. */
						if (
							/src\/(player\/(live|LiveBar|meter)|api\/(channel|monitoring|live)|components\/(OnAir|use-clock)|i18n\/channel)/.test(
								id,
							)
						)
							return 'live';
						/* What is asked for only by pages that are fetched themselves, or later than the first one. */
						if (/AddToPlaylist|Playlist(Card|Cover)|RatingOf|CopyText|use-reorder|remote-queue/.test(id))
							return undefined;
						if (/src\/api\/(admin|auth|playlists|history|recommendations)/.test(id)) return undefined;
						return /src\/(components|api|design|app\/nav|player\/(?!NowPlaying|Queue|Lyrics))/.test(id) &&
							!/Virtual|CardGrid/.test(id)
							? 'shared'
							: undefined;
					},
				},
			},
		},
		/* A thread for each file takes longer than its tests, as does a page: who needs one imports it (src/test/page.ts). */
		test: {
			environment: 'node',
			pool: 'threads',
			poolOptions: { threads: { singleThread: true } },
			include: ['src/**/*.test.{ts,tsx}'],
			restoreMocks: true,
			css: true,
		},
	};
});
