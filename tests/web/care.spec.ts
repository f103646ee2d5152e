/* Looking after the library. */
import { expect, test, type Ogma } from './ogma';

interface Job {
	id: number;
	finished_at: string | null;
}

const row = (ogma: Ogma, name: string) => ogma.page.getByRole('row').filter({ hasText: name });

/** The rules have looked at what was changed until now. */
async function looked(ogma: Ogma): Promise<void> {
	const { id } = await ogma.send<Job>('POST', '/schedules/cleanup/run');
	await expect.poll(async () => (await ogma.send<Job>('GET', `/jobs/${id}`)).finished_at).not.toBeNull();
}

test('a title is tidied up, and its old form comes back', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	const [track] = await ogma.list('/tracks/?limit=1&sort=-created_at');
	const untidy = `${track!.title} (Official Video)`;
	await ogma.send('PUT', `/tracks/${track!.id}`, { title: untidy });
	await looked(ogma);

	await ogma.open('/admin/cleanup?rule=promotion');
	const line = row(ogma, track!.title);
	await expect(line.locator('del')).toHaveText('␣(Official␣Video)');
	await line.getByRole('button', { name: /^Accept:/ }).click();
	await expect(ogma.page.getByText('Nothing to tidy up here')).toBeVisible();
	expect((await ogma.send<{ title: string }>('GET', `/tracks/${track!.id}`)).title).toBe(track!.title);

	await ogma.page.getByLabel('State').selectOption({ label: 'Accepted' });
	await expect(line).toBeVisible();
	const { name, rows } = await ogma.savedList();
	expect(name).toBe('ogma-cleanup.csv');
	expect(rows.filter((one) => one.includes(`,promotion,track,${track!.id},`))).toHaveLength(1);
	await line.getByRole('button', { name: 'Undo' }).click();
	await expect.poll(async () => (await ogma.send<{ title: string }>('GET', `/tracks/${track!.id}`)).title).toBe(untidy);
	await ogma.send('DELETE', `/tracks/${track!.id}/edits`);
});

test('a number of the data quality leads to the tracks it counts', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	const [track] = await ogma.list('/tracks/?limit=1&sort=-created_at');
	await ogma.send('PUT', `/tracks/${track!.id}`, { genres: [] });
	await ogma.open('/admin/quality');
	await expect(ogma.page.getByText(/^The search knows all/)).toBeVisible();
	await ogma.page.getByRole('link', { name: /Tracks without a genre/ }).click();
	await expect(ogma.page.getByRole('link', { name: track!.title, exact: true })).toHaveAttribute('href', `/tracks/${track!.id}`);
	const saved = await ogma.savedList();
	expect(saved.name).toBe('ogma-tracks-without-genre.csv');
	expect(saved.rows.some((one) => one.startsWith(`${track!.id},track,`))).toBe(true);
	await ogma.send('DELETE', `/tracks/${track!.id}/edits`);
});

/** A red square; what the server keeps of it is a JPEG. */
const PICTURE = {
	name: 'red.png',
	mimeType: 'image/png',
	buffer: Buffer.from(
		'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP4z8CAFTEMLQkAKP8/wc53yE8AAAAASUVORK5CYII=',
		'base64',
	),
};

test('an album gets another cover, and its files’ one again', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	const { album } = await ogma.album(3);
	const coverOf = async () => (await ogma.send<{ cover_url: string | null }>('GET', `/albums/${album.id}`)).cover_url;
	const before = await coverOf();
	await ogma.open(`/admin/albums?q=${encodeURIComponent(album.title)}`);
	await row(ogma, album.title).getByRole('button', { name: /^Actions for/ }).first().click();
	await ogma.page.getByRole('menuitem', { name: 'Edit' }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.locator('input[type=file]').setInputFiles(PICTURE);
	await expect.poll(coverOf).not.toBe(before);
	expect(await coverOf()).not.toBeNull();
	await dialog.getByRole('button', { name: 'As in the files' }).click();
	await expect.poll(coverOf).toBe(before);
});

test('a playlist gets a cover of its own', async ({ ogma }) => {
	await ogma.signUp();
	const { id } = await ogma.send<{ id: number }>('POST', '/playlists', { title: 'With a picture' });
	await ogma.open(`/playlists/${id}`);
	await ogma.page.locator('main header').getByRole('button', { name: /^More for/ }).click();
	await ogma.page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
	await ogma.page.getByRole('dialog').locator('input[type=file]').setInputFiles(PICTURE);
	const coverOf = async () => (await ogma.send<{ cover_url: string | null }>('GET', `/playlists/${id}`)).cover_url;
	await expect.poll(coverOf).not.toBeNull();
	await expect(ogma.page.getByRole('dialog').getByRole('button', { name: 'Remove' })).toBeVisible();
});
