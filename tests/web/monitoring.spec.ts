import { expect, test } from './ogma';

test('the monitoring page has the server’s figures, and keeps them new without a reload', async ({ ogma, context }) => {
	await ogma.signInAsKeeper();
	await ogma.open('/monitoring');
	await expect(ogma.page).toHaveURL(/\/admin\/monitoring$/);
	await expect(ogma.page.locator('[data-line=open]')).toBeVisible();
	const system = ogma.page.getByRole('region', { name: 'System' });
	await expect(system.getByText(/^\d+ %$/)).toHaveCount(3);
	const connections = async () =>
		Number(await system.locator('dt:text-is("Live connections") + dd').textContent({ timeout: 5000 }));
	await expect.poll(connections).toBeGreaterThan(0);
	const before = await connections();
	const other = await context.newPage();
	await other.goto(`${ogma.url}/radio`);
	await expect.poll(connections, { timeout: 15_000 }).toBeGreaterThan(before);
	await other.close();
});

test('who is no administrator is not shown the monitoring page', async ({ ogma }) => {
	await ogma.signUp();
	await ogma.open('/monitoring');
	await expect(ogma.page.getByRole('heading', { name: 'This page is not for you' })).toBeVisible();
});
