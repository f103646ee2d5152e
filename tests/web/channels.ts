/* Channels of the keeper's for scenarios, and what is put into their queues. */
import type { Page } from '@playwright/test';
import { expect, type Named, type Ogma } from './ogma';

export interface Channel {
	id: number;
	title: string;
	state: string;
}

let serial = 0;

/** Tracks of different titles that are long enough not to end by themselves meanwhile. */
export async function some(ogma: Ogma, count: number): Promise<Named[]> {
	const seen = new Set<string>();
	const all = (await ogma.list('/tracks/?limit=100'))
		.sort((a, b) => b.duration_ms - a.duration_ms)
		.filter(({ title }) => !seen.has(title) && seen.add(title));
	expect(all.length).toBeGreaterThanOrEqual(count);
	return all.slice(0, count);
}

export async function put(ogma: Ogma, channel: Channel, track: Named, priority = false): Promise<void> {
	const item = { title: track.title, source: 'track', track_id: track.id, priority };
	await ogma.send('POST', `/queue/${channel.id}/items`, item);
}

/** A channel of the keeper's with some tracks in its queue, not started. */
export async function made(ogma: Ogma, count: number, more: object = {}) {
	await ogma.signInAsKeeper();
	serial += 1;
	const channel = await ogma.send<Channel>('POST', '/channels', {
		title: `Channel ${process.pid}-${serial}`,
		is_public: true,
		...more,
	});
	const tracks = await some(ogma, count);
	for (const track of tracks) await put(ogma, channel, track);
	return { channel, tracks, titles: tracks.map(({ title }) => title) };
}

export async function started(ogma: Ogma, count: number, more: object = {}) {
	const all = await made(ogma, count, more);
	await ogma.send('POST', `/channels/${all.channel.id}/start`);
	return all;
}

/** Of the console's page. */
export const rows = (page: Page) => page.locator('main ol[aria-label="Queue"] > li');
export const shown = (page: Page) => rows(page).locator('p:first-child').allTextContents();

export const stored = async (ogma: Ogma, channel: Channel) =>
	(await ogma.send<{ items: Named[] }>('GET', `/queue/${channel.id}`)).items.map(({ title }) => title);
