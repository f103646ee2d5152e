/* The player's own account of what was heard, told to the server: one Listening per track that sounds, its reports by
 * the outbox. Visitors are told apart by a session id of this tab only. */
import { onPlayerEvent } from './events';
import { Listening, type Teller } from './listening';
import { Outbox } from './outbox';
import { onPlayerTime, playerPosition, usePlayer } from './store';

const CLIENT = 'ogma-web 0.1';
const SESSION = 'ogma.session';

const randomId = () => crypto.getRandomValues(new Uint32Array(3)).reduce((text, part) => text + part.toString(36), '');

function sessionId(): string {
	try {
		const kept = sessionStorage.getItem(SESSION) ?? randomId();
		sessionStorage.setItem(SESSION, kept);
		return kept;
	} catch {
		return randomId();
	}
}

function deviceType(): string {
	const agent = navigator.userAgent;
	if (/\b(SmartTV|TV;|Tizen|Web0S|webOS|BRAVIA)\b/i.test(agent)) return 'tv';
	if (/\b(iPad|Tablet)\b/.test(agent) || (/\bAndroid\b/.test(agent) && !/\bMobile\b/.test(agent))) return 'tablet';
	return /\b(Mobile|iPhone)\b/.test(agent) ? 'mobile' : 'desktop';
}

export function startReporting(): void {
	const outbox = new Outbox();
	/* Ids of this page's reports; a page of the same tab after a reload makes others. */
	const page = randomId();
	let serial = 0;
	const teller: Teller = {
		session_id: sessionId(),
		device_type: deviceType(),
		client: CLIENT,
		nextEventId: () => `${page}-${(serial += 1)}`,
		send: (report) => outbox.add(report),
	};
	let current: Listening | null = null;

	onPlayerEvent((event) => {
		if (event.kind === 'seek') {
			current?.seek(event.fromMs, event.toMs);
			return;
		}
		current?.finish(event.kind === 'end' && event.natural);
		current = event.kind === 'begin' ? new Listening(event.item, event.positionMs, new Date(), teller) : null;
	});
	onPlayerTime(() => {
		if (usePlayer.getState().wantsPlay) current?.tick(playerPosition());
	});
	usePlayer.subscribe((state, before) => {
		if (before.wantsPlay && !state.wantsPlay) current?.pause();
	});
	/* Leaving: what was heard up to here is a report of its own; if the page lives on, so does the listening. */
	const leave = () => {
		if (document.visibilityState === 'visible') return;
		current?.pause();
		outbox.flushNow();
	};
	document.addEventListener('visibilitychange', leave);
	addEventListener('pagehide', () => {
		current?.pause();
		outbox.flushNow();
	});
}
