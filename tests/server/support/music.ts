// The music of the scenarios, made by Debian's ffmpeg and kept in a folder of
// /tmp that is named after the recipe below: a change of the recipe makes it anew. What is declared here is what tests may expect.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bombPng, frame, id3v23, id3v24 } from './bytes.ts';

const exec = promisify(execFile);

export interface Piece {
	path: string; // below the root
	title: string;
	artist: string;
	album?: string;
	albumArtist?: string;
	genre?: string;
	year?: number;
	track?: string;
	disc?: string;
	composer?: string;
	seconds: number;
	sound?: 'tone' | 'noise';
	cover?: 'red.jpg' | 'blue.png'; // inside the file
	more?: Record<string, string>; // further tags
	encoder?: string[];
}

const swanLake = (disc: number, track: number, title: string): Piece => ({
	path: `classical/Лебединое озеро/CD${disc}/0${track} ${title}.flac`,
	title,
	artist: 'Пётр Чайковский',
	album: 'Лебединое озеро',
	albumArtist: 'Пётр Чайковский',
	composer: 'Пётр Чайковский',
	genre: 'Classical',
	year: 1876,
	track: `${track}/2`,
	disc: `${disc}/2`,
	seconds: 3,
	cover: 'blue.png',
});

const seasons = (track: number, title: string, more?: Record<string, string>): Piece => ({
	path: `classical/Vivaldi - The Four Seasons/0${track} ${title}.mp3`,
	title,
	artist: 'Antonio Vivaldi',
	album: 'The Four Seasons',
	albumArtist: 'Antonio Vivaldi',
	genre: 'Baroque',
	year: 1725,
	track: `${track}/4`,
	seconds: 4,
	cover: 'red.jpg',
	...(more ? { more } : {}),
});

const stardust = (track: number, title: string, ending: 'ogg' | 'opus'): Piece => ({
	path: `rock/Ёлка и мёд/0${track} ${title}.${ending}`,
	title,
	artist: 'Звёздная пыль',
	album: 'Ёлка и мёд',
	albumArtist: 'Звёздная пыль',
	genre: 'Рок',
	year: 1999,
	track: `${track}`,
	seconds: 2,
});

const summer = (track: number, title: string, artist: string, genre: string): Piece => ({
	path: `various/Summer Mix/0${track} ${title}.mp3`,
	title,
	artist,
	album: 'Summer Mix',
	albumArtist: 'Various Artists',
	genre,
	year: 2020,
	track: `${track}`,
	seconds: 2,
	more: { compilation: '1' },
});

const format = (ending: string, title: string, encoder: string[] = []): Piece => ({
	path: `formats/${title}.${ending}`,
	title,
	artist: 'Format Quartet',
	album: 'Containers',
	genre: 'Test Tones',
	year: 2001,
	seconds: 2,
	encoder,
});

const long = (ending: string, title: string, encoder: string[] = []): Piece => ({
	path: `long/${title}.${ending}`,
	title,
	artist: 'Grey Noise',
	album: 'Long Ones',
	genre: 'Noise',
	year: 2011,
	seconds: 40,
	sound: 'noise',
	encoder,
});

