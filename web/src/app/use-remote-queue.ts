import { useEffect } from 'react';
import { useMe } from '../api/session';

/** Keeps the queue of who is signed in with the server. Visitors do not fetch a line of it. */
export function useRemoteQueue(): void {
	const { me } = useMe();
	const id = me?.id;
	useEffect(() => {
		if (id === undefined) return;
		let stop = () => {};
		let over = false;
		void Promise.all([import('../player/remote-queue'), import('../i18n/device')]).then(
			([{ RemoteSync }, { deviceOf }]) => {
				if (over) return;
				const sync = new RemoteSync({ id }, deviceOf(navigator.userAgent) || 'web');
				stop = () => sync.stop();
				void sync.start();
			},
		);
		return () => {
			over = true;
			stop();
		};
	}, [id]);
}
