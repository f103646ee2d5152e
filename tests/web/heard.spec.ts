/* What comes of listening to the music: tracks that sound the same, tracks like one, genres nobody wrote; and of caring for
 * it: tags that go into files. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectAccessible } from './accessibility';
import { expect, Ogma, test, type Named } from './ogma';
import { demoLibrary, serveApart, type Serving } from './server';

const music = mkdtempSync(join(tmpdir(), 'ogma-heard-'));
const WORDS = 'Left hand, right hand\nand both of them';
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
	const minuet = join(demoLibrary(), 'Kantor 84/Well-Tempered Circuits/03 Minuet in G (Arcade).mp3');
	encode(minuet, 'minuet.mp3', '-t', '40', '-b:a', '128k', '-metadata', 'genre=', '-metadata', `lyrics=${WORDS}`);
	server = await serveApart({ ANALYSIS: 'yes', ANALYSIS_LOOK_SECONDS: '1', TAG_WRITE_BACK: 'yes' }, undefined, music);
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
	await expect.poll(open, { timeout: 45_000 }).toBe(2);

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
	expect((await ogma.list('/tracks?limit=10')).map(({ title }) => title).sort()).toHaveLength(4);

	await unsure.getByRole('button', { name: 'Not duplicates' }).click();
	await expect(page.getByText('No duplicates were found')).toBeVisible();

	await page.getByText('Merged', { exact: true }).click();
	await expect(sure.getByText('Kept')).toBeVisible();
	await sure.getByRole('button', { name: 'Undo' }).click();
	await expect(page.getByText('Nothing was merged')).toBeVisible();
	expect(await open()).toBe(1);
	expect(await ogma.list('/tracks?limit=10')).toHaveLength(5);
});

interface Heard extends Named {
	genre: string | null;
	genre_guess: { name: string; confidence: number } | null;
	reason: string;
}

async function minuetOf(ogma: Ogma): Promise<Heard> {
	const [found] = (await ogma.list('/tracks?limit=10')).filter(({ title }) => title.startsWith('Minuet'));
	return ogma.send<Heard>('GET', `/tracks/${found!.id}`);
}

test('"more like this" goes on with what sounds alike, and each says why', async ({ page }) => {
	const ogma = new Ogma(page, server.url);
	await ogma.signInAsKeeper();
	const { id, title } = await minuetOf(ogma);
	const alike = async () => (await ogma.send<{ items: Heard[] }>('GET', `/tracks/${id}/similar?limit=30`)).items;
	await expect.poll(async () => (await alike()).length, { timeout: 30_000 }).toBe(4);
	const items = await alike();

	await ogma.open(`/tracks/${id}`);
	const similar = page.getByRole('region', { name: 'Similar tracks' });
	await expect(similar.getByText(items[0]!.reason).first()).toBeVisible();
	expect(items[0]!.reason).not.toBe('');

	await ogma.open('/tracks');
	await page.getByRole('button', { name: `More for ${title}`, exact: true }).click();
	await page.getByRole('menuitem', { name: 'More like this' }).click();
	await ogma.expectPlaying(title);
	/* It has no cover: the lock screen shows the one that is drawn. */
	const artwork = await page.evaluate(async () => {
		const { status, headers } = await fetch(navigator.mediaSession.metadata!.artwork[0]!.src);
		return [status, headers.get('x-cover'), headers.get('content-type')];
	});
	expect(artwork).toEqual([200, 'drawn', 'image/jpeg']);
	await ogma.button('Pause').click();
	await ogma.open('/queue');
	expect(await ogma.queue()).toEqual([title, ...items.map((item) => item.title)]);
	const saved = async () => (await ogma.send<{ track_ids: number[] }>('GET', '/me/queue')).track_ids;
	await expect.poll(saved).toEqual([id, ...items.map((item) => item.id)]);
});

