/* test_fold.c - names compared and sorted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/fold.h"

static struct arena arena;

static int
arena_open(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int
arena_close(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static void
names_that_people_call_the_same_fold_alike(void **state)
{
	static const char *const same[][2] = {
		{ "Beyoncé", "BEYONCE" },
		{ "Ёлка", "елка" },
		{ "Е\xCC\x88лка", "ЁЛКА" }, /* е and a combining diaeresis */
		{ "  The \t Beatles\n", "the beatles" },
		{ "ＡＢＢＡ", "abba" }, /* full width */
		{ "Mötley Crüe", "motley crue" },
		{ "Straße", "STRASSE" },
		{ "ﬁnal", "final" },
		{ "İstanbul", "istanbul" },
		{ "ΣΊΣΥΦΟΣ", "σισυφος" },
		{ "Guns N’ Roses", "Guns N' Roses" },
		{ "A—ha", "a-ha" },
		{ "за\xCC\x81мок", "замок" },
		{ "Ｊ\xC2\xADPop", "jpop" }, /* a soft hyphen */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
		assert_string_equal(fold_identity(&arena, same[i][0]),
				    fold_identity(&arena, same[i][1]));
}

static void
letters_that_are_different_letters_stay_different(void **state)
{
	static const char *const other[][2] = {
		{ "мой", "мои" },   { "їжа", "іжа" },	{ "ўсё", "усе" },
		{ "がく", "かく" }, { "kino", "кино" }, { "a b", "ab" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(other); i++)
		assert_string_not_equal(fold_identity(&arena, other[i][0]),
					fold_identity(&arena, other[i][1]));
	/* й composed and decomposed is one letter */
	assert_string_equal(fold_identity(&arena, "Мои\xCC\x86"), "мой");
}

static void
blank_and_broken_text_folds_without_harm(void **state)
{
	(void)state;
	assert_string_equal(fold_identity(&arena, ""), "");
	assert_string_equal(fold_identity(&arena, " \t\n \xC2\xA0"), "");
	assert_string_equal(fold_identity(&arena, "a\xFF"
						  "b"),
			    "a\xEF\xBF\xBD"
			    "b");
	assert_int_equal(fold_sort_key(&arena, "").length, 0);
	assert_string_equal(fold_identity(&arena, "\xED\xA0\x80X"),
			    "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx");
}

/* A text of `letters` code points, mostly of the alphabets that have a short
 * cut, sometimes of any. */
static const char *
random_text(unsigned *seed, int letters, bool plain)
{
	static const uint32_t odd[] = {
		0x301,	0x306,	0x308,	0xE9,	 0x130,	 0x1E9E, 0x3C2,
		0x304C, 0xAC00, 0x2019, 0x1F600, 0xFB01, 0x200D, 0x345,
		0x1F82, 0x915,	0x93C,	0x5D0,	 0x5BC,	 0x622
	};
	char *text = arena_alloc(&arena, (size_t)letters * 4 + 1), *at = text;

	for (int i = 0; i < letters; i++) {
		unsigned kind = (unsigned)rand_r(seed) % 10;
		unsigned pick = (unsigned)rand_r(seed);
		uint32_t c;

		if (kind < 5 || (plain && kind > 8))
			c = 1 + pick % 127;
		else if (kind < 9)
			c = pick % 40 == 0   ? 0x401
			    : pick % 40 == 1 ? 0x451
					     : 0x410 + pick % 64;
		else if (pick % 2 == 0)
			c = odd[pick / 2 % ARRAY_LENGTH(odd)];
		else
			c = 0x80 + pick / 2 % 0x3000;
		at += utf8_write(c, at);
	}
	return text;
}

static void
the_short_cut_gives_what_icu_gives(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const char *text = random_text(&seed, i % 30, true);

		assert_string_equal(fold_identity(&arena, text),
				    fold_identity_icu(&arena, text));
		if (i % 100 == 0)
			arena_reset(&arena);
	}
}

static void
folding_twice_changes_nothing(void **state)
{
	unsigned seed = 11;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const char *once = fold_identity(
			&arena, random_text(&seed, i % 30, false));

		assert_string_equal(fold_identity(&arena, once), once);
		if (i % 100 == 0)
			arena_reset(&arena);
	}
}

static int
key_compare(const char *a, const char *b)
{
	struct span x = fold_sort_key(&arena, a), y = fold_sort_key(&arena, b);
	size_t least = x.length < y.length ? x.length : y.length;
	int order = memcmp(x.at, y.at, least);

	return order != 0 ? order : (int)x.length - (int)y.length;
}

static void
names_sort_as_on_a_shelf(void **state)
{
	static const char *const shelf[] = {
		"2 Unlimited", "10cc",	   "ABBA", "The Beatles", "Beck",
		"Björk",       "Boney M.", "Zaz",  "Алиса",	  "Ежи",
		"Ёлка",	       "Земфира",  "Й",	   "Кино",
	};

	(void)state;
	for (size_t i = 0; i + 1 < ARRAY_LENGTH(shelf); i++)
		assert_true(key_compare(shelf[i], shelf[i + 1]) < 0);
	assert_int_not_equal(key_compare("The Beatles", "beatles"), 0);
	assert_int_equal(key_compare("The Beatles", "Beatles"), 0);
	assert_int_equal(key_compare("  a Song", "Song"), 0);
	assert_true(key_compare("The", "Tha") > 0); /* a name by itself */
	assert_true(key_compare("Track 2", "Track 10") < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_people_call_the_same_fold_alike),
		cmocka_unit_test(
			letters_that_are_different_letters_stay_different),
		cmocka_unit_test(blank_and_broken_text_folds_without_harm),
		cmocka_unit_test(the_short_cut_gives_what_icu_gives),
		cmocka_unit_test(folding_twice_changes_nothing),
		cmocka_unit_test(names_sort_as_on_a_shelf),
	};

	return cmocka_run_group_tests_name("fold", tests, arena_open,
					   arena_close);
}
