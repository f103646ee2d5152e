/* Imported before all else by tests that need a page: makes one, and takes it away after them.
 *
 * All files run in one thread, where Vitest loads modules anew for each (vite.config.ts). Its comment for an environment
 * would give one page to all of them, with what others have stored there and with their listeners. Clocks and channels are
 * Node's, not the page's: a file whose modules start them fakes them, or they go on during the next one. */
import { afterAll } from 'vitest';
import { builtinEnvironments, type EnvironmentReturn } from 'vitest/environments';

const kept = globalThis as { pageOfTests?: EnvironmentReturn };

async function takeAway(): Promise<void> {
	await kept.pageOfTests?.teardown(globalThis);
	delete kept.pageOfTests;
}

/* That of a file none of whose tests was run, for then nothing comes after them. */
await takeAway();
kept.pageOfTests = await builtinEnvironments.jsdom.setup(globalThis, {});
afterAll(takeAway);
