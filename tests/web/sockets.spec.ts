/* The browser's own WebSocket against a real server. */
import { expect, test } from './ogma';

interface Heard {
	extensions: string;
	messages: { type?: string; event?: string; data: { code?: string } }[];
	code: number;
}

/** What a page of ours hears there until `count` messages have come or the socket has closed. */
const hear = ([path, count]: [string, number]) =>
	new Promise<Heard>((resolve) => {
		const socket = new WebSocket(new URL(path, location.href.replace(/^http/, 'ws')));
		const messages: Heard['messages'] = [];
		socket.onopen = () => socket.send('ping');
		socket.onmessage = ({ data }) => {
			messages.push(JSON.parse(String(data)));
			if (messages.length === count) socket.close(1000);
		};
		socket.onclose = ({ code }) => resolve({ extensions: socket.extensions, messages, code });
	});

test('a page hears events, packed, and leaves in good order', async ({ ogma }) => {
	await ogma.page.goto(`${ogma.url}/health`);
	const heard = await ogma.page.evaluate(hear, ['/ws/stats?events=error', 2] as [string, number]);
	expect(heard.extensions).toContain('permessage-deflate');
	expect(heard.messages.map(({ type }) => type)).toEqual(['connected', 'pong']);
	expect(heard.code).toBe(1000);
});

test('a page learns why it may not listen', async ({ ogma }) => {
	await ogma.page.goto(`${ogma.url}/health`);
	const heard = await ogma.page.evaluate(hear, ['/api/ws/monitoring', 5] as [string, number]);
	expect(heard.messages.map(({ data }) => data.code)).toEqual(['authentication_required']);
	expect(heard.code).toBe(1008);
});

test('the keeper hears the load of the server by the cookie alone', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	await ogma.page.goto(`${ogma.url}/health`);
	const heard = await ogma.page.evaluate(hear, ['/api/ws/monitoring?events=system_alert', 2] as [string, number]);
	expect(heard.messages.map(({ event }) => event)).toEqual(['connected', 'pong']);
});
