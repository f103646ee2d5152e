import { createHmac } from 'node:crypto';
import { expect, test, type Ogma } from './ogma';
import { BOT_TOKEN } from './server';

const field = (ogma: Ogma, name: string | RegExp) =>
	ogma.page.getByRole('textbox', { name, exact: typeof name === 'string' });

async function signInByForm(ogma: Ogma, username: string, password: string): Promise<void> {
	await field(ogma, 'Username or e-mail').fill(username);
	await ogma.page.getByLabel('Password', { exact: true }).fill(password);
	await ogma.page.locator('main').getByRole('button', { name: 'Sign in' }).click();
}

const menu = (ogma: Ogma, username: string) =>
	ogma.page.getByRole('button', { name: `Account of ${username}` }).filter({ visible: true });

test('somebody registers, signs out, and signs in again where they wanted to go', async ({ ogma }) => {
	const name = `new-${Date.now().toString(36)}`;
	await ogma.open('/favorites');
	await expect(ogma.page).toHaveURL(/\/sign-in\?next=%2Ffavorites/);
	await ogma.page.getByRole('link', { name: 'Create an account' }).click();
	await field(ogma, 'Username').fill(name);
	await field(ogma, 'E-mail').fill(`${name}@example.org`);
	await ogma.page.getByLabel('Password', { exact: true }).fill('short');
	await ogma.page.getByRole('button', { name: 'Create an account' }).click();
	await expect(ogma.page.getByText('At least 8 characters, please')).toBeVisible();
	await expect(ogma.page.getByLabel('Password', { exact: true })).toBeFocused();
	await ogma.page.getByLabel('Password', { exact: true }).fill('chains of amber');
	await ogma.page.getByRole('button', { name: 'Create an account' }).click();
	await expect(ogma.page).toHaveURL(/\/favorites$/);
	await expect(ogma.page.getByRole('heading', { name: 'Favourites', level: 1 })).toBeVisible();

	await menu(ogma, name).click();
	await ogma.page.getByRole('menuitem', { name: 'Sign out' }).click();
	await expect(ogma.page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();

	await ogma.open('/history');
	await signInByForm(ogma, name, 'not the password');
	await expect(ogma.page.getByRole('alert')).not.toBeEmpty();
	await signInByForm(ogma, name, 'chains of amber');
	await expect(ogma.page).toHaveURL(/\/history$/);
	await expect(menu(ogma, name)).toBeVisible();
});

test('a name that is taken is said at its field', async ({ ogma }) => {
	const { username } = await ogma.signUp();
	await ogma.signOut();
	await ogma.open('/register');
	await field(ogma, 'Username').fill(username);
	await field(ogma, 'E-mail').fill('other@example.org');
	await ogma.page.getByLabel('Password', { exact: true }).fill('chains of amber');
	await ogma.page.getByRole('button', { name: 'Create an account' }).click();
	await expect(field(ogma, 'Username')).toBeFocused();
	await expect(field(ogma, 'Username')).toHaveAttribute('aria-invalid', 'true');
});

test('nobody is sent to another site after signing in', async ({ ogma }) => {
	const { username, password } = await ogma.signUp();
	await ogma.signOut();
	await ogma.open('/sign-in?next=//example.org/');
	await signInByForm(ogma, username, password);
	await expect(menu(ogma, username)).toBeVisible();
	await expect(ogma.page).toHaveURL(`${ogma.url}/`);
});

test('the profile is changed, and a new e-mail wants the password', async ({ ogma }) => {
	const { username, password } = await ogma.signUp();
	await ogma.open('/account');
	await field(ogma, 'Name').fill('Ада Lovelace');
	await field(ogma, 'E-mail').fill(`${username}@example.net`);
	await ogma.page.getByLabel('Password', { exact: true }).fill(password);
	await ogma.page.getByRole('button', { name: 'Save' }).click();
	await expect(ogma.page.getByRole('heading', { name: 'Ада Lovelace', level: 1 })).toBeVisible();
	await ogma.page.reload();
	await expect(field(ogma, 'E-mail')).toHaveValue(`${username}@example.net`);
});

test('a new password ends the other sessions, and a session is ended from the list', async ({ ogma, browser }) => {
	const { username, password } = await ogma.signUp();
	const other = await browser.newContext({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' });
	const elsewhere = async () =>
		other.request.post(`${ogma.url}/api/v1/auth/login`, { data: { username, password, cookie: true } });
	expect((await elsewhere()).status()).toBe(200);
	await ogma.open('/account/security');
	const sessions = ogma.page.getByRole('list', { name: 'Where you are signed in' }).getByRole('listitem');
	await expect(sessions).toHaveCount(2);
	await ogma.page.getByRole('button', { name: /End the session on Firefox/ }).click();
	await expect(sessions).toHaveCount(1);
	expect((await other.request.get(`${ogma.url}/api/v1/auth/me`)).status()).toBe(401);

	expect((await elsewhere()).status()).toBe(200);
	await ogma.page.getByLabel('Current password').fill(password);
	await ogma.page.getByLabel('New password').fill('another chain of words');
	await ogma.page.getByRole('button', { name: 'Change password' }).click();
	await expect(ogma.page.getByLabel('Current password')).toHaveValue('');
	expect((await other.request.get(`${ogma.url}/api/v1/auth/me`)).status()).toBe(401);
	await other.close();
});

test('an API key is shown once, works, and is refused once it is deleted', async ({ ogma }) => {
	await ogma.signUp();
	await ogma.open('/account/apps');
	await ogma.page.getByRole('button', { name: 'New key' }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.getByLabel('Name').fill('My phone');
	await dialog.getByRole('button', { name: 'New key' }).click();
	const key = await dialog.getByRole('textbox', { name: 'API keys' }).inputValue();
	expect(key).toMatch(/^ogma_/);
	const ask = () => fetch(`${ogma.url}/api/v1/auth/me`, { headers: { Authorization: `Bearer ${key}` } });
	expect((await ask()).status).toBe(200);
	await dialog.getByRole('button', { name: 'Close' }).click();
	await expect(ogma.page.getByText('My phone')).toBeVisible();
	await ogma.page.getByRole('button', { name: 'Delete the key My phone' }).click();
	await ogma.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(ogma.page.getByText('My phone')).toBeHidden();
	expect((await ask()).status).toBe(401);
});

test('somebody takes their data along and deletes their account', async ({ ogma }) => {
	const { username, password } = await ogma.signUp();
	await ogma.open('/account/data');
	const [download] = await Promise.all([
		ogma.page.waitForEvent('download'),
		ogma.page.getByRole('link', { name: 'Download' }).click(),
	]);
	expect(download.suggestedFilename()).toMatch(/\.json$/);
	await ogma.page.getByRole('button', { name: 'Delete account' }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.getByLabel('Password', { exact: true }).fill(password);
	await dialog.getByRole('button', { name: 'Delete account' }).click();
	await expect(dialog.getByText('This is not your username')).toBeVisible();
	await dialog.getByLabel(`Type ${username} to go on`).fill(username);
	await dialog.getByRole('button', { name: 'Delete account' }).click();
	await expect(ogma.page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
	const again = await fetch(`${ogma.url}/api/v1/auth/login`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ username, password }),
	});
	expect(again.status).toBe(401);
});

test('a one-time link sets a new password, once', async ({ ogma }) => {
	const { username } = await ogma.signUp();
	const { id } = await ogma.send<{ id: number }>('GET', '/auth/me');
	await ogma.signInAsKeeper();
	const { link } = await ogma.send<{ link: string }>('POST', `/admin/api/users/${id}/link`);
	await ogma.signOut();
	const path = /\/link\/.*$/.exec(link)![0];
	await ogma.open(path);
	await expect(ogma.page.getByText(`For the account ${username}.`)).toBeVisible();
	await ogma.page.getByLabel('New password').fill('links of another chain');
	await ogma.page.getByRole('button', { name: 'Set a new password' }).click();
	await expect(menu(ogma, username)).toBeVisible();
	await ogma.load(path);
	await expect(ogma.page.getByRole('heading', { name: 'This link is no longer good' })).toBeVisible();
});

/** The launch data of a Mini App, signed as Telegram signs it. */
function launchData(user: object, token: string): string {
	const fields: [string, string][] = [
		['auth_date', String(Math.floor(Date.now() / 1000))],
		['query_id', 'AAHdF6IQAAAAAN0XohDhrOrc'],
		['user', JSON.stringify(user)],
	];
	const key = createHmac('sha256', 'WebAppData').update(token).digest();
	const checked = fields.map(([name, value]) => `${name}=${value}`).join('\n');
	const hash = createHmac('sha256', key).update(checked).digest('hex');
	return new URLSearchParams([...fields, ['hash', hash]]).toString();
}

const launch = (data: string, ground: string) =>
	`/#tgWebAppData=${encodeURIComponent(data)}&tgWebAppVersion=8.0&tgWebAppThemeParams=${encodeURIComponent(JSON.stringify({ bg_color: ground }))}`;

test('opened in Telegram, the app is signed in and wears Telegram’s colours', async ({ ogma }) => {
	const own = `tg${Date.now().toString(36)}`;
	const user = { id: 4_200_000_000 + (Date.now() % 1_000_000), first_name: 'Зоя', username: own };
	await ogma.open(launch(launchData(user, BOT_TOKEN), '#ffffff'));
	await expect(menu(ogma, own)).toBeVisible();
	await expect(ogma.page.locator('html')).toHaveAttribute('data-theme', 'light');
	await expect(ogma.page).toHaveURL(`${ogma.url}/`);
	await ogma.page.reload();
	await expect(menu(ogma, own)).toBeVisible();
});

test('in a frame of Telegram’s site, where no cookie is kept, the app is signed in too', async ({ ogma }) => {
	const own = `frame${Date.now().toString(36)}`;
	const data = launchData({ id: 4_300_000_000 + (Date.now() % 1_000_000), first_name: 'Ян', username: own }, BOT_TOKEN);
	const { page } = ogma;
	await page.context().grantPermissions(['local-network-access']);
	await page.route('https://web.telegram.org/**', (route) =>
		route.fulfill({
			contentType: 'text/html',
			body: `<iframe src="${(ogma.url + launch(data, '#17212b')).replaceAll('&', '&amp;')}" width="900" height="700"></iframe>`,
		}),
	);
	await page.goto('https://web.telegram.org/k/');
	const frame = page.frameLocator('iframe');
	await expect(frame.getByRole('button', { name: `Account of ${own}` }).filter({ visible: true })).toBeVisible();
	await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
	expect((await page.context().cookies(ogma.url)).filter(({ name }) => name.startsWith('ogma'))).toEqual([]);
	await page.context().clearPermissions();
});

test('launch data that somebody else has signed leaves a visitor', async ({ ogma }) => {
	await ogma.open(launch(launchData({ id: 42, first_name: 'X' }, '1:someone-elses-token'), '#17212b'));
	await expect(ogma.page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
});
