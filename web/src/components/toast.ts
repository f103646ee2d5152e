import { create } from 'zustand';

/** What can be done about it: gone to, or taken back. */
export type ToastAction = { label: string; to: string } | { label: string; run: () => void };

interface ToastStore {
	/** A new id each time, so that the same words are announced again. */
	message: { id: number; text: string; action: ToastAction | null } | null;
}

export const useToast = create<ToastStore>(() => ({ message: null }));

const SHOWN_MS = 3500;
/** Time to read, decide and get there. */
const SHOWN_WITH_ACTION_MS = 8000;
let serial = 0;
let timer: ReturnType<typeof setTimeout>;

export function toast(text: string, action: ToastAction | null = null): void {
	serial += 1;
	useToast.setState({ message: { id: serial, text, action } });
	clearTimeout(timer);
	timer = setTimeout(closeToast, action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
}

export function closeToast(): void {
	useToast.setState({ message: null });
}
