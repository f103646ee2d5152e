/* The operators' console of a channel: who else edits, who comes in live, who listens. */
import { made, rows, shown, started, stored } from './channels';
import { another, expect, test } from './ogma';

test('two operators edit one queue at once, and no edit is lost', async ({ ogma, browser }) => {
	const { channel, titles } = await made(ogma, 6);
	const other = await another(ogma, browser);
	await other.signInAsKeeper();
	for (const one of [ogma, other]) {
		await one.open(`/radio/${channel.id}/console`);
		await expect(one.page.locator('[data-line=open]')).toBeVisible();
		await expect(rows(one.page)).toHaveCount(6);
	}
	const move = (one: typeof ogma, title: string, key: string) =>
		one.page.getByRole('button', { name: `Move ${title}`, exact: true }).press(key);
	await Promise.all([move(ogma, titles[5]!, 'Home'), move(other, titles[1]!, 'ArrowDown')]);
	const moved = [titles[5], titles[0], titles[2], titles[1], titles[3], titles[4]];
	await expect.poll(() => stored(ogma, channel)).toEqual(moved);
	const take = async (one: typeof ogma, title: string) => {
		await one.page.getByRole('button', { name: `More for ${title}`, exact: true }).click();
		await one.page.getByRole('menuitem', { name: 'Remove from the queue' }).click();
	};
	await Promise.all([take(ogma, titles[2]!), take(other, titles[3]!)]);
	const left = [titles[5], titles[0], titles[1], titles[4]];
	await expect.poll(() => stored(ogma, channel)).toEqual(left);
	for (const one of [ogma, other]) await expect.poll(() => shown(one.page)).toEqual(left);
	await other.page.context().close();
	/* this server has no account at Telegram: that is said, and the row goes away again */
	const add = ogma.page.getByRole('region', { name: 'Put on' });
	await add.getByRole('radio', { name: 'Address' }).check({ force: true });
	await add.getByRole('textbox', { name: 'Address' }).fill('https://t.me/music/5');
	await expect(add.getByRole('combobox', { name: 'What it is' })).toHaveValue('telegram');
	await add.getByRole('button', { name: 'Add' }).click();
	await expect(ogma.page.getByRole('status').filter({ hasText: 'Telegram is not configured' })).toBeAttached();
	await expect.poll(() => shown(ogma.page)).toEqual(left);
});

