import { create } from 'zustand';

export interface ToAdd {
	/** What it is called in the dialog: a track's or an album's title. */
	title: string;
	ids: number[];
}

/** Asks which playlist tracks shall go to. The dialog is the shell's, fetched when it is first asked for. */
export const useToAdd = create<{ what: ToAdd | null }>(() => ({ what: null }));

export const addToPlaylist = (what: ToAdd): void => useToAdd.setState({ what });
