import { expect, test, type Ogma } from './ogma';

interface Account {
	id: number;
	username: string;
	role: string;
	status: string;
}

const accountOf = (ogma: Ogma, id: number) => ogma.send<Account>('GET', `/admin/api/users/${id}`);

/** A new account, seen by the keeper, who is signed in afterwards. */
async function newcomer(ogma: Ogma): Promise<Account> {
	const { username } = await ogma.signUp();
	const me = await ogma.send<Account>('GET', '/auth/me');
	await ogma.signOut();
	await ogma.signInAsKeeper();
	return { ...me, username };
}

const row = (ogma: Ogma, name: string) => ogma.page.getByRole('row').filter({ hasText: name });

test('an administrator gives somebody another role and finds it in the audit log', async ({ ogma }) => {
	const person = await newcomer(ogma);
	await ogma.open('/admin/users');
	await ogma.page.getByRole('searchbox', { name: 'Username, e-mail or Telegram number' }).fill(person.username);
	await expect(ogma.page).toHaveURL(/q=person/);
	await row(ogma, person.username).getByRole('link').click();
	await expect(ogma.page).toHaveURL(new RegExp(`/admin/users/${person.id}$`));
	await ogma.page.getByLabel('Role').selectOption({ label: 'Moderator' });
	await ogma.page.getByRole('button', { name: 'Save' }).click();
	await expect.poll(async () => (await accountOf(ogma, person.id)).role).toBe('moderator');

	await ogma.open(`/admin/audit?model_name=user&model_id=${person.id}`);
	await ogma.page.getByRole('button', { name: `Changed: user ${person.id}` }).click();
	const change = ogma.page.getByRole('dialog').getByRole('row').filter({ hasText: 'role' });
	await expect(change.locator('del')).toHaveText('user');
	await expect(change.locator('ins')).toHaveText('moderator');
	await expect(ogma.page.getByRole('dialog').getByText('keeper')).toBeVisible();
});

test('a moderator is refused the people and finds the music', async ({ ogma }) => {
	const person = await newcomer(ogma);
	await ogma.send('PATCH', `/admin/api/users/${person.id}`, { role: 'moderator' });
	await ogma.signOut();
	await ogma.signIn(person.username, 'chains of amber and gold');
	await ogma.open('/admin');
	await expect(ogma.page.getByRole('heading', { name: 'Tracks', level: 1 })).toBeVisible();
	await expect(ogma.page.locator('main').getByRole('link', { name: 'Genres' })).toBeVisible();
	await expect(ogma.page.locator('main').getByRole('link', { name: 'Users' })).toHaveCount(0);
	const [track] = await ogma.list('/tracks/?limit=1&sort=-created_at');
	await expect(ogma.page.getByRole('link', { name: track!.title }).first()).toBeVisible();
	await ogma.open('/admin/users');
	await expect(ogma.page.getByRole('heading', { name: 'This part is for administrators' })).toBeVisible();
	await expect(ogma.page.getByText('You are signed in as: Moderator.')).toBeVisible();
});

test('a listener is told that the administration is not for them', async ({ ogma }) => {
	await ogma.signUp();
	const asked: string[] = [];
	ogma.page.on('request', (request) => asked.push(request.url()));
	await ogma.open('/admin/users');
	await expect(ogma.page.getByRole('heading', { name: 'This page is not for you' }).first()).toBeVisible();
	expect(asked.filter((url) => url.includes('AdminPages'))).toEqual([]);
});

test('several are chosen with the keyboard alone and blocked at once', async ({ ogma }) => {
	const first = await newcomer(ogma);
	const second = await newcomer(ogma);
	await ogma.open('/admin/users');
	await expect(row(ogma, second.username)).toBeVisible();
	/* Newest first: the two of them are the first two rows. */
	await ogma.page.getByRole('checkbox', { name: `Choose ${second.username}` }).focus();
	await ogma.page.keyboard.press('Space');
	await ogma.page.keyboard.press('Shift+ArrowDown');
	await expect(ogma.page.getByRole('checkbox', { name: `Choose ${first.username}` })).toBeChecked();
	await expect(ogma.page.getByText('2 chosen')).toBeVisible();
	await ogma.page.getByRole('toolbar').getByRole('button', { name: 'Block' }).click();
	await ogma.page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
	await expect(row(ogma, first.username)).toContainText('Blocked');
	for (const { id } of [first, second]) expect((await accountOf(ogma, id)).status).toBe('blocked');
});

