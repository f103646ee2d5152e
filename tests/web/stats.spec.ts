import { readFile } from 'node:fs/promises';
import { expect, test, type Named, type Ogma } from './ogma';

interface Totals {
	totals: { heard_ms: number; plays: number };
}

/** A whole listening, as a player reports it; the rule counts it. */
async function listen(ogma: Ogma, track: Named): Promise<void> {
	await ogma.send('POST', '/analytics/listen', {
		track_id: track.id,
		action: 'complete',
		duration_played_ms: track.duration_ms,
		source: 'album',
		platform: 'web',
		device_type: 'desktop',
	});
}

/** One over thirty seconds, which may count as a play. */
async function longTrack(ogma: Ogma): Promise<Named> {
	const tracks = await ogma.list('/tracks/?limit=100');
	const track = tracks.find(({ duration_ms: length }) => length > 31_000);
	expect(track, 'a track over 30 s').toBeDefined();
	return track!;
}

const heard = async (ogma: Ogma, id: number) => (await ogma.send<Totals>('GET', `/analytics/user/${id}`)).totals;

test('a listener sees their statistics after playing', async ({ ogma }) => {
	await ogma.signUp();
	const { id } = await ogma.send<{ id: number }>('GET', '/auth/me');
	await ogma.open('/me/stats');
	await expect(ogma.page.getByRole('heading', { name: 'Nothing heard in these days' })).toBeVisible();

	const { album, tracks } = await ogma.album();
	await ogma.playAlbum(album);
	await ogma.expectPlaying(tracks[0]!.title);
	await ogma.page.keyboard.press('k');
	await expect.poll(async () => (await heard(ogma, id)).heard_ms, { timeout: 20_000 }).toBeGreaterThan(0);

	const track = await longTrack(ogma);
	await listen(ogma, track);
	await expect.poll(async () => (await heard(ogma, id)).plays, { timeout: 20_000 }).toBeGreaterThan(0);
	await ogma.open('/me/stats');
	const top = ogma.page.getByRole('region', { name: 'Most heard' });
	await expect(top.getByRole('link', { name: track.title })).toBeVisible();
	await expect(ogma.page.getByText('1 day', { exact: true }).first()).toBeVisible();
	await expect(ogma.page.locator('canvas').first()).toBeVisible();

	await ogma.page.getByText('7 days', { exact: true }).click();
	await expect(ogma.page).toHaveURL(/range=7/);
	await ogma.page.getByRole('button', { name: 'Time heard: show as a table' }).click();
	const numbers = ogma.page.getByRole('region', { name: 'Time heard' }).getByRole('table');
	await expect(numbers.getByRole('row')).toHaveCount(8);
});

test('the picture of a year is saved as a PNG of its size', async ({ ogma }) => {
	await ogma.signUp();
	const track = await longTrack(ogma);
	await listen(ogma, track);
	const year = new Date().getUTCFullYear();
	await expect
		.poll(async () => (await ogma.send<{ plays: number }>('GET', `/me/recap?year=${year}`)).plays, { timeout: 20_000 })
		.toBe(1);
	await ogma.open(`/me/recap/${year}`);
	const [file] = await Promise.all([
		ogma.page.waitForEvent('download'),
		ogma.page.getByRole('button', { name: 'Save picture' }).click(),
	]);
	expect(file.suggestedFilename()).toBe(`ogma-${year}.png`);
	const bytes = await readFile(await file.path());
	expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
	expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1080, 1920]);
	expect(bytes.length).toBeGreaterThan(20_000);
});

test('what was heard shows in the charts of everybody and in the artist’s own numbers', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	const track = await longTrack(ogma);
	await listen(ogma, track);
	await ogma.open('/trends');
	await expect(ogma.page.getByRole('list', { name: 'Tracks' }).getByRole('link', { name: track.title })).toBeVisible({
		timeout: 20_000,
	});
	const { artist_id: artist } = await ogma.ask<{ artist_id: number }>(`/tracks/${track.id}`);
	await ogma.open(`/artists/${artist}`);
	await ogma.page.locator('main').getByRole('link', { name: 'Statistics' }).click();
	await expect(ogma.page).toHaveURL(new RegExp(`/artists/${artist}/dashboard`));
	await ogma.page.getByRole('rowheader').getByRole('link', { name: track.title }).click();
	await expect(ogma.page.getByRole('heading', { name: track.title, level: 1 })).toBeVisible();
});
