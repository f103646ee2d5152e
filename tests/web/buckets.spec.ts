import { expectAccessible } from './accessibility';
import { expect, test } from './ogma';

test('an administrator tries a bucket before it is added, and reads what is wrong with it', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	await ogma.open('/admin/sources');
	await ogma.page.getByRole('button', { name: 'Add a bucket' }).click();
	const dialog = ogma.page.getByRole('dialog', { name: 'Add a bucket' });
	const result = dialog.getByRole('status');
	await dialog.getByLabel('Bucket and folder').fill('s3://music/albums');
	await dialog.getByRole('button', { name: 'Try it' }).click();
	await expect(result).toContainText('no S3 server is set');
	await expect(dialog.getByLabel('Access key')).toBeHidden();

	await dialog.getByLabel('Address of the S3 server').fill('http://127.0.0.1:1');
	await dialog.getByLabel('Access key').fill('key');
	await expectAccessible(ogma, 'the form of a bucket', '[role="dialog"], dialog[open]');
	await dialog.getByRole('button', { name: 'Add', exact: true }).click();
	await expect(dialog.getByRole('textbox', { name: 'Secret key' })).toBeFocused();
	await expect(dialog.getByText('a server of its own needs it')).toBeVisible();
	await dialog.getByRole('textbox', { name: 'Secret key' }).fill('secret');
	await dialog.getByRole('button', { name: 'Try it' }).press('Enter');
	await expect(result).toContainText('the S3 server cannot be asked');
	await dialog.getByRole('button', { name: 'Add', exact: true }).click();
	await expect(dialog.getByText('the S3 server cannot be asked').first()).toBeVisible();
	await dialog.getByRole('button', { name: 'Cancel' }).click();
	await expect(ogma.page.getByRole('row').filter({ hasText: 's3://music/albums' })).toHaveCount(0);
});
