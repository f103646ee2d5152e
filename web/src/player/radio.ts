/* Which live channel is tuned in to, for everything that shows or controls what sounds. The stream itself is in
 * player/live.ts, fetched with the first page of channels; until then there is nothing to control. */
import { create } from 'zustand';
import { usePlayer } from './store';

export interface Station {
	id: number;
	title: string;
}

export type Phase =
	| 'stopped'
	| 'connecting'
	| 'playing'
	/** The line is away; it is tried again at `retryAt`. */
	| 'waiting'
	/** The channel itself has gone off the air. */
	| 'over'
	/** The browser wants a gesture first. */
	| 'blocked';

export interface RadioStore {
	/** Tuned in to, whether it sounds or not; null: the player is for tracks. */
	station: Station | null;
	phase: Phase;
	/** What is on, for the system's own controls and the window's title. */
	now: { title: string; artist: string; cover: string | null } | null;
	play: () => void;
	stop: () => void;
	/** Stops, and gives the player back to tracks. */
	leave: () => void;
}

const nothing = () => undefined;

export const useRadio = create<RadioStore>(() => ({
	station: null,
	phase: 'stopped',
	now: null,
	play: nothing,
	stop: nothing,
	leave: nothing,
}));

export const radioSounds = ({ phase }: Pick<RadioStore, 'phase'>): boolean =>
	phase === 'connecting' || phase === 'playing' || phase === 'waiting';

/** True: a channel is tuned in to, and was told. */
export function toggleRadio(): boolean {
	const radio = useRadio.getState();
	if (!radio.station) return false;
	if (radioSounds(radio)) radio.stop();
	else radio.play();
	return true;
}

/* A track that is put on takes over. */
usePlayer.subscribe((state, before) => {
	if (state.wantsPlay && !before.wantsPlay) useRadio.getState().leave();
});
