// Files that no encoder would write, byte by byte.
import type { Ask } from './http.ts';
import { deflateSync } from 'node:zlib';

function syncsafe(value: number): Buffer {
	return Buffer.from([(value >> 21) & 127, (value >> 14) & 127, (value >> 7) & 127, value & 127]);
}

function id3(major: number, frames: Buffer[]): Buffer {
	const body = Buffer.concat(frames);
	return Buffer.concat([Buffer.from('ID3'), Buffer.from([major, 0, 0]), syncsafe(body.length), body]);
}

/** A text frame of ID3v2.4 in UTF-8. */
export function frame(id: string, text: string): Buffer {
	const content = Buffer.concat([Buffer.from([3]), Buffer.from(text)]);
	return Buffer.concat([Buffer.from(id), syncsafe(content.length), Buffer.from([0, 0]), content]);
}

export function id3v24(frames: Buffer[]): Buffer {
	return id3(4, frames);
}

function windows1251(text: string): Buffer {
	return Buffer.from(
		[...text].map((letter) => {
			const code = letter.codePointAt(0) ?? 0;
			if (code < 0x80) return code;
			if (letter === 'Ё') return 0xa8;
			if (letter === 'ё') return 0xb8;
			if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0;
			throw new Error(`${letter} is not a Russian letter`);
		}),
	);
}

/** ID3v2.3 whose text claims to be Latin-1 and is Windows-1251. */
export function id3v23(texts: [id: string, text: string][]): Buffer {
	return id3(
		3,
		texts.map(([id, text]) => {
			const content = Buffer.concat([Buffer.from([0]), windows1251(text)]);
			const size = Buffer.alloc(4);
			size.writeUInt32BE(content.length);
			return Buffer.concat([Buffer.from(id), size, Buffer.from([0, 0]), content]);
		}),
	);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
	let c = n;
	for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
	return c >>> 0;
});

function crc32(bytes: Buffer): number {
	let c = 0xffffffff;
	for (const byte of bytes) c = (crcTable[(c ^ byte) & 255] ?? 0) ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
}

function chunk(type: string, content: Buffer): Buffer {
	const named = Buffer.concat([Buffer.from(type), content]);
	const size = Buffer.alloc(4),
		check = Buffer.alloc(4);
	size.writeUInt32BE(content.length);
	check.writeUInt32BE(crc32(named));
	return Buffer.concat([size, named, check]);
}

/** A PNG of side × side black pixels: some 100 KB that unpack to gigabytes. */
export function bombPng(side: number): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(side, 0);
	header.writeUInt32BE(side, 4);
	header[8] = 1; // one bit of grey a pixel
	const rows = deflateSync(Buffer.alloc((Math.ceil(side / 8) + 1) * side), { level: 9 });
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', header),
		chunk('IDAT', rows),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

/** A WAV of noise: so many bytes that are all needed. */
export function wav(seconds: number, seed: number): Buffer {
	const length = seconds * 176_400;
	const file = Buffer.alloc(44 + length);
	file.write('RIFF', 0);
	file.writeUInt32LE(36 + length, 4);
	file.write('WAVEfmt ', 8);
	file.writeUInt32LE(16, 16);
	file.writeUInt16LE(1, 20);
	file.writeUInt16LE(2, 22);
	file.writeUInt32LE(44_100, 24);
	file.writeUInt32LE(176_400, 28);
	file.writeUInt16LE(4, 32);
	file.writeUInt16LE(16, 34);
	file.write('data', 36);
	file.writeUInt32LE(length, 40);
	for (let i = 44, noise = seed; i < file.length; i += 4) {
		noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) | 0;
		file.writeInt32LE(noise, i);
	}
	return file;
}

export type Part = [string, string | Buffer, string?];

/** A form as browsers send it; bytes are files. */
export function formOf(parts: Part[]): Ask {
	const pieces: Buffer[] = [];
	for (const [name, value, filename] of parts) {
		const file = Buffer.isBuffer(value) ? `; filename="${filename ?? 'song.wav'}"` : '';
		pieces.push(Buffer.from(`--edge\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`), Buffer.from(value), Buffer.from('\r\n'));
	}
	return {
		method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=edge' },
		body: Buffer.concat([...pieces, Buffer.from('--edge--\r\n')]),
	};
}
