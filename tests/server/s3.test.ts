// Covers and uploads on an S3 server, and what happens when it is away.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serveUntilEnd, temporary, trackTitled, undoAtEnd } from './support/library.ts';
import { music } from './support/music.ts';
import { run } from './support/ogma.ts';
import { S3 } from './support/s3.ts';

const place = await temporary('s3');
const s3 = await S3.make(place);
if (s3 === undefined) throw new Error('Swift is not installed: tools/setup test');
undoAtEnd(() => s3.stop());

const options = { data: join(place, 'data'), env: { ...s3.env, S3_TIMEOUT_MS: '1000' } };
const scan = await run(['scan', music, '--json', '--data', options.data], { env: options.env });
if (scan.code !== 0) throw new Error(`the scan went wrong: ${scan.stdout}${scan.stderr}`);
const server = await serveUntilEnd(options);
const spring = await trackTitled(server, 'Spring');

test('covers are objects of the bucket, named by their content', async () => {
	const keys = await s3.keys('covers');
	expect(keys.length).toBeGreaterThan(1);
	for (const key of keys) expect(key).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
	const original = await server.ask(`/api/v1/tracks/${spring.id}/cover`);
	expect(original.status).toBe(200);
	expect(original.header('content-type')).toBe('image/jpeg');
});