/** Made by ffmpeg, each with what its tags say. */
export const pieces: Piece[] = [
	swanLake(1, 1, 'Сцена'),
	swanLake(1, 2, 'Вальс'),
	swanLake(2, 1, 'Танец маленьких лебедей'),
	swanLake(2, 2, 'Финал'),
	seasons(1, 'Spring', { REPLAYGAIN_TRACK_GAIN: '-6.50 dB', REPLAYGAIN_TRACK_PEAK: '0.912345' }),
	seasons(2, 'Summer'),
	seasons(3, 'Autumn'),
	seasons(4, 'Winter'),
	stardust(1, 'Ёлка', 'ogg'),
	stardust(2, 'Елена', 'ogg'),
	stardust(3, 'Жёлтый чай', 'ogg'),
	stardust(4, 'Привет, мир', 'opus'),
	stardust(5, 'Йод и соль', 'opus'),
	{
		path: 'electronic/City Lights/01 Neon.m4a',
		title: 'Neon Boulevard',
		artist: 'Night Parade feat. Anya Salt',
		album: 'City Lights',
		albumArtist: 'Night Parade',
		genre: 'Electronic',
		year: 2015,
		track: '1/2',
		seconds: 5,
		cover: 'red.jpg',
	},
	{
		path: 'electronic/City Lights/02 Skyline.m4a',
		title: 'Skyline',
		artist: 'Night Parade',
		album: 'City Lights',
		albumArtist: 'Night Parade',
		genre: 'Electronic',
		year: 2015,
		track: '2/2',
		seconds: 5,
		more: { lyrics: 'Above the roofs\nthe morning glows\n\nand nobody knows' },
	},
	summer(1, 'Beach', 'Anya Salt', 'Electronic'),
	summer(2, 'Волна', 'Звёздная пыль', 'Рок'),
	format('wav', 'Wave Tone'),
	format('aiff', 'Interchange Tone', ['-write_id3v2', '1']),
	format('wma', 'Windows Tone'),
	format('wv', 'Pack Tone'),
	long('flac', 'Still Water'),
	long('mp3', 'Grey Rain', ['-b:a', '192k']),
	long('wav', 'Wide River', ['-ar', '96000', '-c:a', 'pcm_s32le']),
];

/** Many short ones, each an MPEG frame run behind a tag written here. */
export const countingCount = 120;
export const countingAlbum = 'Hundred and Twenty';
export const countingArtist = 'The Counting Ensemble';
const countingTitle = (n: number): string => `Number ${n}`;

/** ID3v2.3 whose "Latin-1" text is Windows-1251, as old taggers wrote it. */
export const oldRussian = {
	path: 'odd/старый.mp3',
	title: 'Подмосковные вечера',
	artist: 'Хор имени Пятницкого',
	album: 'Старые записи',
};

export const lrcText = '[ti:Привет, мир]\n[00:00.50]Привет, мир!\n[00:01.20]\n[00:01.80]Как дела?\n';

/** What a scan of the whole folder must find. */
export const expected = {
	tracks: pieces.length + countingCount + 1 /* old Russian */ + 1 /* beside the bomb */,
	rejected: ['odd/broken.flac', 'odd/text.mp3'],
};

const self = readFileSync(import.meta.filename) + readFileSync(join(import.meta.dirname, 'bytes.ts'), 'utf8');
const version = createHash('sha256').update(self).digest('hex').slice(0, 12);

/** The folder with everything in it, kept between runs. Read-only for tests: copy to change. */
export const music = join('/tmp', `ogma-server-tests-${userInfo().uid}`, `music-${version}`);

export const at = (path: string): string => join(music, path);

/** Where the parts lie while a folder is being made. */
const scratch = (root: string): string => `${root}.scratch`;

async function ffmpeg(argv: string[]): Promise<void> {
	await exec('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...argv]);
}

function tags(piece: Piece): string[] {
	const all: Record<string, string | undefined> = {
		title: piece.title,
		artist: piece.artist,
		album: piece.album,
		album_artist: piece.albumArtist,
		genre: piece.genre,
		date: piece.year?.toString(),
		track: piece.track,
		disc: piece.disc,
		composer: piece.composer,
		...piece.more,
	};
	return Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : ['-metadata', `${name}=${value}`]));
}

async function makePiece(root: string, piece: Piece, number: number): Promise<void> {
	const path = join(root, piece.path);
	const sound =
		piece.sound === 'noise'
			? `anoisesrc=d=${piece.seconds}:seed=${number}:a=0.3:r=44100,aformat=channel_layouts=stereo`
			: `sine=f=${220 + 20 * number}:d=${piece.seconds}:r=44100,aformat=channel_layouts=stereo`;
	const picture = piece.cover
		? [
				'-i',
				join(scratch(root), piece.cover),
				'-map',
				'0:a',
				'-map',
				'1:v',
				'-c:v',
				'copy',
				'-disposition:v',
				'attached_pic',
				'-metadata:s:v',
				'title=Cover',
				'-metadata:s:v',
				'comment=Cover (front)',
			]
		: [];
	await mkdir(dirname(path), { recursive: true });
	await ffmpeg(['-f', 'lavfi', '-i', sound, ...picture, ...tags(piece), '-ac', '2', ...(piece.encoder ?? []), path]);
}

