/* Live channels and their console against a real server. */
import type { Page } from '@playwright/test';
import { made, put, rows, shown, some, stored } from './channels';
import { expect, test } from './ogma';

const grip = (page: Page, title: string) => page.getByRole('button', { name: `Move ${title}`, exact: true });

test('an operator makes a channel, fills its queue and goes on the air', async ({ ogma }) => {
	await ogma.signInAsKeeper();
	const [track] = await some(ogma, 1);
	await ogma.open('/radio');
	await ogma.page.getByRole('button', { name: 'New channel' }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.getByRole('button', { name: 'Create' }).click();
	await expect(dialog.getByText('A title, please')).toBeVisible();
	await dialog.getByLabel('Title').fill('Ночь <b>');
	await dialog.getByRole('button', { name: 'Create' }).click();
	await expect(ogma.page.getByRole('heading', { name: 'Ночь <b>', level: 1 })).toBeVisible();
	await ogma.page.getByLabel('Find a track').fill(track!.title);
	await ogma.page
		.getByRole('button', { name: `Add ${track!.title} at the end`, exact: true })
		.first()
		.click();
	await expect(rows(ogma.page)).toHaveCount(1);
	await ogma.page.getByRole('button', { name: 'Go on air' }).click();
	await ogma.page.getByRole('button', { name: 'Stop', exact: true }).click();
	await expect(ogma.page.getByRole('button', { name: 'Go on air' })).toBeVisible();
});

test('the queue is put in order by dragging and with the arrow keys', async ({ ogma }) => {
	const { channel, titles } = await made(ogma, 4);
	await ogma.open(`/radio/${channel.id}/console`);
	await expect.poll(() => shown(ogma.page)).toEqual(titles);
	await grip(ogma.page, titles[3]!).press('Home');
	await expect.poll(() => stored(ogma, channel)).toEqual([titles[3], titles[0], titles[1], titles[2]]);
	await expect(grip(ogma.page, titles[3]!)).toBeFocused();
	await ogma.page.keyboard.press('ArrowDown');
	await expect.poll(() => stored(ogma, channel)).toEqual([titles[0], titles[3], titles[1], titles[2]]);
	const held = grip(ogma.page, titles[2]!);
	await held.scrollIntoViewIfNeeded();
	const from = (await held.boundingBox())!;
	const height = (await rows(ogma.page).first().boundingBox())!.height;
	await ogma.page.mouse.move(from.x + 8, from.y + 20);
	await ogma.page.mouse.down();
	for (let step = 1; step <= 8; step += 1) {
		await ogma.page.mouse.move(from.x + 8, from.y + 20 - (step * height * 2) / 8);
	}
	await ogma.page.mouse.up();
	const wanted = [titles[0], titles[2], titles[3], titles[1]];
	await expect.poll(() => shown(ogma.page)).toEqual(wanted);
	await expect.poll(() => stored(ogma, channel)).toEqual(wanted);
});

test('a change that lost the race is made again on the new state, and says so', async ({ ogma }) => {
	const { channel, titles } = await made(ogma, 3);
	const extra = (await some(ogma, 4))[3]!;
	/* The page does not hear of what others do. */
	await ogma.page.routeWebSocket(/\/ws\//, () => undefined);
	await ogma.open(`/radio/${channel.id}/console`);
	await expect(rows(ogma.page)).toHaveCount(3);
	await put(ogma, channel, extra, true);
	await grip(ogma.page, titles[2]!).press('Home');
	await expect(ogma.page.getByText(/Somebody else changed the queue meanwhile/).first()).toBeVisible();
	const wanted = [titles[2], extra.title, titles[0], titles[1]];
	await expect.poll(() => stored(ogma, channel)).toEqual(wanted);
	await expect.poll(() => shown(ogma.page)).toEqual(wanted);
});

test('the pages say when they are not connected, and connect again by themselves', async ({ ogma }) => {
	const { channel } = await made(ogma, 1);
	let refuse = false;
	const open: { close: () => Promise<void> }[] = [];
	await ogma.page.routeWebSocket(/\/ws\//, (socket) => {
		if (refuse) {
			void socket.close({ code: 1011 });
			return;
		}
		socket.connectToServer();
		open.push(socket);
	});
	await ogma.open(`/radio/${channel.id}/console`);
	await expect(ogma.page.locator('[data-line=open]')).toBeVisible();
	refuse = true;
	await Promise.all(open.map((socket) => socket.close()));
	await expect(ogma.page.locator('[data-line=lost]')).toBeVisible();
	refuse = false;
	/* unless it connects by itself before that */
	await ogma.page
		.getByRole('button', { name: 'Now', exact: true })
		.click({ timeout: 3_000 })
		.catch(() => undefined);
	await expect(ogma.page.locator('[data-line=open]')).toBeVisible();
});

test('an operator plans a week and jingles, and a listener requests a song', async ({ ogma }) => {
	const { channel } = await made(ogma, 1, { requests_enabled: true });
	const [jingle, wanted] = (await some(ogma, 6)).slice(4);
	await ogma.send('POST', '/playlists', { title: 'Mornings', track_ids: [jingle!.id] });
	await ogma.open(`/radio/${channel.id}/console/schedule`);
	await ogma.page.getByRole('button', { name: 'New slot' }).click();
	const dialog = ogma.page.getByRole('dialog');
	await dialog.getByLabel('Playlist').selectOption({ label: 'Mornings' });
	await dialog.getByLabel('From').fill('22:00');
	await dialog.getByLabel('To', { exact: true }).fill('06:30');
	await dialog.getByRole('button', { name: 'Save' }).click();
	const slots = ogma.page.getByRole('list', { name: 'Schedule' });
	await expect(slots.getByText('Mornings')).toBeVisible();
	const [slot] = (await ogma.send<{ items: object[] }>('GET', `/channels/${channel.id}/schedule`)).items;
	expect(slot).toMatchObject({ playlist_title: 'Mornings', starts_at: '22:00', ends_at: '06:30' });

	await ogma.page.getByRole('link', { name: 'Auto-DJ and jingles' }).click();
	await ogma.page.getByLabel('Plays from').selectOption({ label: 'What sounds like the tracks played last' });
	await ogma.page.getByRole('button', { name: 'Save' }).click();
	await expect.poll(() => ogma.send<{ auto_dj: object }>('GET', `/channels/${channel.id}`)).toMatchObject({ auto_dj: { similar: true } });
	await ogma.page.getByRole('button', { name: 'New jingle' }).click();
	await dialog.getByLabel('Find a track').fill(jingle!.title);
	await dialog
		.getByRole('button', { name: `Take ${jingle!.title} as a jingle` })
		.first()
		.click();
	await dialog.getByLabel('Every').fill('3');
	await dialog.getByRole('button', { name: 'Add' }).click();
	await expect(ogma.page.getByText('every 3 tracks')).toBeVisible();

	await ogma.send('POST', `/channels/${channel.id}/start`);
	await ogma.signOut();
	await ogma.signUp();
	await ogma.open(`/radio/${channel.id}`);
	await ogma.page.getByRole('button', { name: 'Request a song' }).click();
	await dialog.getByLabel('Find a track').fill(wanted!.title);
	await dialog
		.getByRole('button', { name: `Request ${wanted!.title}` })
		.first()
		.click();
	await expect(ogma.page.getByText(`${wanted!.title} has been requested`).first()).toBeVisible();
	await ogma.page.getByRole('button', { name: 'Request a song' }).click();
	await dialog.getByLabel('Find a track').fill(jingle!.title);
	await expect(dialog.getByText('You can request another one in')).toBeVisible();
	await ogma.signInAsKeeper();
	await ogma.send('POST', `/channels/${channel.id}/stop`);
});
