import { create } from 'zustand';

export interface Question {
	title: string;
	text?: string;
	/** Words of the button that does it. */
	action: string;
	danger?: boolean;
}

interface ConfirmStore {
	question: Question | null;
	answer: (yes: boolean) => void;
}

export const useConfirm = create<ConfirmStore>(() => ({ question: null, answer: () => undefined }));

/** Asks before something that cannot be taken back. */
export function confirm(question: Question): Promise<boolean> {
	useConfirm.getState().answer(false);
	return new Promise((resolve) => {
		useConfirm.setState({
			question,
			answer: (yes) => {
				useConfirm.setState({ question: null, answer: () => undefined });
				resolve(yes);
			},
		});
	});
}
