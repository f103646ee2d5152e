/* fold.c - names in the forms by which they compare and sort; see fold.h.
 *
 * Invariants: fold_identity() is idempotent; text of ASCII and Russian letters
 * takes a path of its own that gives exactly what ICU would (a test compares
 * the two). The ICU objects are made once and only read afterwards, which ICU
 * allows from many threads. */
#include "base/fold.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#define DECOMPOSITION_MAX 32 /* Unicode's longest is 18 */

static const UNormalizer2 *nfkc_casefold, *nfc;
static UCollator *collator;
static pthread_once_t icu_once = PTHREAD_ONCE_INIT;

/* ICU's data is part of the library, so this fails only on a broken system. */
static void
icu_or_die(UErrorCode code)
{
	if (U_SUCCESS(code))
		return;
	fprintf(stderr, "ogma: ICU: %s\n", u_errorName(code));
	abort();
}

static void
icu_open(void)
{
	UErrorCode code = U_ZERO_ERROR;

	nfkc_casefold = unorm2_getNFKCCasefoldInstance(&code);
	nfc = unorm2_getNFCInstance(&code);
	collator = ucol_open("", &code);
	icu_or_die(code);
	ucol_setAttribute(collator, UCOL_NUMERIC_COLLATION, UCOL_ON, &code);
	icu_or_die(code);
}

/* UTF-16 whose memory is the arena's. */
struct wide {
	UChar *at;
	int32_t length;
};

static struct wide
wide_of(struct arena *arena, const char *text, size_t length)
{
	/* A byte never becomes more than one unit. */
	struct wide wide = { arena_new(arena, UChar, length + 1), 0 };
	UErrorCode code = U_ZERO_ERROR;

	assert(length < INT32_MAX / 8);
	u_strFromUTF8WithSub(wide.at, (int32_t)length + 1, &wide.length, text,
			     (int32_t)length, 0xFFFD, NULL, &code);
	icu_or_die(code);
	return wide;
}

static char *
narrow_of(struct arena *arena, struct wide wide)
{
	int32_t room = wide.length * 3 + 1;
	char *text = arena_alloc(arena, (size_t)room);
	UErrorCode code = U_ZERO_ERROR;

	u_strToUTF8WithSub(text, room, NULL, wide.at, wide.length, 0xFFFD, NULL,
			   &code);
	icu_or_die(code);
	return text;
}

static struct wide
wide_normalize(struct arena *arena, const UNormalizer2 *form, struct wide in)
{
	struct wide out = { 0 };
	UErrorCode code = U_ZERO_ERROR;
	int32_t room = in.length + in.length / 2 + 16;

	for (;;) {
		out.at = arena_new(arena, UChar, (size_t)room + 1);
		out.length = unorm2_normalize(form, in.at, in.length, out.at,
					      room + 1, &code);
		if (code != U_BUFFER_OVERFLOW_ERROR)
			break;
		code = U_ZERO_ERROR;
		room = out.length;
	}
	icu_or_die(code);
	return out;
}

/* Marks that tell no letters apart: accents of Latin, Greek and Cyrillic, the
 * points of Hebrew and the vowel signs of Arabic. Marks of kana and of Indic
 * scripts are letters in their own right and stay. */
static bool
mark_is_accent(UChar32 c)
{
	return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0483 && c <= 0x0487) ||
	       (c >= 0x0591 && c <= 0x05BD) || c == 0x05BF || c == 0x05C1 ||
	       c == 0x05C2 || c == 0x05C4 || c == 0x05C5 || c == 0x05C7 ||
	       (c >= 0x064B && c <= 0x065F) || c == 0x0670 ||
	       (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) ||
	       (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE20 && c <= 0xFE2F);
}

/* Letters whose mark makes them another letter: й, ї, ў. */
static bool
letter_keeps_mark(UChar32 c)
{
	return c == 0x0439 || c == 0x0457 || c == 0x045E;
}

static bool
is_blank(UChar32 c)
{
	return u_isUWhiteSpace(c) || u_iscntrl(c);
}

/* Quotes and dashes that keyboards and typographers write differently. */
static UChar32
punctuation_plain(UChar32 c)
{
	switch (c) {
	case 0x2018:
	case 0x2019:
	case 0x201B:
	case 0x02BC:
	case 0x02B9:
	case 0x0060:
	case 0x00B4:
		return '\'';
	case 0x201C:
	case 0x201D:
	case 0x201E:
	case 0x00AB:
	case 0x00BB:
		return '"';
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2015:
	case 0x2212:
		return '-';
	default:
		return c;
	}
}

static void
wide_add(struct wide *out, UChar32 c)
{
	U16_APPEND_UNSAFE(out->at, out->length, c);
}

/* The code point at *at, moving it; a lone surrogate is itself. */
static UChar32
wide_next(struct wide in, int32_t *at)
{
	UChar high = in.at[(*at)++], low;

	if (!U16_IS_LEAD(high) || *at >= in.length)
		return high;
	low = in.at[*at];
	if (!U16_IS_TRAIL(low))
		return high;
	++*at;
	return U16_GET_SUPPLEMENTARY(high, low);
}