async function makeCounting(root: string): Promise<void> {
	const bare = join(scratch(root), 'bare.mp3');
	await ffmpeg(['-f', 'lavfi', '-i', 'sine=f=440:d=1', '-b:a', '64k', '-write_xing', '0', '-id3v2_version', '0', bare]);
	const sound = await readFile(bare);
	await mkdir(join(root, 'many'), { recursive: true });
	for (let n = 1; n <= countingCount; n++) {
		const tag = id3v24([
			frame('TIT2', countingTitle(n)),
			frame('TPE1', countingArtist),
			frame('TALB', countingAlbum),
			frame('TPE2', countingArtist),
			frame('TCON', 'Minimal'),
			frame('TDRC', String(1900 + n)),
			frame('TRCK', String(n)),
		]);
		await writeFile(join(root, 'many', `${String(n).padStart(3, '0')}.mp3`), Buffer.concat([tag, sound]));
	}
	await mkdir(join(root, 'odd'), { recursive: true });
	await writeFile(
		join(root, oldRussian.path),
		Buffer.concat([
			id3v23([
				['TIT2', oldRussian.title],
				['TPE1', oldRussian.artist],
				['TALB', oldRussian.album],
			]),
			sound,
		]),
	);
	await writeFile(join(root, 'odd/text.mp3'), 'This is a text that somebody named like a song.\n'.repeat(40));
	await writeFile(join(root, 'odd/broken.flac'), Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(5000, 0xa5)]));
	await mkdir(join(root, 'bomb'), { recursive: true });
	await writeFile(
		join(root, 'bomb/song.mp3'),
		Buffer.concat([
			id3v24([frame('TIT2', 'Beside the Bomb'), frame('TPE1', 'Grey Noise'), frame('TALB', 'Bomb')]),
			sound,
		]),
	);
	await writeFile(join(root, 'bomb/cover.png'), bombPng(30000));
}

async function makePictures(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=1400x1400', '-frames:v', '1', '-q:v', '4', join(folder, 'red.jpg')]);
	await ffmpeg(['-f', 'lavfi', '-i', 'mandelbrot=s=640x480', '-frames:v', '1', join(folder, 'blue.png')]);
}

/** Makes the folder unless an earlier run did. */
export async function makeMusic(): Promise<void> {
	if (existsSync(music)) return;
	const root = `${music}.${process.pid}`;
	await rm(root, { recursive: true, force: true });
	await mkdir(root, { recursive: true });
	await makePictures(scratch(root));
	for (let i = 0; i < pieces.length; i += 4)
		await Promise.all(pieces.slice(i, i + 4).map((piece, j) => makePiece(root, piece, i + j)));
	await copyFile(join(scratch(root), 'red.jpg'), join(root, 'rock/Ёлка и мёд/cover.jpg'));
	await writeFile(join(root, 'rock/Ёлка и мёд/04 Привет, мир.lrc'), lrcText);
	await makeCounting(root);
	await rm(scratch(root), { recursive: true });
	await rename(root, music).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // somebody else was faster
	});
}

/** A second of sound with these tags, for scenarios that make their own files. */
export async function shortSong(title: string, artist: string, album: string, track = 1): Promise<Buffer> {
	const first = await readFile(at('many/001.mp3'));
	const size = [6, 7, 8, 9].reduce((sum, i) => (sum << 7) | (first[i] ?? 0), 0) + 10;
	return Buffer.concat([
		id3v24([frame('TIT2', title), frame('TPE1', artist), frame('TALB', album), frame('TRCK', String(track))]),
		first.subarray(size),
	]);
}
