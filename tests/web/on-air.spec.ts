/* Channels on the air: who listens, and who watches over it all. */
import { made, started } from './channels';
import { another, expect, test } from './ogma';

test('a listener hears a channel, and sees its track change without a reload', async ({ ogma, browser }) => {
	const { channel, titles } = await started(ogma, 3);
	const listener = await another(ogma, browser);
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