test('a DJ is let in at some hours, shut out, and removed', async ({ ogma }) => {
	const { channel } = await made(ogma, 0);
	const { page } = ogma;
	await ogma.open(`/radio/${channel.id}/console/djs`);
	await expect(page.getByRole('textbox', { name: 'Mount point' })).toHaveValue(`/live/${channel.id}`);
	await page.getByRole('button', { name: 'New DJ' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Name').fill('brigid');
	await dialog.getByLabel('Password', { exact: true }).fill('short');
	await dialog.getByRole('button', { name: 'Add' }).click();
	await expect(dialog.getByText('At least 8 characters')).toBeVisible();
	await dialog.getByLabel('Password', { exact: true }).fill('flames of the well');
	await dialog.getByRole('checkbox', { name: 'Monday' }).uncheck({ force: true });
	await dialog.getByLabel('From').fill('22:00');
	await dialog.getByLabel('To', { exact: true }).fill('02:00');
	await dialog.getByRole('button', { name: 'Add' }).click();
	await expect(dialog.getByText('brigid may come in now.')).toBeVisible();
	await dialog.getByRole('button', { name: 'Close' }).last().click();
	const djs = async () => (await ogma.send<{ items: object[] }>('GET', `/channels/${channel.id}/djs`)).items;
	const wanted = {
		username: 'brigid',
		enabled: true,
		weekdays: [2, 3, 4, 5, 6, 7],
		starts_at: '22:00',
		ends_at: '02:00',
	};
	expect(await djs()).toMatchObject([wanted]);
	await expect(page.getByText('22:00 to 02:00')).toBeVisible();
	await page.getByRole('switch', { name: 'brigid may come in' }).click();
	await expect.poll(djs).toMatchObject([{ enabled: false }]);
	await page.getByRole('button', { name: /brigid/ }).click();
	await page.getByRole('menuitem', { name: 'Delete' }).click();
	await dialog.getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText('No DJs.')).toBeVisible();
	expect(await djs()).toEqual([]);
});

test('an operator sees who listens, ends it for one, and finds them in the log', async ({ ogma }) => {
	const { channel } = await started(ogma, 2);
	const { page } = ogma;
	const away = new AbortController();
	const stream = await fetch(`${ogma.url}/live/${channel.id}.mp3`, {
		headers: { 'User-Agent': 'Harp/1.0' },
		signal: away.signal,
	});
	const sound = stream.body!.getReader();
	await sound.read();
	await ogma.open(`/radio/${channel.id}/console/listeners`);
	const now = page.getByRole('list', { name: 'Listening now' });
	await expect(now.getByText('Harp/1.0')).toBeVisible();
	await now.getByRole('button', { name: /^Disconnect/ }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
	await expect(page.getByText('Nobody at the moment.')).toBeVisible();
	const ended = (async () => {
		while (!(await sound.read()).done);
		return true;
	})().catch(() => true);
	expect(await ended).toBe(true);
	away.abort();
	type Listens = { items: { client: string | null }[] };
	const log = async () => (await ogma.send<Listens>('GET', `/channels/${channel.id}/listens`)).items;
	await expect.poll(log).toMatchObject([{ client: 'Harp/1.0' }]);
	await page.reload();
	const listened = page.getByRole('region', { name: 'Who listened' }).getByRole('row');
	await expect(listened.filter({ hasText: 'Harp/1.0' })).toHaveCount(1);
	const { name, rows } = await ogma.savedList();
	expect(name).toBe(`ogma-channel-${channel.id}-listens.csv`);
	expect(rows.join('\n')).toContain('Harp/1.0');
	await ogma.send('POST', `/channels/${channel.id}/stop`);
});

test('an administrator has a channel sent elsewhere, and the secret is never shown', async ({ ogma }) => {
	const { channel } = await made(ogma, 0);
	const { page } = ogma;
	await ogma.open(`/radio/${channel.id}/console/pushes`);
	await page.getByRole('button', { name: 'New address' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('To what').selectOption('icecast');
	await dialog.getByLabel('Address').fill('http://127.0.0.1:9');
	await dialog.getByRole('button', { name: 'Add' }).click();
	await expect(dialog.getByText('and a mount point, please')).toBeVisible();
	await dialog.getByLabel('Address').fill('http://127.0.0.1:9/amber.mp3');
	await dialog.getByLabel('Password', { exact: true }).fill('a word of the harp');
	await dialog.getByRole('button', { name: 'Add' }).click();
	await expect(page.getByText('http://127.0.0.1:9/amber.mp3', { exact: true })).toBeVisible();
	type Push = { has_secret: boolean; enabled: boolean; settings: { format: string; name: string | null } };
	const pushes = async () => (await ogma.send<{ items: Push[] }>('GET', `/channels/${channel.id}/pushes`)).items;
	expect(await pushes()).toMatchObject([{ has_secret: true, enabled: true, settings: { format: 'mp3', name: null } }]);

	await page.getByRole('button', { name: /^More for http/ }).click();
	await page.getByRole('menuitem', { name: 'Change…' }).click();
	await expect(dialog.getByLabel('Password', { exact: true })).toHaveValue('');
	await dialog.getByLabel('Name there').fill('Amber');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect.poll(pushes).toMatchObject([{ has_secret: true, settings: { name: 'Amber' } }]);
	await page.getByRole('switch', { name: /^Send to/ }).click();
	await expect.poll(pushes).toMatchObject([{ enabled: false }]);
	expect(await page.content()).not.toContain('a word of the harp');
	await page.getByRole('button', { name: /^More for http/ }).click();
	await page.getByRole('menuitem', { name: 'Delete' }).click();
	await dialog.getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText('It is sent nowhere else.')).toBeVisible();
	expect(await pushes()).toEqual([]);
});
