import { describe, expect, test } from 'vitest';
import { textDiff } from './text-diff';

describe('what differs between two texts', () => {
	test('is what stands between their shared ends', () => {
		expect(textDiff('Song.mp3', 'Song')).toEqual({ before: 'Song', removed: '.mp3', added: '', after: '' });
		expect(textDiff('01 - Song', 'Song')).toEqual({ before: '', removed: '01 - ', added: '', after: 'Song' });
		expect(textDiff('Королев', 'Королёв')).toEqual({ before: 'Корол', removed: 'е', added: 'ё', after: 'в' });
	});

	test('never counts a character for both ends', () => {
		expect(textDiff('aa', 'aaa')).toEqual({ before: 'aa', removed: '', added: 'a', after: '' });
		expect(textDiff('', 'x')).toEqual({ before: '', removed: '', added: 'x', after: '' });
	});

	test('does not cut emoji in two', () => {
		expect(textDiff('A 👩', 'A 🎵').removed).toBe('👩');
	});
});
