/* What was played on this device, newest first, for "Continue" on the home page. Who is signed in has
 * the account's own instead (GET /me/continue). */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Track } from '../api/types';

const RECENT_MAX = 24;

interface RecentStore {
	tracks: Track[];
	add: (track: Track) => void;
}

export const useRecent = create<RecentStore>()(
	persist(
		(set, get) => ({
			tracks: [],
			add: (track) => {
				const others = get().tracks.filter((other) => other.id !== track.id);
				set({ tracks: [track, ...others].slice(0, RECENT_MAX) });
			},
		}),
		{ name: 'ogma.recent', version: 1, partialize: ({ tracks }) => ({ tracks }) },
	),
);

export const rememberRecent = (track: Track): void => useRecent.getState().add(track);
