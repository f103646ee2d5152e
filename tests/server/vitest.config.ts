import { defineConfig } from 'vitest/config';

// Every test file starts servers of its own, so files may run side by side;
// three keep two cores busy, since some wait for sound in its own time.
export default defineConfig({
	test: {
		root: import.meta.dirname,
		include: ['*.test.ts'],
		globalSetup: ['support/setup.ts'],
		pool: 'forks',
		poolOptions: { forks: { minForks: 1, maxForks: 3 } },
		testTimeout: 60_000,
		hookTimeout: 60_000,
		teardownTimeout: 20_000,
	},
});
