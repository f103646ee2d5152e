/* Files that are sent from the page, to a server of their own that is killed on the way. */
import type { Page } from '@playwright/test';
import { expect, Ogma, test } from './ogma';
import { serveApart, type Serving } from './server';

let serving: Serving;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
	serving = await serveApart({});
});
test.afterAll(async () => {
	await serving.stop();
});

/** Drops WAV files of noise onto the page, wherever it is. */
async function dropMusic(page: Page, names: string[], seconds: number): Promise<void> {
	await page.evaluate(
		([list, length]) => {
			const bytes = length * 176_400;
			const transfer = new DataTransfer();
			for (const [seed, name] of list.entries()) {
				const file = new DataView(new ArrayBuffer(44 + bytes));
				[0x52494646, 0, 0x57415645, 0x666d7420].forEach((word, at) => file.setUint32(at * 4, word));
				file.setUint32(4, 36 + bytes, true);
				file.setUint32(16, 16, true);
				file.setUint32(20, 0x0002_0001, true);
				file.setUint32(24, 44_100, true);
				file.setUint32(28, 176_400, true);
				file.setUint32(32, 0x0010_0004, true);
				file.setUint32(36, 0x64617461);
				file.setUint32(40, bytes, true);
				for (let at = 44, noise = seed + 1; at < file.byteLength; at += 4) {
					noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) | 0;
					file.setInt32(at, noise >> 3, true);
				}
				transfer.items.add(new File([file], name, { type: 'audio/wav' }));
			}
			for (const type of ['dragover', 'drop'])
				document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
		},
		[names, seconds] as const,
	);
}

const rows = (page: Page, stage: string) => page.locator(`main li[data-stage=${stage}]`);

test('two files dropped anywhere go on after the server was killed in the middle, and both play', async ({ page }) => {
	const ogma = new Ogma(page, serving.url);
	await ogma.signInAsKeeper();
	await ogma.open('/albums');
	/* As slow as the way to many a server. */
	const session = await page.context().newCDPSession(page);
	const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 8 << 20 };
	await session.send('Network.emulateNetworkConditions', slow);
	await dropMusic(page, ['First noise.wav', 'Second noise.wav'], 90); // 16 MB each
	await expect(page).toHaveURL(/\/upload$/);
	await expect(page.getByRole('heading', { name: 'Upload', level: 1 })).toBeVisible();
	const all = page.getByRole('progressbar', { name: 'All files' });
	await expect.poll(async () => Number(await all.getAttribute('aria-valuenow'))).toBeGreaterThan(40);
	await serving.kill();
	await expect(rows(page, 'lost')).toHaveCount(2);
	await serving.start();
	await expect(rows(page, 'done')).toHaveCount(2, { timeout: 30_000 });
	await expect(page.getByText('2 of 2 files')).toBeVisible();
	for (const title of ['First noise', 'Second noise']) {
		await page.getByRole('list', { name: 'Files' }).getByRole('link', { name: title }).click();
		await page.getByRole('button', { name: `Play ${title}` }).first().click();
		await ogma.expectPlaying(title);
		await page.goBack();
	}
	await session.detach();
});

test('uploads are paused and gone on with, refused ones say why, and what is no music is left out', async ({ page }) => {
	const ogma = new Ogma(page, serving.url);
	await ogma.signInAsKeeper();
	await ogma.open('/upload');
	const session = await page.context().newCDPSession(page);
	const network = { offline: false, latency: 0, downloadThroughput: -1 };
	await session.send('Network.emulateNetworkConditions', { ...network, uploadThroughput: 1 << 20 });
	await dropMusic(page, ['Paused.wav'], 40);
	await page.getByRole('button', { name: 'Pause Paused.wav' }).click();
	await expect(rows(page, 'paused')).toContainText('Paused at');
	await session.detach();
	await page.getByRole('button', { name: 'Resume Paused.wav' }).click();
	await expect(rows(page, 'done')).toHaveCount(1, { timeout: 20_000 });
	await page.locator('input[data-files]').setInputFiles([
		{ name: 'fake.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('<!doctype html><html></html>') },
		{ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') },
	]);
	await expect(page.getByText('1 file is no music and was left out.')).toBeVisible();
	await expect(rows(page, 'failed')).toContainText('web page');
	await page.getByLabel('Address of an audio file').fill('http://127.0.0.1:9/song.mp3');
	await page.getByRole('button', { name: 'Fetch it' }).click();
	const latest = page.getByRole('list', { name: 'Latest uploads' });
	await expect(latest.getByRole('listitem').filter({ hasText: 'song.mp3' })).toContainText('not on the public Internet');
	await latest.getByRole('button', { name: 'Remove song.mp3' }).click();
	await expect(latest.getByText('song.mp3')).toBeHidden();
});

test('listeners find neither the page nor a way to it', async ({ ogma }) => {
	await ogma.signUp();
	await ogma.open('/upload');
	await expect(ogma.page.getByRole('heading', { name: 'This page is not for you' })).toBeVisible();
	await expect(ogma.page.getByRole('button', { name: 'Choose files' })).toBeHidden();
	await expect(ogma.page.getByRole('link', { name: 'Upload' })).toBeHidden();
});
