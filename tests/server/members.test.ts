// Signed links, and a library that is for members alone.
import { expect, test } from 'vitest';
import { serveMusic } from './support/library.ts';
import { person, type Person } from './support/people.ts';
import { Description } from './support/schema.ts';

const server = await serveMusic('members', { env: { MEMBERS_ONLY: 'true' } });
const ada = await person(server, 'ada', 'user');
const boss = await person(server, 'boss', 'superadmin');
const track = (await ada.json('/api/v1/tracks?limit=1')).items[0];
const other = (await ada.json('/api/v1/tracks?limit=2')).items[1];

async function linkOf(who: Person, body: unknown = {}): Promise<any> {
	const answer = await who.post(`/api/v1/tracks/${track.id}/link`, body);
	expect(answer.status, answer.text).toBe(201);
	return answer.json();
}

test('a library for members shows strangers nothing but where to sign in', async () => {
	const description = await Description.of(server);
	const shown: string[] = [];
	const reads = description.operations.filter((one) => one.method === 'GET' && one.right === 'none');
	for (const operation of reads) {
		if ('101' in operation.responses) continue; // WebSockets: sockets.test.ts
		const path = operation.path.replace(/\{[a-z_]+\}/g, '1') + '?q=a';
		const answer = await server.ask(path);
		if (answer.status !== 401) shown.push(operation.path);
	}
	expect(shown.filter((path) => !/^\/(health|metrics|openapi\.json|api\/stats|api\/v1\/auth)/.test(path))).toEqual([]);
	expect((await ada.ask(`/stream/${track.id}`)).status).toBe(200);
});

test("a playlist's link opens nothing to strangers, and what it holds to members", async () => {
	const made = (await boss.post('/api/v1/playlists', { title: 'For friends', visibility: 'unlisted', track_ids: [track.id] })).json();
	const token = made.share_token;
	expect(token).toMatch(/^[\w-]{20,}$/);
	const paths = [`shared/${token}`, `${made.id}?token=${token}`, `${made.id}/tracks?token=${token}`, `${made.id}/export?format=m3u8&token=${token}`];
	for (const path of paths) {
		expect((await server.ask(`/api/v1/playlists/${path}`)).status, path).toBe(401);
		expect((await ada.ask(`/api/v1/playlists/${path}`)).status, path).toBe(200);
	}
	const wrong = `shared/${'x'.repeat(token.length)}`;
	expect((await server.ask(`/api/v1/playlists/${wrong}`)).status).toBe(401); // no other word for what is not there
	expect((await ada.ask(`/api/v1/playlists/${wrong}`)).status).toBe(404);
});

test('a signed link plays one track for whoever has it', async () => {
	const link = await linkOf(ada);
	const answer = await server.ask(link.stream_url, { headers: { range: 'bytes=0-99' } });
	expect(answer.status).toBe(206);
	expect(answer.body.length).toBe(100);
	expect((await server.ask(link.download_url)).header('content-disposition')).toMatch(/^attachment/);
	const sig = new URL(link.stream_url, 'http://x').searchParams.get('sig');
	expect((await server.ask(`/api/v1/tracks/${track.id}/stream?sig=${sig}`)).status).toBe(200);
});

test('a signed link gives nothing else', async () => {
	const { stream_url: url, expires_at } = await linkOf(ada, { expires_in_seconds: 60 });
	const sig = new URL(url, 'http://x').searchParams.get('sig') ?? '';
	const [user, expires, signature] = sig.split('.') as [string, string, string];
	expect(Date.parse(expires_at)).toBe(Number(expires) * 1000);
	const refused = [
		`/stream/${other.id}?sig=${sig}`,
		`/api/v1/tracks/${track.id}?sig=${sig}`,
		`/stream/${track.id}?sig=${user}.${Number(expires) + 1}.${signature}`,
		`/stream/${track.id}?sig=${boss.id}.${expires}.${signature}`,
		`/stream/${track.id}?sig=${user}.${Number(expires) - 100000}.${signature}`,
		`/stream/${track.id}?sig=${sig.slice(0, -2)}AA`,
		`/stream/${track.id}?sig=x`,
		`/stream/${track.id}?sig=`,
		`/stream/${track.id}`,
	];
	for (const path of refused) expect((await server.ask(path)).status, path).toBe(401);
});

