/* Listens to what the page sends to the speakers and finds it again in the decoded files, end to end. The policy is
 * bypassed for the recorder alone: it is an AudioWorklet out of a blob. */
import { expect, test, type Ogma } from './ogma';

test.use({ bypassCSP: true });

const RECORDER = `registerProcessor('recorder', class extends AudioWorkletProcessor {
	process([input]) { this.port.postMessage(input[0] ? input[0].slice() : new Float32Array(128)); return true; }
});`;

/** Runs before the page's own code: whatever is connected to the speakers is recorded on its way. */
function record(source: string): void {
	const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode;
	const blocks: Float32Array[] = [];
	Object.assign(window, { recorded: blocks });
	const tapped = new WeakSet<AudioNode>();
	AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode) {
		const { context } = this;
		if ((to as AudioNode) === context.destination && !tapped.has(this)) {
			tapped.add(this);
			const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
			void context.audioWorklet.addModule(address).then(() => {
				const recorder = new AudioWorkletNode(context, 'recorder');
				recorder.port.onmessage = (event: MessageEvent<Float32Array>) => blocks.push(event.data);
				connect.call(this, recorder);
			});
			Object.assign(window, { rate: context.sampleRate });
		}
		return connect.call(this, to);
	} as typeof AudioNode.prototype.connect;
}

/** Runs in the page: where the last seconds of the recording lie in the two files put together, before and after their
 * joint. The difference is what the joint lost (-) or repeated (+), in samples. */
async function measure(urls: string[]): Promise<number> {
	const { recorded, rate } = window as unknown as { recorded: Float32Array[]; rate: number };
	const decoder = new OfflineAudioContext(1, rate, rate);
	const files = await Promise.all(
		urls.map(async (url) => (await decoder.decodeAudioData(await (await fetch(url)).arrayBuffer())).getChannelData(0)),
	);
	const joint = files[0]!.length;
	const whole = new Float32Array(joint + files[1]!.length);
	whole.set(files[0]!);
	whole.set(files[1]!, joint);
	const sound = new Float32Array(recorded.length * 128);
	recorded.forEach((block, at) => sound.set(block, at * 128));

	/** Likeness of a piece of the recording and a place in the files, -1..1; every `step`th sample is looked at. */
	const like = (from: number, place: number, length: number, step: number) => {
		let both = 0;
		let own = 1e-9;
		let other = 1e-9;
		for (let at = 0; at < length; at += step) {
			const a = sound[from + at]!;
			const b = whole[place + at] ?? 0;
			both += a * b;
			own += a * a;
			other += b * b;
		}
		return both / Math.sqrt(own * other);
	};
	const find = (from: number, low: number, high: number, length: number, step: number) => {
		let best = { place: low, likeness: -2 };
		for (let place = Math.max(0, low); place < high; place += 1) {
			const likeness = like(from, place, length, step);
			if (likeness > best.likeness) best = { place, likeness };
		}
		return best;
	};
	/* Coarse: 1.2 s near the end of the recording, somewhere in the first seconds after the joint. */
	const piece = Math.round(rate * 1.2);
	let guess: number | null = null;
	for (let back = 0.1; guess === null && back < 1; back += 0.3) {
		const end = sound.length - piece - Math.round(rate * back);
		const late = find(end, joint, joint + rate * 3, piece, 16);
		if (late.likeness > 0.9) guess = late.place - end;
	}
	if (guess === null) throw new Error('the recording is not in the files');
	const early = guess;
	/* Fine: pieces close to the joint, each within 100 ms of where it would be without any fault. On a busy machine an
	 * element may stutter before the joint; that is not the joint's doing, so the nearest sound piece counts. */
	const span = Math.round(rate * 0.1);
	const shift = (offsets: number[]) => {
		for (const offset of offsets) {
			const place = joint + Math.round(offset * rate);
			const found = find(place - early, place - span, place + span, 4096, 1);
			if (found.likeness > 0.9) return found.place - place;
		}
		throw new Error(`nothing alike at ${offsets.join(', ')} s`);
	};
	return shift([0.05, 0.2, 0.4]) - shift([-0.15, -0.3, -0.45, -0.6]);
}

/** Seeks so far from the end that the next track can be fetched and decoded, and waits until it plays. */
async function listenOver(ogma: Ogma, next: string): Promise<void> {
	const duration = Number(await ogma.seekBar().getAttribute('aria-valuemax'));
	const box = (await ogma.seekBar().boundingBox())!;
	await ogma.page.mouse.click(box.x + box.width * Math.max(0, 1 - 8_000 / duration), box.y + box.height / 2);
	await expect(ogma.player().getByText(next, { exact: true }).filter({ visible: true }).first()).toBeVisible({
		timeout: 15_000,
	});
	await expect.poll(() => ogma.position(), { intervals: [100] }).toBeGreaterThan(2_000);
}

test('tracks of one album join without a gap, and from the second joint on without losing a sample', async ({
	ogma,
}) => {
	await ogma.page.addInitScript(record, RECORDER);
	const { album, tracks } = await ogma.album(3);
	const stream = (at: number) => `/api/v1/tracks/${tracks[at]!.id}/stream`;
	const rate = () => ogma.page.evaluate(() => (window as unknown as { rate: number }).rate);
	await ogma.playAlbum(album);
	await ogma.expectPlaying(tracks[0]!.title);
	await listenOver(ogma, tracks[1]!.title);
	const first = await ogma.page.evaluate(measure, [stream(0), stream(1)]);
	expect(Math.abs(first) / (await rate()), `first joint, seconds (${first} samples)`).toBeLessThan(0.03);
	await listenOver(ogma, tracks[2]!.title);
	const second = await ogma.page.evaluate(measure, [stream(1), stream(2)]);
	expect(second, 'second joint, samples').toBe(0);
});