/* Adds `c` without its accents. */
static void
wide_add_bare(struct wide *out, UChar32 c)
{
	UChar units[DECOMPOSITION_MAX];
	struct wide parts = { units, 0 };
	UErrorCode code = U_ZERO_ERROR;
	bool accented = false;
	int32_t at = 0, kept = out->length;

	if (!letter_keeps_mark(c))
		parts.length = unorm2_getDecomposition(
			nfc, c, units, DECOMPOSITION_MAX, &code);
	while (U_SUCCESS(code) && at < parts.length) {
		UChar32 part = wide_next(parts, &at);

		if (mark_is_accent(part))
			accented = true;
		else
			wide_add(out, part);
	}
	if (accented)
		return;
	out->length = kept;
	wide_add(out, c);
}

/* One step of fold_identity() in the general case; runs of blanks become one
 * space, leading and trailing ones nothing. */
static struct wide
wide_strip(struct arena *arena, struct wide in)
{
	struct wide out = { arena_new(arena, UChar,
				      (size_t)in.length * 4 +
					      DECOMPOSITION_MAX),
			    0 };
	bool blank = false;

	for (int32_t at = 0; at < in.length;) {
		UChar32 c = wide_next(in, &at);

		if (is_blank(c)) {
			blank = out.length > 0;
			continue;
		}
		if (mark_is_accent(c))
			continue;
		if (blank)
			wide_add(&out, ' ');
		blank = false;
		wide_add_bare(&out, punctuation_plain(c));
	}
	return out;
}

/* Casefolding can uncover an accent and stripping can bring two letters
 * together, so the steps repeat until nothing changes: twice is the most that
 * was ever seen, the bound is only there to be one. */
static char *
fold_general(struct arena *arena, const char *text, size_t length)
{
	struct wide wide = wide_of(arena, text, length);

	for (int round = 0; round < 4; round++) {
		struct wide next = wide_normalize(arena, nfkc_casefold, wide);

		next = wide_strip(arena, next);
		next = wide_normalize(arena, nfc, next);
		if (round > 0 && next.length == wide.length &&
		    u_memcmp(next.at, wide.at, wide.length) == 0)
			break;
		wide = next;
	}
	return narrow_of(arena, wide);
}

/* Folds one code point of the plain alphabets; 0: not one of them. */
static uint32_t
letter_fold_plain(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c == '`' ? '\'' : c;
	if (c == 0x0401 || c == 0x0451) /* Ё ё */
		return 0x0435;
	if (c >= 0x0410 && c <= 0x042F)
		return c + 32;
	return c >= 0x0430 && c <= 0x044F ? c : 0;
}

/* The whole text by letter_fold_plain(), or NULL when a letter is not of its
 * alphabets. The answer is never longer than the text. */
static char *
fold_plain(struct arena *arena, const char *text, size_t length)
{
	char *folded = arena_alloc(arena, length + 1), *out = folded;
	const char *at = text, *end = text + length;
	bool blank = false;

	while (at < end) {
		uint32_t c = letter_fold_plain(utf8_next(&at, end));

		if (c == 0)
			return NULL;
		if (c <= ' ' || c == 0x7F) {
			blank = out > folded;
			continue;
		}
		if (blank)
			*out++ = ' ';
		blank = false;
		out += utf8_write(c, out);
	}
	*out = '\0';
	return folded;
}

char *
fold_identity(struct arena *arena, const char *text)
{
	size_t length = strlen(text);
	char *folded;

	if (length > FOLD_TEXT_MAX)
		length = utf8_cut(text, length, FOLD_TEXT_MAX);
	folded = fold_plain(arena, text, length);
	if (folded != NULL)
		return folded;
	return fold_identity_icu(arena, text);
}

char *
fold_identity_icu(struct arena *arena, const char *text)
{
	size_t length = strlen(text);

	pthread_once(&icu_once, icu_open);
	if (length > FOLD_TEXT_MAX)
		length = utf8_cut(text, length, FOLD_TEXT_MAX);
	return fold_general(arena, text, length);
}

/* The text after "The ", "A " or "An " and the blanks around it. */
static const char *
skip_article(const char *text)
{
	static const struct span articles[] = { { "the", 3 },
						{ "an", 2 },
						{ "a", 1 } };
	const char *rest;

	text += strspn(text, " \t\r\n");
	for (size_t i = 0; i < ARRAY_LENGTH(articles); i++) {
		size_t length = articles[i].length;

		if (strnlen(text, length) < length ||
		    !span_equal_nocase((struct span){ text, length },
				       articles[i]))
			continue;
		rest = text + length + strspn(text + length, " \t\r\n");
		if (rest > text + length && *rest != '\0')
			return rest;
	}
	return text;
}

struct span
fold_sort_key(struct arena *arena, const char *text)
{
	const char *name = skip_article(text);
	size_t length = strlen(name);
	struct wide wide;
	int32_t room, needed;
	uint8_t *key;

	pthread_once(&icu_once, icu_open);
	if (length > FOLD_TEXT_MAX)
		length = utf8_cut(name, length, FOLD_TEXT_MAX);
	wide = wide_of(arena, name, length);
	if (wide.length == 0)
		return (struct span){ "", 0 };
	room = wide.length * 4 + 16;
	key = arena_alloc(arena, (size_t)room);
	needed = ucol_getSortKey(collator, wide.at, wide.length, key, room);
	if (needed > room) {
		key = arena_alloc(arena, (size_t)needed);
		needed = ucol_getSortKey(collator, wide.at, wide.length, key,
					 needed);
	}
	return (struct span){ (char *)key, (size_t)needed - 1 };
}
