import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Those that take longest, so that none of them is alone at the end.
const long = [
	'source_clients', 'pushes', 'cli', 'lifecycle', 'analysis', 'random', 'fields', 'ingest_kills', 'buckets', 'routes', 'stream', 's3',
	'stream_items', 'auth', 'rights', 'duplicates', 'users', 'edit_postgres', 'edit', 'on_air_events', 'oidc', 'queue_kills', 'backup',
];

class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const place = ({ moduleId }: TestSpecification): number => (long.indexOf(basename(moduleId, '.test.ts')) + long.length + 1) % (long.length + 1);
		return files.toSorted((a, b) => place(a) - place(b));
	}
}

// Every test file starts servers of its own, so files may run side by side;
// three keep two cores busy, since some wait for sound in its own time.
export default defineConfig({
	test: {
		root: import.meta.dirname,
		include: ['*.test.ts'],
		globalSetup: ['support/setup.ts'],
		sequence: { sequencer: LongestFirst },
		pool: 'forks',
		poolOptions: { forks: { minForks: 1, maxForks: 3 } },
		testTimeout: 60_000,
		hookTimeout: 60_000,
		teardownTimeout: 20_000,
	},
});