test('a list keeps its filter and order in the address, and is saved as it is shown', async ({ ogma }) => {
	const person = await newcomer(ogma);
	await ogma.open(`/admin/users?q=${person.username}&role=user`);
	await expect(row(ogma, person.username)).toBeVisible();
	await expect(ogma.page.getByLabel('Role')).toHaveValue('user');
	const people = await ogma.savedList();
	expect(people.name).toBe('ogma-users.csv');
	expect(people.rows).toHaveLength(2);
	expect(people.rows[1]).toContain(person.username);

	await ogma.open('/admin/settings?changed=true');
	await expect(row(ogma, 'TELEGRAM_BOT_TOKEN')).toContainText('***');
	await expect(ogma.page.getByLabel('Changed')).toHaveValue('true');
	await ogma.page.getByRole('searchbox', { name: 'Name or words' }).fill('telegram_bot_tok');
	await expect(row(ogma, 'ANALYSIS')).toHaveCount(0);
	await expect(row(ogma, 'TELEGRAM_BOT_TOKEN')).toBeVisible();
	const settings = await ogma.savedList();
	expect(settings.name).toBe('ogma-settings.csv');
	expect(settings.rows).toHaveLength(2);
	expect(settings.rows[0]).toContain('group,name,value,unit,origin,summary');
	expect(settings.rows[1]).toContain(',TELEGRAM_BOT_TOKEN,***,');
});

test('an invitation is made, shown once and taken back', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	await ogma.open('/admin/invitations');
	await ogma.page.getByRole('button', { name: 'New invitation' }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.getByLabel('Note').fill('Оркестр');
	await dialog.getByRole('button', { name: 'Create' }).click();
	const link = await dialog.getByRole('textbox', { name: 'Invitation link' }).inputValue();
	expect(link).toMatch(/^http:\/\/127\.0\.0\.1/);
	await dialog.getByRole('button', { name: 'Close' }).first().click();
	await row(ogma, 'Оркестр')
		.getByRole('button', { name: /Take back/ })
		.click();
	await ogma.page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
	await expect(row(ogma, 'Оркестр')).toContainText('Taken back');
	await ogma.page.getByRole('searchbox', { name: 'Note or code' }).fill('оркестр');
	await ogma.page.getByLabel('Open', { exact: true }).selectOption({ label: 'Yes' });
	await expect(row(ogma, 'Оркестр')).toHaveCount(0);
	await ogma.page.getByLabel('Open', { exact: true }).selectOption({ label: 'No' });
	await expect(row(ogma, 'Оркестр')).toBeVisible();
});

test('a moderator corrects a title, sees what the files say, and takes it back', async ({ ogma }) => {
	const person = await newcomer(ogma);
	await ogma.send('PATCH', `/admin/api/users/${person.id}`, { role: 'moderator' });
	await ogma.signOut();
	await ogma.signIn(person.username, 'chains of amber and gold');
	const [track] = await ogma.list('/tracks/?limit=1&sort=-created_at');
	const edit = async (title: string) => {
		await row(ogma, title)
			.getByRole('button', { name: `Actions for ${title}` })
			.click();
		await ogma.page.getByRole('menuitem', { name: 'Edit' }).click();
	};
	await ogma.open('/admin/tracks');
	await edit(track!.title);
	const dialog = ogma.page.getByRole('dialog', { name: `Edit ${track!.title}` });
	await dialog.getByLabel('Title').fill('A better title');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(row(ogma, 'A better title')).toBeVisible();

	await edit('A better title');
	await expect(ogma.page.getByText(`The files say: ${track!.title}`)).toBeVisible();
	await ogma.page.getByRole('button', { name: 'Take back' }).click();
	await expect(row(ogma, track!.title)).toBeVisible();
	expect((await ogma.ask<{ title: string }>(`/tracks/${track!.id}`)).title).toBe(track!.title);
});

