import { describe, expect, it } from 'vitest';
import { formatsFor } from './live-formats';

describe('the formats of a channel', () => {
	it('are those the browser plays, the one chosen in the settings first', () => {
		expect(formatsFor('original', () => true)).toEqual(['opus', 'aac', 'mp3']);
		expect(formatsFor('mp3', () => true)).toEqual(['mp3', 'opus', 'aac']);
		expect(formatsFor('opus', (mime) => !mime.includes('ogg'))).toEqual(['aac', 'mp3']);
	});
	it('are at least one, whatever a browser says', () => {
		expect(formatsFor('opus', () => false)).toEqual(['mp3']);
	});
});
