/* codepage.c - likelihoods of letters and pairs; see codepage.h for the rule.
 * Shares of Russian letters are those of the national corpus, rounded; of
 * accented letters, a hand-made mean over French, German, Spanish, Portuguese,
 * Swedish, Danish and Finnish text. */
#include "media/read/codepage.h"

#include <math.h>
#include <stdint.h>

#define PAIR_BOTH_UPPER 3.2
#define PAIR_MIXED (-5.5)
#define CAPITAL_AFTER_SMALL (-3.0)
#define RARE_PAGE 5.0
#define OTHERS_WEIGHT 0.5
#define OTHERS_MAX 4.0

/* 0x80..0x9F of Windows-1252; 0: not assigned */
static const uint16_t western_low[32] = {
	0x20AC, 0,	0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,	0x017D, 0,
	0,	0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,	0x017E, 0x0178,
};

/* 0x80..0xBF of Windows-1251 */
static const uint16_t cp1251_low[64] = {
	0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021,
	0x20AC, 0x2030, 0x0409, 0x2039, 0x040A, 0x040C, 0x040B, 0x040F,
	0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0,	0x2122, 0x0459, 0x203A, 0x045A, 0x045C, 0x045B, 0x045F,
	0x00A0, 0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6, 0x00A7,
	0x0401, 0x00A9, 0x0404, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x0407,
	0x00B0, 0x00B1, 0x0406, 0x0456, 0x0491, 0x00B5, 0x00B6, 0x00B7,
	0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455, 0x0457,
};

/* The small letters of KOI8-R in the order of their bytes, 0xC0..0xDF */
static const uint16_t koi8_small[32] = {
	0x44E, 0x430, 0x431, 0x446, 0x434, 0x435, 0x444, 0x433,
	0x445, 0x438, 0x439, 0x43A, 0x43B, 0x43C, 0x43D, 0x43E,
	0x43F, 0x44F, 0x440, 0x441, 0x442, 0x443, 0x436, 0x432,
	0x44C, 0x44B, 0x437, 0x448, 0x44D, 0x449, 0x447, 0x44A,
};

/* а..я, per thousand */
static const float russian_share[32] = {
	80.1F, 15.9F, 45.4F, 17.0F, 29.8F, 84.5F, 9.4F,	 16.5F,
	73.5F, 12.1F, 34.9F, 44.0F, 32.1F, 67.0F, 109.7F, 28.1F,
	47.3F, 54.7F, 62.6F, 26.2F, 2.6F,  9.7F,	 4.8F,	 14.4F,
	7.3F,  3.6F,  0.4F,  19.0F, 17.4F, 3.2F,	 6.4F,	 20.1F,
};

/* 0xE0..0xFF of Latin-1 among accented letters, per thousand */
static const float western_share[32] = {
	50, 50, 10, 30, 100, 50, 12, 30, 50, 180, 20, 10, 4, 50, 8, 6,
	4,  30, 5,  50, 10,  8,	 90, 0.5F, 30, 4, 20, 5, 80, 5, 3, 0.5F,
};

static uint32_t
koi8r_letter(uint8_t byte)
{
	if (byte == 0xA3)
		return 0x451;
	if (byte == 0xB3)
		return 0x401;
	if (byte < 0xC0)
		return 0;
	if (byte < 0xE0)
		return koi8_small[byte - 0xC0];
	return koi8_small[byte - 0xE0] - 0x20U;
}

static uint32_t
cp866_letter(uint8_t byte)
{
	if (byte >= 0x80 && byte < 0xB0)
		return 0x410U + byte - 0x80U;
	if (byte >= 0xE0 && byte < 0xF0)
		return 0x440U + byte - 0xE0U;
	return byte == 0xF0 ? 0x401 : byte == 0xF1 ? 0x451 : 0;
}

/* The character of an upper byte, 0 when it has none (or none that text
 * uses, in the pages that have box drawing there). */
static uint32_t
page_character(enum codepage page, uint8_t byte)
{
	switch (page) {
	case CODEPAGE_1251:
		return byte >= 0xC0 ? 0x410U + byte - 0xC0U :
				      cp1251_low[byte - 0x80];
	case CODEPAGE_KOI8R:
		return koi8r_letter(byte);
	case CODEPAGE_866:
		return cp866_letter(byte);
	default:
		return byte >= 0xA0 ? byte : western_low[byte - 0x80];
	}
}

static bool
is_cyrillic(uint32_t character)
{
	return character >= 0x400 && character < 0x500;
}

