/* What happens on the server, as it happens. Everything on a page that listens at one address shares one socket. */
import { useEffect, useEffectEvent, useState } from 'react';
import { LiveSocket, type LineStatus, type LiveMessage, type SocketLike } from './live-socket';

export type { LiveMessage } from './live-socket';

export interface Line extends LineStatus {
	retry: () => void;
}

interface Listener {
	heard: (message: LiveMessage) => void;
	missed: () => void;
	status: (status: LineStatus) => void;
}

interface Shared {
	socket: LiveSocket;
	listeners: Set<Listener>;
	/** Of the end, when the last one has gone: a page that follows may need it again. */
	timer: number;
}

const LINGER_MS = 2000;
const shared = new Map<string, Shared>();

const connect = (path: string): SocketLike =>
	new WebSocket(new URL(path, location.href.replace(/^http/, 'ws'))) as SocketLike;

function open(path: string): Shared {
	const listeners = new Set<Listener>();
	const each = (work: (listener: Listener) => void) => [...listeners].forEach(work);
	const socket = new LiveSocket(
		path,
		{
			heard: (message) => each((listener) => listener.heard(message)),
			missed: () => each((listener) => listener.missed()),
			status: (status) => each((listener) => listener.status(status)),
		},
		connect,
	);
	const entry = { socket, listeners, timer: 0 };
	shared.set(path, entry);
	return entry;
}

function listen(path: string, listener: Listener): () => void {
	const entry = shared.get(path) ?? open(path);
	window.clearTimeout(entry.timer);
	entry.listeners.add(listener);
	listener.status(entry.socket.status);
	return () => {
		entry.listeners.delete(listener);
		if (entry.listeners.size > 0) return;
		entry.timer = window.setTimeout(() => {
			entry.socket.close();
			shared.delete(path);
		}, LINGER_MS);
	};
}

/* The network is back, or somebody looks again: there is no reason to wait. */
const retryAll = () => shared.forEach(({ socket }) => socket.status.state === 'lost' && socket.retry());
addEventListener('online', retryAll);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && retryAll());

/** Listens at an address of the server's, as long as the component is there; null: nowhere. `missed` is told when the
 * line was away and the server no longer knows what happened meanwhile. */
export function useLive(path: string | null, heard: (message: LiveMessage) => void, missed: () => void): Line {
	const [status, setStatus] = useState<LineStatus>({ state: 'connecting', retryAt: null });
	const onHeard = useEffectEvent(heard);
	const onMissed = useEffectEvent(missed);
	useEffect(() => {
		if (path === null) return;
		return listen(path, { heard: (message) => onHeard(message), missed: () => onMissed(), status: setStatus });
	}, [path]);
	return { ...status, retry: () => (path === null ? undefined : shared.get(path)?.socket.retry()) };
}
