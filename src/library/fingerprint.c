/* fingerprint.c - see fingerprint.h. */
#include "library/fingerprint.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define LOOK_STEP 8 /* every such word is looked at to find the best shift */
#define WORD_BITS 32

struct fingerprint
fingerprint_read(struct span bytes, struct arena *arena)
{
	size_t count = bytes.length / sizeof(uint32_t);
	struct fingerprint print;

	if (count > FINGERPRINT_WORDS_MAX)
		count = FINGERPRINT_WORDS_MAX;
	print = (struct fingerprint){
		.words = arena_new(arena, uint32_t, count + 1),
		.count = count,
	};
	for (size_t i = 0; i < count; i++) {
		const uint8_t *at = (const uint8_t *)bytes.at + 4 * i;

		print.words[i] = (uint32_t)at[0] | (uint32_t)at[1] << 8 |
				 (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
	}
	return print;
}

/* ---- marks -------------------------------------------------------------------- */

/* A permutation of 32-bit numbers (the finalizer of MurmurHash3), so that equal
 * marks are equal words. */
static uint32_t
mark_of(uint32_t word)
{
	word ^= word >> 16;
	word *= 0x85ebca6bu;
	word ^= word >> 13;
	word *= 0xc2b2ae35u;
	return word ^ word >> 16;
}

static int
mark_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* All different marks in ascending order; `room` holds `count`. */
static size_t
marks_sort(const uint32_t *words, size_t count, uint32_t *room)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		room[i] = mark_of(words[i]);
	qsort(room, count, sizeof *room, mark_compare);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || room[kept - 1] != room[i])
			room[kept++] = room[i];
	return kept;
}

static bool
words_tell(const uint32_t *words, size_t count)
{
	uint32_t room[FINGERPRINT_WORDS_MAX];

	return count >= FINGERPRINT_OVERLAP_MIN &&
	       marks_sort(words, count, room) >= FINGERPRINT_VARIED_MIN;
}

bool
fingerprint_tells(const struct fingerprint *print)
{
	return words_tell(print->words, print->count);
}

size_t
fingerprint_marks(const struct fingerprint *print, uint32_t *out, size_t room)
{
	uint32_t marks[FINGERPRINT_WORDS_MAX];
	size_t count;

	if (print->count < FINGERPRINT_OVERLAP_MIN)
		return 0;
	count = marks_sort(print->words, print->count, marks);
	if (count < FINGERPRINT_VARIED_MIN)
		return 0;
	if (count > room)
		count = room;
	memcpy(out, marks, count * sizeof *out);
	return count;
}

/* ---- comparison ------------------------------------------------------------------ */

static unsigned
bits_of(uint32_t word)
{
	word -= word >> 1 & 0x55555555u;
	word = (word & 0x33333333u) + (word >> 2 & 0x33333333u);
	word = (word + (word >> 4)) & 0x0f0f0f0fu;
	return word * 0x01010101u >> 24;
}

/* The part of both that lies beside each other when `a` begins `shift` words
 * later: a[i] beside b[i + shift]. */
struct overlap {
	const uint32_t *a, *b;
	size_t count;
};

static struct overlap
overlap_at(const struct fingerprint *a, const struct fingerprint *b, int shift)
{
	size_t from_a = shift < 0 ? (size_t)-shift : 0;
	size_t from_b = shift > 0 ? (size_t)shift : 0;
	struct overlap overlap = { 0 };

	if (from_a >= a->count || from_b >= b->count)
		return overlap;
	overlap.a = a->words + from_a;
	overlap.b = b->words + from_b;
	overlap.count = a->count - from_a < b->count - from_b ?
				a->count - from_a : b->count - from_b;
	return overlap;
}

static double
error_rate(const struct overlap *overlap, size_t step)
{
	unsigned wrong = 0, seen = 0;

	for (size_t i = 0; i < overlap->count; i += step, seen++)
		wrong += bits_of(overlap->a[i] ^ overlap->b[i]);
	return seen == 0 ? 1 : (double)wrong / (WORD_BITS * (double)seen);
}

/* Half of the shorter print has to lie beside the other. */
static size_t
overlap_least(const struct fingerprint *a, const struct fingerprint *b)
{
	size_t shorter = a->count < b->count ? a->count : b->count;

	return shorter / 2 > FINGERPRINT_OVERLAP_MIN ? shorter / 2 :
						       FINGERPRINT_OVERLAP_MIN;
}

double
fingerprint_compare(const struct fingerprint *a, const struct fingerprint *b,
		    int *shift)
{
	size_t least = overlap_least(a, b);
	struct overlap best = { 0 };
	double lowest = 1;
	int best_shift = 0;

	for (int i = 0; i <= 2 * FINGERPRINT_SHIFT_MAX; i++) {
		/* 0, 1, -1, 2, -2, …: of equal ones the smallest shift */
		int tried = i % 2 ? (i + 1) / 2 : -(i / 2);
		struct overlap overlap = overlap_at(a, b, tried);
		double rate;

		if (overlap.count < least)
			continue;
		rate = error_rate(&overlap, LOOK_STEP);
		if (rate >= lowest)
			continue;
		lowest = rate;
		best = overlap;
		best_shift = tried;
	}
	if (best.count == 0 || !words_tell(best.a, best.count) ||
	    !words_tell(best.b, best.count))
		return 1;
	if (shift != NULL)
		*shift = best_shift;
	return error_rate(&best, 1);
}

double
fingerprint_score(double rate)
{
	return rate < 0.5 ? 1 - 2 * rate : 0;
}