static bool
is_ascii_letter(uint8_t byte)
{
	return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static bool
is_capital(uint32_t character)
{
	return (character >= 0x400 && character < 0x430) || character == 0x490;
}

/* ln(share in Russian / share of the same byte in Western text). A capital is
 * rarer, but not after another one: then it is a word in capitals. */
static double
letter_evidence(uint32_t letter, uint8_t byte, uint32_t before)
{
	double russian = 2, western = 1;

	if (letter >= 0x410 && letter < 0x450)
		russian = (double)russian_share[(letter - 0x410) % 32];
	if (byte >= 0xC0)
		western = (double)western_share[(byte - 0xC0) % 32];
	if (byte >= 0xC0 && byte < 0xE0) /* capitals are rarer there */
		western *= 0.3;
	if (is_capital(letter) && !is_capital(before))
		russian *= 0.3;
	return log(russian / western);
}

struct neighbour {
	uint32_t letter; /* 0: not a letter; 1: an ASCII letter */
	uint8_t byte;
};

static struct neighbour
neighbour_at(struct span bytes, size_t i, enum codepage page)
{
	struct neighbour n = { 0 };

	if (i >= bytes.length)
		return n;
	n.byte = (uint8_t)bytes.at[i];
	if (n.byte < 0x80) {
		n.letter = is_ascii_letter(n.byte) ? 1 : 0;
	} else {
		n.letter = page_character(page, n.byte);
		if (!is_cyrillic(n.letter))
			n.letter = 0;
	}
	return n;
}

static double
pair_evidence(struct neighbour a, struct neighbour b)
{
	if (a.letter == 0 || b.letter == 0)
		return 0;
	if (a.letter == 1 && b.letter == 1)
		return 0;
	if (a.letter == 1 || b.letter == 1)
		return PAIR_MIXED;
	if (!is_capital(a.letter) && is_capital(b.letter))
		return PAIR_BOTH_UPPER + CAPITAL_AFTER_SMALL;
	return PAIR_BOTH_UPPER;
}

double
codepage_evidence(struct span bytes, enum codepage page)
{
	struct neighbour before = { 0 }, here, after;
	double sum = 0;

	here = neighbour_at(bytes, 0, page);
	for (size_t i = 0; i < bytes.length; i++) {
		bool alone, tripled;

		after = neighbour_at(bytes, i + 1, page);
		alone = before.letter == 0 && after.letter == 0;
		tripled = before.byte == here.byte && here.byte == after.byte;
		if (tripled && here.letter > 1)
			sum -= PAIR_BOTH_UPPER; /* as much as it got before */
		else if (here.letter > 1 && !alone)
			sum += letter_evidence(here.letter, here.byte,
					       before.letter);
		/* an upper byte that is no letter here fits the page badly */
		if (here.byte >= 0xC0 && here.letter == 0)
			sum += PAIR_MIXED;
		if (!tripled)
			sum += pair_evidence(here, after);
		before = here;
		here = after;
	}
	return sum;
}

static bool
has_upper_bytes(struct span bytes)
{
	for (size_t i = 0; i < bytes.length; i++) {
		if ((uint8_t)bytes.at[i] >= 0x80)
			return true;
	}
	return false;
}

enum codepage
codepage_guess(struct span bytes, const double *others, double threshold)
{
	static const enum codepage tried[] = { CODEPAGE_1251, CODEPAGE_KOI8R,
					       CODEPAGE_866 };
	enum codepage best = CODEPAGE_WESTERN;
	double best_sum = threshold;

	if (!has_upper_bytes(bytes))
		return CODEPAGE_WESTERN;
	if (utf8_valid(bytes.at, bytes.length))
		return CODEPAGE_UTF8;
	for (size_t i = 0; i < ARRAY_LENGTH(tried); i++) {
		double sum = codepage_evidence(bytes, tried[i]);

		/* the pages beside 1251 are rare now, so they have to be much
		 * likelier */
		if (tried[i] != CODEPAGE_1251)
			sum -= RARE_PAGE;
		if (others != NULL)
			sum += fmax(-OTHERS_MAX,
				    fmin(OTHERS_MAX, others[tried[i]] *
							     OTHERS_WEIGHT));
		if (sum > best_sum) {
			best_sum = sum;
			best = tried[i];
		}
	}
	return best;
}

char *
codepage_decode(struct arena *arena, struct span bytes, enum codepage page)
{
	char *text, *end;

	if (page == CODEPAGE_UTF8)
		return arena_copy_bytes(arena, bytes.at, bytes.length);
	text = arena_alloc(arena, 3 * bytes.length + 1);
	end = text;
	for (size_t i = 0; i < bytes.length; i++) {
		uint8_t byte = (uint8_t)bytes.at[i];
		uint32_t character = byte;

		if (byte >= 0x80)
			character = page_character(page, byte);
		if (byte >= 0x80 && character == 0)
			character = 0xFFFD;
		end += utf8_write(character, end);
	}
	*end = '\0';
	return text;
}

/* The Western byte of a character, or -1. */
static int
western_byte(uint32_t character)
{
	if (character < 0x100)
		return (int)character;
	for (int i = 0; i < 32; i++) {
		if (western_low[i] == character)
			return 0x80 + i;
	}
	return -1;
}

bool
codepage_unread(struct arena *arena, struct span utf8, struct span *out)
{
	const char *at = utf8.at, *end = utf8.at + utf8.length;
	char *bytes;
	size_t length = 0;
	bool upper = false;

	if (!has_upper_bytes(utf8))
		return false;
	bytes = arena_alloc(arena, utf8.length + 1);
	while (at < end) {
		int byte = western_byte(utf8_next(&at, end));

		if (byte < 0)
			return false;
		upper = upper || byte >= 0x80;
		bytes[length++] = (char)(uint8_t)byte;
	}
	*out = (struct span){ bytes, length };
	return upper;
}

const char *
codepage_name(enum codepage page)
{
	static const char *const names[CODEPAGE_COUNT] = {
		"Windows-1252", "Windows-1251", "KOI8-R", "CP866", "UTF-8"
	};

	return names[page];
}
