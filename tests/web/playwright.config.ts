/* Runs in Debian's Chromium against a real `ogma serve` of each worker's (see ogma.ts), or against OGMA_URL when that is set. */
import { defineConfig } from '@playwright/test';

/* Not part of a plain run: the pictures of the README, and the gapless measurement, which needs a quiet machine (sound that
 * stutters because two cores have other work says nothing about a joint). */
const only = process.env.PICTURES ? 'pictures.ts' : process.env.MEASURE ? '*.measure.ts' : '*.spec.ts';

export default defineConfig({
	testDir: '.',
	testMatch: only,
	globalSetup: './server.ts',
	outputDir: '../../build/test-results/web',
	/* One more than most machines that run this have processors: scenarios wait for sound, jobs and each other's answers. */
	workers: 3,
	fullyParallel: false,
	/* On a busy machine; the list says which were flaky. */
	retries: 1,
	timeout: 60_000,
	expect: { timeout: 10_000 },
	reporter: [['list']],
	use: {
		browserName: 'chromium',
		locale: 'en-GB',
		colorScheme: 'dark',
		viewport: { width: 1280, height: 800 },
		/* Nothing is waited for that only glides. The app and its player are looked at with motion too (app, player). */
		contextOptions: { reducedMotion: 'reduce' },
		/* One page for all scenarios of a worker, emptied between them: a new one costs as much again as the app in it. */
		reuseContext: true,
		/* A recording costs a third of the time: TRACE=on makes one. */
		trace: process.env.TRACE ? 'on' : 'off',
		screenshot: 'only-on-failure',
		launchOptions: {
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				'--autoplay-policy=no-user-gesture-required',
			],
		},
	},
});
