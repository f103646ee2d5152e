import { defineConfig } from 'vitest/config';

// Every test file starts servers of its own, so files may run side by side;
// two at a time fit the smallest machine the suite must be quick on.
export default defineConfig({
	test: {
		root: import.meta.dirname,
		include: ['*.test.ts'],
		globalSetup: ['support/setup.ts'],
		pool: 'forks',
		poolOptions: { forks: { minForks: 1, maxForks: 2 } },
		testTimeout: 20_000,
		hookTimeout: 60_000,
		teardownTimeout: 20_000,
	},
});