test('an administrator has a folder scanned again and reads what the job told', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	await ogma.open('/admin/sources?state=active');
	await ogma.page.getByRole('button', { name: 'Files', exact: true }).click();
	await expect(ogma.page).toHaveURL(/sort=-file_count/);
	await ogma.page.getByRole('checkbox', { name: /^Choose \// }).press('Space');
	await ogma.page.getByRole('toolbar').getByRole('button', { name: 'Look for changes' }).click();
	await expect(ogma.page.getByRole('status').filter({ hasText: '1 changed.' })).toHaveCount(1);
	await ogma.open('/admin/jobs');
	await expect(row(ogma, 'Scan').first()).toContainText('Done', { timeout: 30_000 });
	await row(ogma, 'Scan').first().getByRole('button', { name: /^Scan/ }).first().click();
	await expect(ogma.page.getByRole('dialog').getByText('Done')).toBeVisible();
	await ogma.page.keyboard.press('Escape');

	/* What is over cannot be cancelled. */
	await ogma.page.getByRole('checkbox', { name: /^Choose Scan / }).first().press('Space');
	await ogma.page.getByRole('toolbar').getByRole('button', { name: 'Cancel jobs' }).click();
	await expect(ogma.page.getByRole('status').filter({ hasText: /refused/ })).toHaveCount(1);
});

test('an administrator has a schedule run now, reads how it went and gives it another time', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	await ogma.open('/admin/schedules');
	await ogma.page.getByRole('button', { name: 'Run now: Check-up' }).click();
	const job = ogma.page.getByRole('dialog', { name: /^Job / });
	await expect(job.getByText('Done')).toBeVisible({ timeout: 30_000 });
	await ogma.page.keyboard.press('Escape');
	const line = row(ogma, 'Check-up');
	const choose = async (what: string) => {
		await line.getByRole('button', { name: 'Actions for Check-up' }).click();
		await ogma.page.getByRole('menuitem', { name: what }).click();
	};
	await choose('History');
	await expect(ogma.page.getByRole('dialog').getByRole('listitem').first()).toContainText('asked for');
	await ogma.page.keyboard.press('Escape');

	await choose('Time');
	const dialog = ogma.page.getByRole('dialog', { name: 'Time' });
	await dialog.getByLabel('When').fill('99 * * * *');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(dialog.getByText('is no minute')).toBeVisible();
	await dialog.getByLabel('When').fill('*/20 * * * *');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(line.getByText('*/20 * * * *')).toBeVisible();

	for (const name of ['Backup', 'Daily report']) await ogma.page.getByRole('checkbox', { name: `Choose ${name}` }).press('Space');
	await ogma.page.getByRole('toolbar').getByRole('button', { name: 'Turn off' }).click();
	await expect(ogma.page.getByRole('switch', { name: 'Daily report: by the clock' })).not.toBeChecked();
	await ogma.page.getByLabel('By the clock', { exact: true }).selectOption({ label: 'No' });
	await expect(row(ogma, 'Backup')).toBeVisible();
	await expect(line).toHaveCount(0);
});

test('a search of a log that had to stop says how far it came, and goes on', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	await ogma.page.route('**/admin/api/request-log?*', async (route) => {
		const url = new URL(route.request().url());
		if (!url.searchParams.has('path') || url.searchParams.has('cursor')) return route.continue();
		return route.fulfill({
			json: { items: [], total: null, next_cursor: '900000000', searched_to: '2026-03-05T12:00:00.000Z' },
		});
	});
	await ogma.open('/admin/requests');
	await ogma.page.getByLabel('Path').fill('auth/login');
	await expect(ogma.page.getByRole('status').getByText(/^Searched as far as Mar 5, 2026/)).toBeVisible();
	await ogma.page.getByRole('button', { name: 'Search on' }).click();
	await expect(row(ogma, '/api/v1/auth/login').first()).toBeVisible();
	await expect(ogma.page.getByRole('button', { name: 'Search on' })).toHaveCount(0);
});
