/* Ways into a server that is not open to everybody. */
import { OpenProvider } from '../server/support/provider';
import { expect, Ogma, test } from './ogma';
import { freePort, serveApart, type Serving } from './server';

const PASSWORD = 'chains of amber';

let provider: OpenProvider;
/** For members alone; who is new waits for an administrator, or comes from the house's own sign-in. */
let members: Serving;

test.beforeAll(async () => {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const client = { id: 'ogma', secret: 'of tests only', redirect: `${url}/api/v1/auth/oidc/callback` };
	provider = await OpenProvider.start(() => [client]);
	const oidc = { OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: client.id, OIDC_CLIENT_SECRET: client.secret };
	const env = {
		...oidc,
		OIDC_NAME: 'The house',
		OIDC_JOINS_EMAIL: 'true',
		PUBLIC_URL: url,
		MEMBERS_ONLY: 'true',
		REGISTRATION: 'approval',
	};
	members = await serveApart(env, port);
});

test.afterAll(async () => {
	await members.stop();
	await provider.stop();
});

async function register(ogma: Ogma, username: string): Promise<void> {
	const { page } = ogma;
	await ogma.open('/register');
	await expect(page.getByText('An administrator will look at your request.')).toBeVisible();
	await page.getByRole('textbox', { name: 'Username' }).fill(username);
	await page.getByRole('textbox', { name: 'E-mail' }).fill(`${username}@example.org`);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Create an account' }).click();
	await expect(page.getByRole('heading', { name: 'Thank you. Now it is somebody else’s turn' })).toBeVisible();
}

async function signInByForm({ page }: Ogma, username: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Username or e-mail' }).fill(username);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
}

test('who registers waits until an administrator approves, and may come in then', async ({ page, browser }) => {
	const ogma = new Ogma(page, members.url);
	await register(ogma, 'newcomer');
	await ogma.open('/sign-in');
	await signInByForm(ogma, 'newcomer');
	await expect(page.getByRole('alert')).not.toBeEmpty();

	const keeper = new Ogma(await (await browser.newContext({ locale: 'en-GB' })).newPage(), members.url);
	await keeper.signInAsKeeper();
	const people = await keeper.send<{ items: { id: number; username: string }[] }>('GET', '/admin/api/users');
	const { id } = people.items.find(({ username }) => username === 'newcomer')!;
	await keeper.open(`/admin/users/${id}`);
	await keeper.page.getByRole('button', { name: 'Approve' }).click();
	await expect(keeper.page.getByRole('button', { name: 'Approve' })).toHaveCount(0);
	await keeper.page.context().close();

	await signInByForm(ogma, 'newcomer');
	await expect(page.getByRole('button', { name: 'Account of newcomer' }).filter({ visible: true })).toBeVisible();
});

test('a library for members shows a stranger where to sign in, and nothing of what it has', async ({ page }) => {
	const ogma = new Ogma(page, members.url);
	const answers: number[] = [];
	page.on('response', (answer) => {
		if (/\/api\/v1\/(?!auth)/.test(answer.url())) answers.push(answer.status());
	});
	await page.goto(`${members.url}/albums`);
	await expect(
		page.locator('main').getByRole('link', { name: 'Sign in' }).or(page.getByLabel('Password')),
	).toBeVisible();
	expect(answers.filter((status) => status !== 401)).toEqual([]);
	await expect(page.locator('main article')).toHaveCount(0);
	await ogma.open('/sign-in');
	await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
});

test('the house’s own sign-in leads to its provider and back to the page one wanted', async ({ page }) => {
	const ogma = new Ogma(page, members.url);
	provider.accounts.set('sub-1', { email: 'keeper@example.org', email_verified: true });
	provider.next = 'deny';
	await ogma.open('/sign-in?next=%2Falbums');
	await page.getByRole('link', { name: 'Continue with The house' }).click();
	await expect(page.getByText('The sign-in was refused or stopped at the provider.')).toBeVisible();
	expect(provider.asked.some((url) => url.startsWith('/interaction/'))).toBe(true);

	/* The house knows the keeper by the e-mail that this server has of them. */
	provider.next = 'sub-1';
	await ogma.open('/sign-in?next=%2Falbums');
	await page.getByRole('link', { name: 'Continue with The house' }).click();
	await expect(page).toHaveURL(`${members.url}/albums`);
	await expect(page.getByRole('button', { name: 'Account of keeper' }).filter({ visible: true })).toBeVisible();
});

test('where registration is closed there is no form, and the server says why', async ({ page }) => {
	const closed = await serveApart({ REGISTRATION: 'closed' });
	try {
		await new Ogma(page, closed.url).open('/register');
		await expect(page.getByRole('heading', { name: 'Registration is closed' })).toBeVisible();
		await expect(page.getByRole('textbox')).toHaveCount(0);
		await expect(page.locator('main').getByRole('link', { name: 'Sign in' })).toBeVisible();
	} finally {
		await closed.stop();
	}
});
