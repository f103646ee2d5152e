// A tone that runs on through three files is heard as one tone: no sample is
// lost, doubled or put between at the joints.
import { execFile, execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { serveUntilEnd, temporary } from './support/library.ts';
import { run } from './support/ogma.ts';
import { person } from './support/people.ts';

const api = '/api/v1';
const rate = 48000;
const hertz = 500; // 96 samples, of which the three files are a whole number: the third joins the first
const cuts = [0, 100003, 220014, 330048];
const kinds = ['flac', 'wav', 'm4a'];

async function makeTone(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	for (const [i, kind] of kinds.entries()) {
		const codec = { flac: 'flac', wav: 'pcm_s16le', m4a: 'alac' }[kind] as string;
		execFileSync('ffmpeg', [
			'-v', 'error', '-f', 'lavfi', '-i', `aevalsrc=0.5*sin(2*PI*${hertz}*t):s=${rate}:d=8`, '-af', `atrim=start_sample=${cuts[i]}:end_sample=${cuts[i + 1]},asetpts=N/SR/TB`,
			'-ac', '2', '-metadata', `title=Tone ${i + 1}`, '-metadata', 'artist=Joints', '-c:a', codec, join(folder, `${i + 1}.${kind}`),
		]);
	}
}

/** By how many samples the tone stands apart, at most, from where it stood at first; in pieces of ten of its waves. */
function shift(samples: Int16Array): number {
	const wave = rate / hertz;
	const phases: number[] = [];
	for (let at = 0; at + 10 * wave <= samples.length; at += 10 * wave) {
		let real = 0;
		let imaginary = 0;
		for (let i = 0; i < 10 * wave; i++) {
			real += (samples[at + i] as number) * Math.cos((2 * Math.PI * i) / wave);
			imaginary += (samples[at + i] as number) * Math.sin((2 * Math.PI * i) / wave);
		}
		phases.push((Math.atan2(real, imaginary) / (2 * Math.PI)) * wave);
	}
	return Math.max(...phases.map((phase) => Math.abs(phase - (phases[0] as number))));
}

/** The largest step away from a pure tone (x[n] = 2 cos w x[n-1] - x[n-2]), beside its height. */
function worst(samples: Int16Array): number {
	const turn = 2 * Math.cos((2 * Math.PI * hertz) / rate);
	let most = 0;
	for (let i = 2; i < samples.length; i++) most = Math.max(most, Math.abs((samples[i] as number) - turn * (samples[i - 1] as number) + (samples[i - 2] as number)));
	return most / (0.5 * 32768);
}

test('a tone through three files is heard without a seam', async () => {
	const folder = join(await temporary('gapless'), 'music');
	const data = join(await temporary('gapless-data'), 'data');
	await makeTone(folder);
	expect((await run(['scan', folder, '--json', '--data', data])).code).toBe(0);
	const server = await serveUntilEnd({ data });
	const mod = await person(server, 'mod', 'moderator');
	const tracks = (await server.json(`${api}/tracks?limit=10`)).items.sort((a: any, b: any) => a.title.localeCompare(b.title));
	expect(tracks.length).toBe(3);
	const { id } = (await mod.post(`${api}/channels`, { title: 'Joints', crossfade_ms: 0, level_mode: 'off' })).json();
	for (const track of [...tracks, ...tracks]) expect((await mod.post(`${api}/queue/${id}/items`, { track_id: track.id })).status).toBe(201);
	expect((await mod.post(`${api}/channels/${id}/start`)).status).toBe(200);

	// on a busy machine something else is heard until the first file is there
	const heard = await promisify(execFile)(
		'ffmpeg',
		['-v', 'error', '-i', `http://127.0.0.1:${server.port}/live/${id}.mp3`, '-ss', '2', '-t', '7.5', '-af', 'pan=mono|c0=c0', '-ar', `${rate}`, '-f', 's16le', '-'],
		{ encoding: 'buffer', maxBuffer: 1 << 24, timeout: 40_000 },
	);
	const samples = new Int16Array(heard.stdout.buffer, heard.stdout.byteOffset, heard.stdout.length >> 1);
	expect(samples.length).toBe(7.5 * rate);
	expect((await server.json(`${api}/channels/${id}/history`)).items.length).toBeGreaterThan(3);
	expect(worst(samples)).toBeLessThan(0.01);
	expect(shift(samples)).toBeLessThan(0.1);
	// one sample too few would have been seen
	const seam = samples.length >> 1;
	expect(shift(Int16Array.from([...samples.slice(0, seam), ...samples.slice(seam + 1)]))).toBeGreaterThan(0.9);
}, 60_000);
