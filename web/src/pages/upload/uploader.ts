/* What is on its way to the server: a few files at a time, by tus, so that each goes on where it broke off: after a lost
 * connection by itself, after the page was closed when the same file is chosen again. It lives on while other pages are
 * looked at. */
import { DetailedError, Upload as Tus } from 'tus-js-client';
import { create } from 'zustand';
import { ownHeaders } from '../../api/client';
import type { Track } from '../../api/types';
import { forgetUpload, getUpload, isOver, UPLOADS, type Words } from '../../api/uploads';
import { isMusic, type Chosen } from './files';

/** lost: waits for the server to be there again. working: all is sent, the server reads it. */
export type Stage = 'waiting' | 'sending' | 'lost' | 'paused' | 'working' | 'done' | 'failed';

export interface Entry {
	key: number;
	name: string;
	size: number;
	sent: number;
	stage: Stage;
	reason: string | null;
	track: Track | null;
}

interface Store {
	entries: Entry[];
	/** How many of what was chosen is no music. */
	passedOver: number;
}

const AT_ONCE = 3;
const RETRY_MS = [0, 500, 1000, 2000, 4000, ...Array<number>(200).fill(8000)];
const LOOK_MS = [200, 400, 800, 1500, 3000];
const PIECE_BYTES = 64 << 20;

export const useUploader = create<Store>(() => ({ entries: [], passedOver: 0 }));

const senders = new Map<number, Tus>();
let serial = 0;

const entryOf = (key: number): Entry | undefined => useUploader.getState().entries.find((one) => one.key === key);

function change(key: number, what: Partial<Entry>): void {
	useUploader.setState(({ entries }) => ({
		entries: entries.map((one) => (one.key === key ? { ...one, ...what } : one)),
	}));
}

/* ---- one file ---- */

const idOf = (sender: Tus | undefined): number => Number(/\/(\d+)$/.exec(sender?.url ?? '')?.[1] ?? 0);

/** The server reads the file: what it becomes. */
async function watch(key: number, id: number): Promise<void> {
	for (let look = 0; entryOf(key); look += 1) {
		await new Promise((later) => setTimeout(later, LOOK_MS[Math.min(look, LOOK_MS.length - 1)]));
		const upload = await getUpload(id).catch(() => null);
		if (!upload || !isOver(upload)) continue;
		change(key, {
			stage: upload.state === 'done' ? 'done' : 'failed',
			reason: upload.reason,
			track: upload.track,
		});
		return;
	}
}

const statusOf = (error: Error | DetailedError): number =>
	error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;

function reasonOf(error: Error | DetailedError): string {
	const text = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined;
	try {
		const body = JSON.parse(text ?? '') as { message?: string; details?: { reason?: string } | null };
		return body.details?.reason ?? body.message ?? error.message;
	} catch {
		return error.message;
	}
}

/** The server is away or busy, another request still has the upload, or too many are on their way. */
const mayPass = (status: number) => status === 0 || status >= 500 || [409, 423, 429].includes(status);

function senderOf(key: number, chosen: Chosen, batch: string, words: Words): Tus {
	const metadata: Record<string, string> = { filename: chosen.file.name, relativePath: chosen.path, batch };
	if (words.album) metadata.album = words.album;
	if (words.artist) metadata.artist = words.artist;
	const sender: Tus = new Tus(chosen.file, {
		endpoint: UPLOADS,
		metadata,
		chunkSize: PIECE_BYTES,
		retryDelays: RETRY_MS,
		removeFingerprintOnSuccess: true,
		onBeforeRequest: (request) => {
			for (const [name, value] of Object.entries(ownHeaders(request.getMethod()))) request.setHeader(name, value);
		},
		onShouldRetry: (error) => {
			const again = mayPass(statusOf(error));
			if (again && entryOf(key)?.stage === 'sending') change(key, { stage: 'lost' });
			return again;
		},
		onProgress: (sent) => {
			const stage = entryOf(key)?.stage;
			if (stage === 'sending' || stage === 'lost') change(key, { sent, stage: 'sending' });
		},
		onError: (error) => {
			change(key, { stage: 'failed', reason: reasonOf(error) });
			next();
		},
		onSuccess: () => {
			change(key, { stage: 'working', sent: chosen.file.size });
			void watch(key, idOf(sender));
			next();
		},
	});
	return sender;
}

async function start(key: number): Promise<void> {
	const sender = senders.get(key)!;
	change(key, { stage: 'sending', reason: null });
	if (!sender.url) {
		const [before] = await sender.findPreviousUploads().catch(() => []);
		if (before) sender.resumeFromPreviousUpload(before);
	}
	/* Somebody may have paused or removed it meanwhile. */
	if (entryOf(key)?.stage === 'sending') sender.start();
}

function next(): void {
	const { entries } = useUploader.getState();
	const busy = entries.filter(({ stage }) => stage === 'sending' || stage === 'lost').length;
	for (const { key } of entries.filter(({ stage }) => stage === 'waiting').slice(0, Math.max(0, AT_ONCE - busy)))
		void start(key);
}

/* ---- what people do ---- */

const batchName = (): string =>
	Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join('');

export function addFiles(chosen: Chosen[], words: Words): void {
	const batch = batchName();
	const music = chosen.filter(({ path }) => isMusic(path));
	const entries = music.map((one): Entry => {
		serial += 1;
		senders.set(serial, senderOf(serial, one, batch, words));
		return {
			key: serial,
			name: one.path,
			size: one.file.size,
			sent: 0,
			stage: 'waiting',
			reason: null,
			track: null,
		};
	});
	useUploader.setState((before) => ({
		entries: [...before.entries, ...entries],
		passedOver: chosen.length - music.length,
	}));
	next();
}

export function pause(key: number): void {
	change(key, { stage: 'paused' });
	void senders.get(key)?.abort();
	next();
}

/** Goes on, or tries again what failed. */
export function resume(key: number): void {
	change(key, { stage: 'waiting', reason: null });
	next();
}

export function remove(key: number): void {
	const sender = senders.get(key);
	const stage = entryOf(key)?.stage;
	useUploader.setState(({ entries }) => ({ entries: entries.filter((one) => one.key !== key) }));
	senders.delete(key);
	if (stage !== 'done' && stage !== 'working') {
		void sender?.abort();
		if (idOf(sender)) void forgetUpload(idOf(sender)).catch(() => undefined);
	}
	next();
}

const ON_ITS_WAY: Stage[] = ['waiting', 'sending', 'lost'];
export const isOnItsWay = ({ stage }: Entry): boolean => ON_ITS_WAY.includes(stage);

const all = (test: (entry: Entry) => boolean, act: (key: number) => void) =>
	useUploader
		.getState()
		.entries.filter(test)
		.forEach(({ key }) => act(key));

export const pauseAll = (): void => all(isOnItsWay, pause);
export const resumeAll = (): void => all(({ stage }) => stage === 'paused', resume);
export const clearOver = (): void => all(({ stage }) => stage === 'done' || stage === 'failed', remove);
