/* When a joint between two tracks is worth decoding the next one whole (see DESIGN.md, "Gapless"). */
import type { Track } from '../api/types';

/** Decoded samples are 32-bit floats at the context's rate; two tracks are held during a joint. */
const JOINT_BYTES_MAX = 256 * 1024 * 1024;
const CONTEXT_RATE = 48_000;

const decodedBytes = (track: Track): number => (track.duration_ms / 1000) * CONTEXT_RATE * (track.channels ?? 2) * 4;

interface Device {
	deviceMemory?: number;
	connection?: { saveData?: boolean };
}

export function jointWanted(current: Track, next: Track, device: Device = navigator as Device): boolean {
	if (current.album_id === null || current.album_id !== next.album_id) return false;
	if ((device.deviceMemory ?? 8) < 4 || device.connection?.saveData) return false;
	return decodedBytes(current) + decodedBytes(next) <= JOINT_BYTES_MAX;
}

export async function decodeTrack(context: BaseAudioContext, url: string, signal: AbortSignal): Promise<AudioBuffer> {
	const response = await fetch(url, { signal });
	if (!response.ok) throw new Error(`stream answered ${response.status}`);
	return context.decodeAudioData(await response.arrayBuffer());
}