test('a signed link ends with the account that made it', async () => {
	const eve = await person(server, 'eve', 'user');
	const { stream_url: url } = await linkOf(eve);
	expect((await server.ask(url)).status).toBe(200);
	const blocked = await boss.send('PATCH', `/admin/api/users/${eve.id}`, { is_active: false });
	expect(blocked.status, blocked.text).toBe(200);
	expect((await server.ask(url)).status).toBe(401);
});

test('only what is there gets a link, and only for people', async () => {
	expect((await ada.post('/api/v1/tracks/999999999/link', {})).status).toBe(404);
	expect((await ada.post(`/api/v1/tracks/${track.id}/link`, { expires_in_seconds: 59 })).status).toBe(422);
	expect((await server.ask(`/api/v1/tracks/${track.id}/link`, { method: 'POST' })).status).toBe(401);
});

test("a channel's signed link lets any player listen, to that channel alone, and strangers without it hear nothing", async () => {
	const [one, two] = await Promise.all(['One', 'Two'].map(async (title) => (await boss.post('/api/v1/channels', { title, is_public: title === 'One' })).json().id));
	for (const id of [one, two]) expect((await boss.post(`/api/v1/channels/${id}/start`)).status).toBe(200);
	const made = await ada.post(`/api/v1/channels/${one}/link`, { expires_in_seconds: 3600 });
	expect(made.status, made.text).toBe(201);
	const link = made.json();
	const listed = server.ask(link.hls); // answered when there is a segment
	expect(Date.parse(link.expires_at)).toBeGreaterThan(Date.now() + 3_500_000);
	const status = async (path: string): Promise<number> => {
		const leave = new AbortController();
		const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { signal: leave.signal });
		leave.abort();
		return answer.status;
	};
	for (const format of ['mp3', 'aac', 'opus', 'ogg']) expect(await status(link[format]), format).toBe(200);
	expect(await status(`/live/${one}.mp3`)).toBe(401);
	const sig = link.mp3.split('?')[1];
	expect(await status(`/live/${two}.mp3?${sig}`)).toBe(401);
	expect(await status(`/live/${one}0.mp3?${sig}`)).toBe(401);
	expect(await status(`/stream/${one}?${sig}`)).toBe(401);
	expect((await ada.post(`/api/v1/channels/${two}/link`, {})).status).toBe(404); // not hers to see
	expect((await boss.post(`/api/v1/channels/${two}/link`, {})).status).toBe(201);
	const track_sig = (await linkOf(ada)).stream_url.split('?')[1];
	expect(await status(`/live/${track.id}.mp3?${track_sig}`)).toBe(401);

	const list = await listed; // of HLS: what it names is signed as it is
	expect(list.status, list.text).toBe(200);
	const names = [/URI="(.+)"/.exec(list.text)?.[1], /^\d+\.m4s.*$/m.exec(list.text)?.[0]];
	for (const name of names) {
		expect(name).toMatch(/\?sig=/);
		const path = `/live/${one}/${name}`;
		expect((await server.ask(path)).status, path).toBe(200);
		for (const bad of [path.split('?')[0]!, `${path}x`, path.replace(`/${one}/`, `/${two}/`)]) expect(await status(bad), bad).toBe(401);
	}
	for (const bad of [`/live/${one}/index.m3u8`, `/live/${two}/index.m3u8?${sig}`]) expect(await status(bad), bad).toBe(401);
	const own = await ada.ask(`/live/${one}/index.m3u8?${sig}`); // who is signed in needs none
	expect(own.text).toContain('.m4s\n');
}, 30_000);
