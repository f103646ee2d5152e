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
	await ogma.send('DELETE', `/tracks/${track!.id}/edits`);
});
