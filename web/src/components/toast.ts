import { create } from 'zustand';

interface ToastStore {
	/** A new id each time, so that the same words are announced again. */
	message: { id: number; text: string } | null;
}

export const useToast = create<ToastStore>(() => ({ message: null }));

const SHOWN_MS = 3500;
let serial = 0;
let timer: ReturnType<typeof setTimeout>;

export function toast(text: string): void {
	serial += 1;
	useToast.setState({ message: { id: serial, text } });
	clearTimeout(timer);
	timer = setTimeout(() => useToast.setState({ message: null }), SHOWN_MS);
}
