/* What the scenarios share: the page with its errors collected, and questions to the server about what it has. */
import { test as base, expect, type APIResponse, type Browser, type Page } from '@playwright/test';
import { KEEPER_PASSWORD, serveDemo } from './server';

export interface Named {
	id: number;
	title: string;
	artist: string;
	album: string | null;
	album_id: number | null;
	duration_ms: number;
	track_count: number;
	name: string;
}

export interface Person {
	username: string;
	email: string;
	password: string;
}

const PAGE_MAX = 100;
const COMING_MS = 15_000;
let serial = 0;

export class Ogma {
	readonly url: string;
	readonly page: Page;
	private csrf = '';
	/** The app was loaded and nothing was changed since that it was not told of. */
	private knows = false;

	constructor(page: Page, url: string) {
		this.page = page;
		this.url = url;
	}

	async ask<T>(path: string): Promise<T> {
		const answer = await fetch(`${this.url}/api/v1${path}`);
		expect(answer.status, path).toBe(200);
		return (await answer.json()) as T;
	}

	async list(path: string): Promise<Named[]> {
		return (await this.ask<{ items: Named[] }>(path)).items;
	}

	/** Albums whose tracks are shortest first: scenarios that listen should not take long. */
	async album(tracksMin = 3): Promise<{ album: Named; tracks: Named[] }> {
		const albums = (await this.list(`/albums/?limit=${PAGE_MAX}`)).filter((album) => album.track_count >= tracksMin);
		expect(albums.length, `an album of ${tracksMin} tracks`).toBeGreaterThan(0);
		const all = await Promise.all(
			albums
				.slice(0, 12)
				.map(async (album) => ({ album, tracks: await this.list(`/albums/${album.id}/tracks?limit=${PAGE_MAX}`) })),
		);
		const length = (tracks: Named[]) => Math.max(...tracks.map((track) => track.duration_ms));
		return all.sort((a, b) => length(a.tracks) - length(b.tracks))[0]!;
	}

	/** Makes a new account and signs the page in with it; each scenario has a person of its own. */
	async signUp(): Promise<Person> {
		serial += 1;
		const username = `person-${process.pid}-${Date.now().toString(36)}-${serial}`;
		const person = { username, email: `${username}@example.org`, password: 'chains of amber and gold' };
		const answer = await this.page.request.post(`${this.url}/api/v1/auth/register`, {
			data: { ...person, cookie: true },
		});
		expect(answer.status(), await answer.text()).toBe(201);
		await this.begin(answer);
		return person;
	}

	/** Signs in on the page with an account that is there. */
	async signIn(username: string, password: string): Promise<void> {
		const answer = await this.page.request.post(`${this.url}/api/v1/auth/login`, {
			data: { username, password, cookie: true },
		});
		expect(answer.status(), await answer.text()).toBe(200);
		await this.begin(answer);
	}

	private async begin(answer: APIResponse): Promise<void> {
		this.csrf = ((await answer.json()) as { csrf_token: string }).csrf_token;
		this.knows = false;
	}

	/** Who may do everything; made before all scenarios (server.ts). */
	async signInAsKeeper(): Promise<void> {
		await this.signIn('keeper', KEEPER_PASSWORD);
	}

	/** Nobody is signed in on the page any more. */
	async signOut(): Promise<void> {
		await this.page.context().clearCookies();
		this.knows = false;
	}

	/** A request of who is signed in on the page. */
	async send<T>(method: string, path: string, data?: unknown): Promise<T> {
		const answer = await this.page.request.fetch(
			this.url + (path.startsWith('/admin/api/') ? path : `/api/v1${path}`),
			{
				method,
				headers: { 'X-CSRF-Token': this.csrf },
				...(data !== undefined && { data }),
			},
		);
		if (method !== 'GET') this.knows = false;
		const text = await answer.text();
		expect(answer.ok(), `${method} ${path}: ${text}`).toBe(true);
		return (text ? JSON.parse(text) : undefined) as T;
	}