/* ---- as text -----------------------------------------------------------------------
 *
 * The algorithm (1 byte, 1 is the one of AcoustID) and the number of words (3
 * bytes, the highest first). Then for each word, combined by "exclusive or"
 * with the one before, the distances between its set bits from the lowest on,
 * and a 0: numbers of 3 bits, packed from the lowest bit. A distance of 7 or
 * more is a 7 there, and what is above 7 a number of 5 bits in a second row
 * that begins at the next byte. */

#define TEXT_ALGORITHM 1
#define HEADER_BYTES 4
#define NEAR_BITS 3
#define NEAR_MAX 7
#define FAR_BITS 5
#define NUMBERS_MAX ((WORD_BITS + 1) * FINGERPRINT_WORDS_MAX)

/* Numbers of a few bits after each other. */
static void
pack(struct buffer *out, const uint8_t *numbers, size_t count, unsigned bits)
{
	unsigned held = 0, value = 0;

	for (size_t i = 0; i < count; i++) {
		value |= (unsigned)numbers[i] << held;
		held += bits;
		for (; held >= 8; held -= 8, value >>= 8)
			buffer_add_char(out, (char)(value & 0xff));
	}
	if (held > 0)
		buffer_add_char(out, (char)value);
}

void
fingerprint_print(const struct fingerprint *print, struct buffer *out)
{
	size_t count = print->count < FINGERPRINT_WORDS_MAX ?
			       print->count : FINGERPRINT_WORDS_MAX;
	uint8_t *near_ones = mem_new(NUMBERS_MAX, 1);
	uint8_t *far_ones = mem_new(NUMBERS_MAX, 1);
	size_t near_count = 0, far_count = 0;
	const char header[HEADER_BYTES] = { TEXT_ALGORITHM,
					    (char)(count >> 16),
					    (char)(count >> 8), (char)count };
	struct buffer packed;

	for (size_t i = 0; i < count; i++) {
		uint32_t word = print->words[i] ^
				(i > 0 ? print->words[i - 1] : 0);
		int last = 0;

		for (int bit = 1; bit <= WORD_BITS; bit++) {
			int apart = bit - last;

			if ((word >> (bit - 1) & 1) == 0)
				continue;
			last = bit;
			near_ones[near_count++] = (uint8_t)(
				apart < NEAR_MAX ? apart : NEAR_MAX);
			if (apart >= NEAR_MAX)
				far_ones[far_count++] =
					(uint8_t)(apart - NEAR_MAX);
		}
		near_ones[near_count++] = 0;
	}
	buffer_init(&packed, 0);
	buffer_add(&packed, header, sizeof header);
	pack(&packed, near_ones, near_count, NEAR_BITS);
	pack(&packed, far_ones, far_count, FAR_BITS);
	base64url_add(out, packed.bytes, packed.length);
	buffer_release(&packed);
	free(near_ones);
	free(far_ones);
}

/* Bits of a span of bytes, from the lowest. */
struct bits {
	struct span bytes;
	size_t at; /* bit */
};

static bool
bits_take(struct bits *bits, unsigned count, unsigned *out)
{
	unsigned value = 0;

	if (bits->at + count > bits->bytes.length * 8)
		return false;
	for (unsigned i = 0; i < count; i++, bits->at++)
		value |= ((uint8_t)bits->bytes.at[bits->at / 8] >>
				  bits->at % 8 & 1u)
			 << i;
	*out = value;
	return true;
}

/* Where the second row begins: after `words` zeros of the first. */
static bool
far_find(struct bits near_ones, size_t words, struct bits *out)
{
	while (words > 0) {
		unsigned value;

		if (!bits_take(&near_ones, NEAR_BITS, &value))
			return false;
		words -= value == 0;
	}
	*out = near_ones;
	out->at = (out->at + 7) / 8 * 8;
	return true;
}

static bool
word_take(struct bits *near_ones, struct bits *far_ones, uint32_t *word)
{
	unsigned apart, more, bit = 0;

	for (*word = 0;;) {
		if (!bits_take(near_ones, NEAR_BITS, &apart))
			return false;
		if (apart == 0)
			return true;
		if (apart == NEAR_MAX) {
			if (!bits_take(far_ones, FAR_BITS, &more))
				return false;
			apart += more;
		}
		bit += apart;
		if (bit > WORD_BITS)
			return false;
		*word ^= 1u << (bit - 1);
	}
}

static bool
words_unpack(struct span packed, struct arena *arena, struct fingerprint *out)
{
	struct bits near_ones = { packed, 8 * HEADER_BYTES }, far_ones;
	const uint8_t *header = (const uint8_t *)packed.at;
	struct fingerprint print = { 0 };

	if (packed.length < HEADER_BYTES || header[0] != TEXT_ALGORITHM)
		return false;
	print.count = (size_t)header[1] << 16 | (size_t)header[2] << 8 |
		      header[3];
	if (print.count == 0 || print.count > FINGERPRINT_WORDS_MAX ||
	    !far_find(near_ones, print.count, &far_ones))
		return false;
	print.words = arena_new(arena, uint32_t, print.count);
	for (size_t i = 0; i < print.count; i++) {
		if (!word_take(&near_ones, &far_ones, &print.words[i]))
			return false;
		if (i > 0)
			print.words[i] ^= print.words[i - 1];
	}
	*out = print;
	return true;
}

bool
fingerprint_parse(struct span text, struct arena *arena,
		  struct fingerprint *out)
{
	struct buffer packed;
	bool good;

	if (text.length > FINGERPRINT_TEXT_MAX)
		return false;
	buffer_init(&packed, 0);
	good = base64url_parse(text, &packed) &&
	       words_unpack((struct span){ packed.bytes, packed.length },
			    arena, out);
	buffer_release(&packed);
	return good;
}
