/* The clock of the player for components: only those that show time render with it. */
import { useSyncExternalStore } from 'react';
import { onPlayerTime, playerBuffered, playerDuration, playerPosition } from './store';

const STEP_MS = 250;
const rounded = (read: () => number) => () => Math.floor(read() / STEP_MS) * STEP_MS;

const position = rounded(playerPosition);
const buffered = rounded(playerBuffered);

export const usePosition = (): number => useSyncExternalStore(onPlayerTime, position);
export const useBuffered = (): number => useSyncExternalStore(onPlayerTime, buffered);
export const useDuration = (): number => useSyncExternalStore(onPlayerTime, playerDuration);