	/** Shows a page of the app: within it where that knows all, which costs a tenth of loading it. */
	async open(path: string): Promise<void> {
		if (this.knows && this.page.url().startsWith(`${this.url}/`)) await this.goWithin(path);
		else await this.load(path);
		await expect(this.page.locator('main h1, main h2').first()).toBeVisible();
	}

	/** Loads the app anew at an address, as a link from elsewhere does. */
	async load(path: string): Promise<void> {
		await this.page.goto(this.url + path);
		this.knows = true;
	}

	/** By way of an address of nothing, so that nothing stays of the page before. */
	private async goWithin(path: string): Promise<void> {
		const move = (to: string) =>
			this.page.evaluate((address) => {
				history.pushState(null, '', address);
				dispatchEvent(new PopStateEvent('popstate'));
			}, to);
		await move('/nowhere/between');
		const between = this.page.locator('main').getByText('There is nothing at this address', { exact: true });
		const left = await between.elementHandle({ timeout: COMING_MS });
		await move(path);
		await this.page.waitForFunction((one) => !one?.isConnected, left, { timeout: COMING_MS });
	}

	/** The list of the page as the file that its button saves. */
	async savedList(): Promise<{ name: string; rows: string[] }> {
		const [file] = await Promise.all([
			this.page.waitForEvent('download'),
			this.page.getByRole('button', { name: 'CSV' }).click(),
		]);
		const parts = await (await file.createReadStream()).toArray();
		const text = Buffer.concat(parts as Buffer[]).toString('utf8');
		return { name: file.suggestedFilename(), rows: text.trim().split(/\r?\n/) };
	}

	player() {
		return this.page.getByRole('region', { name: /^(Player|Плеер)$/ });
	}

	/** The full bar's controls; the phone's bar has its own. */
	button(name: string | RegExp) {
		return this.player()
			.getByRole('button', { name, exact: typeof name === 'string' })
			.filter({ visible: true });
	}

	seekBar() {
		return this.player().getByRole('slider', { name: /^(Position|Позиция)$/ });
	}

	/** Milliseconds, as the seek bar says. */
	async position(): Promise<number> {
		return Number(await this.seekBar().getAttribute('aria-valuenow'));
	}

	async playAlbum(album: Named, from = 0): Promise<void> {
		await this.open(`/albums/${album.id}`);
		await this.page.locator('main ol [data-result]').nth(from).click();
	}

	async expectPlaying(title: string): Promise<void> {
		await expect(this.player().getByText(title, { exact: true }).filter({ visible: true }).first()).toBeVisible({
			timeout: 15_000,
		});
		const before = await this.position();
		await expect.poll(() => this.position(), { timeout: 10_000 }).not.toBe(before);
	}

	/** Titles in the queue, in order. */
	async queue(): Promise<string[]> {
		return this.page.locator('main ol li p:first-child').allTextContents();
	}
}

/** Somebody else, at another computer. */
export async function another(ogma: Ogma, browser: Browser): Promise<Ogma> {
	const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
	return new Ogma(await context.newPage(), ogma.url);
}

/* OGMA_URL names a server that runs already; otherwise each worker has one of its own, so that no scenario sees what
 * another changes meanwhile. */
export const test = base.extend<{ ogma: Ogma }, { url: string }>({
	url: [
		async ({}, use) => {
			if (process.env.OGMA_URL) return use(process.env.OGMA_URL);
			const server = await serveDemo();
			await use(server.url);
			await server.stop();
		},
		{ scope: 'worker' },
	],
	ogma: async ({ page, url }, use) => {
		const problems: string[] = [];
		page.on('pageerror', (error) => problems.push(error.message));
		page.on('console', (message) => {
			if (message.type() === 'error' && !/404|Failed to load resource/.test(message.text()))
				problems.push(message.text());
		});
		await use(new Ogma(page, url));
		expect(problems, 'errors in the browser console').toEqual([]);
	},
});

export { expect };