test('words without times are read beside the player and on the page', async ({ page }) => {
	const ogma = new Ogma(page, server.url);
	await ogma.signInAsKeeper();
	const { id, title } = await minuetOf(ogma);
	await ogma.open(`/tracks/${id}`);
	await expect(page.getByRole('region', { name: 'Lyrics' })).toContainText(WORDS);
	await page.getByRole('button', { name: `Play ${title}`, exact: true }).click();
	await ogma.expectPlaying(title);
	await ogma.button('Open the player').first().click();
	const sheet = page.getByRole('dialog', { name: 'Player' });
	await sheet.getByText('Lyrics', { exact: true }).click();
	await expect(sheet.getByText('Left hand, right hand and both of them')).toBeVisible();
	expect(await ogma.send('GET', `/tracks/${id}/lyrics`)).toMatchObject({ synced: false, text: WORDS });
});

test('a genre that was guessed becomes the track’s with one button', async ({ page }) => {
	const ogma = new Ogma(page, server.url);
	await ogma.signInAsKeeper();
	await expect.poll(async () => (await minuetOf(ogma)).genre_guess, { timeout: 30_000 }).not.toBeNull();
	const { id, genre_guess } = await minuetOf(ogma);
	const { name } = genre_guess!;
	await ogma.open(`/tracks/${id}`);
	await expect(page.getByText(`Sounds like ${name} (`)).toBeVisible();
	await page.getByRole('button', { name: `Take ${name} as its genre` }).click();
	await expect(page.getByText(`Sounds like ${name} (`)).toHaveCount(0);
	await expect(page.locator('main dl')).toContainText(name);
	expect(await minuetOf(ogma)).toMatchObject({ genre: name, genre_guess: null });
});

const file = join(music, 'minuet.mp3');
const tagOf = (name: string) =>
	execFileSync('ffprobe', ['-v', 'error', '-show_entries', `format_tags=${name}`, '-of', 'csv=p=0', file], {
		encoding: 'utf8',
	}).trim();

interface Write {
	state: string;
}

test('an edited title goes into the file, comes back to the byte, and is let go of', async ({ page }) => {
	const ogma = new Ogma(page, server.url);
	await ogma.signInAsKeeper();
	const { id, title } = await minuetOf(ogma);
	const before = readFileSync(file);
	const states = async () => (await ogma.send<{ items: Write[] }>('GET', '/tag-writes')).items.map(({ state }) => state);
	const decide = async (action: string) => {
		await line.getByRole('button', { name: action }).click();
		await page.getByRole('dialog').getByRole('button', { name: action }).click();
	};
	const line = page.getByRole('row').filter({ hasText: 'minuet.mp3' }).first();
	await ogma.send('PUT', `/tracks/${id}`, { title: 'Minuet for a file' });

	await ogma.open('/admin/tracks?q=Minuet');
	await page.getByLabel(/^Choose Minuet/).press('Space');
	await page.getByRole('button', { name: 'Write to files' }).click();
	await expect(page.getByRole('status')).toHaveText('The job that writes title, artist, album, genre, year and number is queued.');
	await expect.poll(async () => (await states())[0]).toBe('written');
	await ogma.open('/admin/files');
	await expect(line).toContainText('Written, original kept');
	await expect(line.locator('ins').first()).toContainText('for');
	await expectAccessible(ogma, 'tags in files');
	expect(tagOf('title')).toBe('Minuet for a file');
	await decide('Put');
	await expect.poll(states).toEqual(['undone']);
	await expect(line.getByRole('button')).toHaveCount(0);
	await expect(line.getByText('Put back', { exact: true })).toBeVisible();
	expect(readFileSync(file).equals(before)).toBe(true);
	expect((await minuetOf(ogma)).title).toBe('Minuet for a file');

	await ogma.send('POST', `/tracks/${id}/write-tags`);
	await page.reload();
	await decide('Let go');
	await expect.poll(states).toEqual(['confirmed', 'undone']);
	await expect(line.getByRole('button')).toHaveCount(0);
	await expect(line.getByText('Written', { exact: true })).toBeVisible();
	expect(tagOf('title')).toBe('Minuet for a file');
	await ogma.send('PUT', `/tracks/${id}`, { title });
});
