/* Channels on the air: who listens, and who watches over it all. */
import type { Browser } from '@playwright/test';
import { expect, Ogma, test, type Named } from './ogma';

interface Channel {
	id: number;
	title: string;
	state: string;
}

let serial = 0;

/** Tracks of different titles that are long enough not to end by themselves meanwhile. */
async function some(ogma: Ogma, count: number): Promise<Named[]> {
	const seen = new Set<string>();
	const all = (await ogma.list('/tracks/?limit=100'))
		.sort((a, b) => b.duration_ms - a.duration_ms)
		.filter(({ title }) => !seen.has(title) && seen.add(title));
	expect(all.length).toBeGreaterThanOrEqual(count);
	return all.slice(0, count);
}

async function put(ogma: Ogma, channel: Channel, track: Named, priority = false): Promise<void> {
	const item = { title: track.title, source: 'track', track_id: track.id, priority };
	await ogma.send('POST', `/queue/${channel.id}/items`, item);
}

/** A channel of the keeper's with some tracks in its queue, not started. */
async function made(ogma: Ogma, count: number, more: object = {}) {
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

async function started(ogma: Ogma, count: number, more: object = {}) {
	const all = await made(ogma, count, more);
	await ogma.send('POST', `/channels/${all.channel.id}/start`);
	return all;
}

/** Somebody else, at another computer. */
async function another(browser: Browser): Promise<Ogma> {
	const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
	return new Ogma(await context.newPage());
}

test('a listener hears a channel, and sees its track change without a reload', async ({ ogma, browser }) => {
	const { channel, titles } = await started(ogma, 3);
	const listener = await another(browser);
	await listener.open(`/radio/${channel.id}`);
	const now = listener.page.getByRole('region', { name: 'Now playing' });
	await expect(now.getByText(titles[0]!, { exact: true })).toBeVisible();
	await listener.page
		.locator('main')
		.getByRole('button', { name: `Listen to ${channel.title}` })
		.click();
	await expect(listener.page.locator('[data-live=playing]')).toBeVisible({ timeout: 15_000 });
	await ogma.send('POST', `/queue/${channel.id}/skip`);
	await expect(now.getByText(titles[1]!, { exact: true })).toBeVisible();
	await expect(listener.player().getByText(new RegExp(titles[1]!.replace(/[^\p{L}\p{N} ]/gu, '.')))).toBeVisible();
	await expect(
		listener.page.getByRole('region', { name: 'What was on' }).getByText(titles[0]!, { exact: true }),
	).toBeVisible();
	await listener.page.context().close();
});

test('a track that is put on takes the player back from a channel', async ({ ogma }) => {
	const { channel } = await started(ogma, 2);
	const { album } = await ogma.album(1);
	await ogma.open(`/radio/${channel.id}`);
	await ogma.page
		.locator('main')
		.getByRole('button', { name: `Listen to ${channel.title}` })
		.click();
	await expect(ogma.page.locator('[data-live]')).toBeVisible();
	await ogma.page.getByRole('link', { name: 'Albums' }).first().click();
	await ogma.page.locator(`main a[href="/albums/${album.id}"]`).first().click();
	await ogma.page.locator('main ol [data-result]').first().click();
	await expect(ogma.page.locator('[data-live]')).toHaveCount(0);
	await expect(ogma.seekBar()).toBeVisible();
});

test('the monitoring page shows a channel as soon as it starts, and that it stopped', async ({ ogma }) => {
	const { channel } = await made(ogma, 2);
	await ogma.open('/monitoring');
	await expect(ogma.page.locator('[data-line=open]')).toBeVisible();
	const streams = ogma.page.getByRole('region', { name: 'On the air' });
	await expect(streams.getByText(channel.title)).toHaveCount(0);
	await ogma.send('POST', `/channels/${channel.id}/start`);
	await expect(streams.getByText(channel.title)).toBeVisible();
	await ogma.send('POST', `/channels/${channel.id}/stop`);
	await expect(streams.getByText(channel.title)).toHaveCount(0);
});
