/* Tracks that sound the same: compared, merged, taken apart. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectAccessible } from './accessibility';
import { expect, Ogma, test } from './ogma';
import { demoLibrary, serveApart, type Serving } from './server';

const music = mkdtempSync(join(tmpdir(), 'ogma-duplicates-'));
let server: Serving;

const encode = (from: string, to: string, ...options: string[]) =>
	execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', from, '-map', '0:a', ...options, join(music, to)]);

test.beforeAll(async () => {
	const album = join(demoLibrary(), 'Consort Vento/La Folia');
	const [theme, , lament] = readdirSync(album)
		.filter((name) => name.endsWith('.flac'))
		.sort()
		.map((name) => join(album, name));
	copyFileSync(theme!, join(music, 'theme.flac'));
	encode(theme!, 'theme.mp3', '-b:a', '128k');
	copyFileSync(lament!, join(music, 'lament.flac'));
	encode(lament!, 'lament.opus', '-b:a', '96k', '-metadata', 'title=Another Name');
	server = await serveApart({ ANALYSIS: 'yes', ANALYSIS_LOOK_SECONDS: '1' }, undefined, music);
});

test.afterAll(async () => {
	await server.stop();
	rmSync(music, { recursive: true, force: true });
});

interface Groups {
	items: { id: number }[];
}

test('duplicates are compared, the best of the sure ones is kept, and it is undone', async ({ page }) => {
	const ogma = new Ogma(page, server.url);
	await ogma.signInAsKeeper();
	const open = async () => (await ogma.send<Groups>('GET', '/duplicates')).items.length;
	await expect.poll(open, { timeout: 30_000 }).toBe(2);

	await ogma.open('/admin/duplicates');
	const sure = page.getByRole('region', { name: /Tema/ }).first();
	const unsure = page.getByRole('region', { name: /Lamento/ }).first();
	await expect(sure.getByText('Best: lossless')).toBeVisible();
	await expect(sure.getByText('Sure', { exact: true })).toBeVisible();
	await expect(unsure.getByText('Sure', { exact: true })).toHaveCount(0);
	await expect(sure.getByRole('row', { name: /^Format/ })).toContainText('FLACMP3');
	await expect(unsure.getByRole('row', { name: /^Title \(differs\)/ })).toContainText('Another Name');
	await expectAccessible(ogma, 'duplicates');

	await sure.getByRole('button', { name: /^Play: .*MP3/ }).click();
	await expect(ogma.player()).toBeVisible();

	/* By the keyboard alone. */
	await page.getByRole('button', { name: 'Keep the best of all sure ones' }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('dialog')).toContainText('Merge 1 sure group?');
	await page.getByRole('dialog').getByRole('button', { name: 'Keep the best of all sure ones' }).press('Enter');
	await expect(sure).toHaveCount(0);
	expect((await ogma.list('/tracks?limit=10')).map(({ title }) => title).sort()).toHaveLength(3);

	await unsure.getByRole('button', { name: 'Not duplicates' }).click();
	await expect(page.getByText('No duplicates were found')).toBeVisible();

	await page.getByText('Merged', { exact: true }).click();
	await expect(sure.getByText('Kept')).toBeVisible();
	await sure.getByRole('button', { name: 'Undo' }).click();
	await expect(page.getByText('Nothing was merged')).toBeVisible();
	expect(await open()).toBe(1);
	expect(await ogma.list('/tracks?limit=10')).toHaveLength(4);
});
