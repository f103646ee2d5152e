/* test_tidy.c - names as they are met in the wild, and without their faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "base/tidy.h"

struct pair {
	const char *was;
	const char *becomes; /* NULL: it stays */
};

typedef const char *repair(struct arena *arena, const char *text);

static void
expect_text(const char *was, const char *found, const char *becomes)
{
	if (becomes == NULL ? found != NULL :
			      found == NULL || strcmp(found, becomes) != 0)
		fail_msg("\"%s\" became \"%s\" and not \"%s\"", was,
			 found == NULL ? "(itself)" : found,
			 becomes == NULL ? "(itself)" : becomes);
}

#define EXPECT_ALL(rule_, ...) \
	expect_all((rule_), (const struct pair[]){ __VA_ARGS__, { 0 } })

static void
expect_all(repair *rule, const struct pair *pairs)
{
	struct arena arena;

	arena_init(&arena);
	for (; pairs->was != NULL; pairs++)
		expect_text(pairs->was, rule(&arena, pairs->was),
			    pairs->becomes);
	arena_release(&arena);
}

static void
blanks_are_one_and_nothing_is_unseen(void **state)
{
	(void)state;
	EXPECT_ALL(tidy_blanks, { "Song", NULL }, { " Song", "Song" },
		   { "Song  of\tJoy ", "Song of Joy" },
		   { "So\xC2\xADng", "Song" }, { "\xEF\xBB\xBFSong", "Song" },
		   { "A\xC2\xA0" "B", "A B" }, { "A\xE2\x80\x8B" "B", "AB" },
		   { "\xE2\x80\xAESong\x01", "Song" }, { " \t ", NULL },
		   { "👩‍👩‍👧 и дети", NULL }, { "Группа крови", NULL },
		   { "", NULL });
}

static void
accents_are_part_of_their_letters(void **state)
{
	(void)state;
	EXPECT_ALL(tidy_composed, { "Beyonce\xCC\x81", "Beyoncé" },
		   { "Beyoncé", NULL },
		   { "\xD0\xB8\xCC\x86од", "йод" }, { "Song", NULL },
		   { "ё", NULL }, { "", NULL });
}

static void
underscores_become_blanks(void **state)
{
	(void)state;
	EXPECT_ALL(tidy_underscores, { "My_new_song", "My new song" },
		   { "Кино_-_Группа_крови", "Кино - Группа крови" },
		   { "Good_Song_", "Good Song" }, { "x_x", NULL },
		   { "A_B", NULL }, { "It is snake_case", NULL },
		   { "___", NULL }, { "Song", NULL });
}

static void
endings_of_files_are_cut(void **state)
{
	(void)state;
	EXPECT_ALL(tidy_ending, { "Song.mp3", "Song" },
		   { "Song.FLAC", "Song" }, { ".mp3", NULL },
		   { "Песня .m4a", "Песня" }, { "Mr. Brightside", NULL },
		   { "mp3", NULL }, { "About .wav files", NULL });
}

static const char *
number_rule(struct arena *arena, const char *text)
{
	uint32_t number = 0;
	const char *becomes = tidy_number(arena, text, &number);

	if (becomes != NULL)
		assert_in_range(number, 1, 999);
	return becomes;
}

static void
numbers_of_tracks_are_cut(void **state)
{
	struct arena arena;
	uint32_t number = 0;

	(void)state;
	EXPECT_ALL(number_rule, { "01 - Song", "Song" },
		   { "01. Song", "Song" }, { "1. Song", "Song" },
		   { "1) Song", "Song" }, { "12 – Песня", "Песня" },
		   { "01-Song", "Song" }, { "01.Song", "Song" },
		   { "01 Song", "Song" }, { "01_Song", "Song" },
		   { "1-05 Song", "Song" }, { "2-11. Song", "Song" },
		   { "101 - Song", "Song" });
	EXPECT_ALL(number_rule, { "7-11", NULL }, { "24-7", NULL },
		   { "50 Ways to Leave", NULL }, { "99 Luftballons", NULL },
		   { "1979", NULL }, { "1979 - A Year", NULL },
		   { "4.33", NULL }, { "00 - Intro", NULL },
		   { "7 Rings", NULL }, { "20/20", NULL },
		   { "3.5 Roads", NULL }, { "01", NULL }, { "1-Way", NULL },
		   { "16 тонн", NULL });
	arena_init(&arena);
	assert_non_null(tidy_number(&arena, "1-05 Song", &number));
	assert_int_equal(number, 5);
	arena_release(&arena);
}

static void
what_sellers_add_is_cut(void **state)
{
	(void)state;
	EXPECT_ALL(tidy_promotion, { "Song (Official Video)", "Song" },
		   { "Song [Official Music Video] [HD]", "Song" },
		   { "Song (Official Audio) feat. X", "Song feat. X" },
		   { "Song (Lyrics)", "Song" }, { "Song (Lyric Video)", "Song" },
		   { "Песня (Премьера клипа, 2019)", "Песня" },
		   { "Песня (Премьера клипа 2019)", "Песня" },
		   { "Песня (ПРЕМЬЕРА ТРЕКА)", "Песня" },
		   { "Песня [Официальное видео]", "Песня" },
		   { "Song [muzika.ru]", "Song" },
		   { "Song (www.best-mp3.com)", "Song" },
		   { "Song | Official Video", "Song" },
		   { "Song - Official Music Video", "Song" });
	EXPECT_ALL(tidy_promotion, { "Song (Live)", NULL },
		   { "Song (Remix)", NULL }, { "Song (Live Video Mix)", NULL },
		   { "Video Killed the Radio Star", NULL },
		   { "(Official Video)", NULL }, { "Song (2019)", NULL },
		   { "Song (Free)", NULL }, { "Sex - Video", NULL },
		   { "Song (feat. will.i.am)", NULL }, { "(", NULL });
}

static const char *
artist_rule(struct arena *arena, const char *text)
{
	return tidy_artist(arena, text, "Кино");
}

static void
the_artist_does_not_stand_in_the_title(void **state)
{
	(void)state;
	EXPECT_ALL(artist_rule, { "Кино - Группа крови", "Группа крови" },
		   { "КИНО – Пачка - сигарет", "Пачка - сигарет" },
		   { "Кино", NULL }, { "Кино-Группа", NULL },
		   { "Кино - ", NULL }, { "Алиса - Кино", NULL });
}

static const char *
title_rule(struct arena *arena, const char *text)
{
	return tidy_capitals(arena, text, false);
}

static const char *
name_rule(struct arena *arena, const char *text)
{
	return tidy_capitals(arena, text, true);
}

static void
who_shouts_is_quietened(void **state)
{
	(void)state;
	EXPECT_ALL(title_rule,
		   { "THE DARK SIDE OF THE MOON",
		     "The Dark Side of the Moon" },
		   { "ГРУППА КРОВИ", "Группа крови" },
		   { "КТО-ТО ИДЁТ", "Кто-то идёт" },
		   { "DON'T STOP ME NOW", "Don't Stop Me Now" },
		   { "WHAT IT'S FOR", "What It's For" },
		   { "ROCKY PART II", "Rocky Part II" },
		   { "BACK IN THE USSR", "Back in the USSR" },
		   { "НАЗАД В СССР", "Назад в СССР" },
		   { "HELLO", "Hello" }, { "STAY (ACOUSTIC)", "Stay (Acoustic)" });
	EXPECT_ALL(name_rule, { "PINK FLOYD", "Pink Floyd" },
		   { "ВИКТОР ЦОЙ", "Виктор Цой" },
		   { "АЛЛА ПУГАЧЁВА", "Алла Пугачёва" },
		   { "SINEAD O'CONNOR", "Sinead O'Connor" },
		   { "METALLICA", "Metallica" },
		   { "РИМСКИЙ-КОРСАКОВ", "Римский-Корсаков" });
	EXPECT_ALL(name_rule, { "ABBA", NULL }, { "AC/DC", NULL },
		   { "R.E.M.", NULL }, { "ДДТ", NULL }, { "КИНО", NULL },
		   { "MGMT", NULL }, { "U2", NULL }, { "BTS", NULL },
		   { "Pink Floyd", NULL }, { "IC3PEAK", NULL },
		   { "!!!", NULL }, { "LCD SOUND", "LCD Sound" });
	EXPECT_ALL(title_rule, { "YMCA", NULL }, { "SOS", NULL },
		   { "XXXTENTACION", "Xxxtentacion" }, { "1979", NULL },
		   { "Hello", NULL }, { "", NULL });
}

static void
yo_is_told_from_other_differences(void **state)
{
	(void)state;
	assert_true(tidy_same_but_yo("Королев", "Королёв"));
	assert_true(tidy_same_but_yo("Елка", "Ёлка"));
	assert_false(tidy_same_but_yo("Королёв", "Королев"));
	assert_false(tidy_same_but_yo("Королёв", "Королёв"));
	assert_false(tidy_same_but_yo("Королев", "КОРОЛЁВ"));
	assert_false(tidy_same_but_yo("Королев", "Королёва"));
}

static void
long_and_broken_text_is_left_alone(void **state)
{
	char text[TIDY_TEXT_MAX + 2];
	struct arena arena;
	uint32_t number;

	(void)state;
	arena_init(&arena);
	memset(text, ' ', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_null(tidy_blanks(&arena, text));
	assert_null(tidy_composed(&arena, text));
	assert_null(tidy_capitals(&arena, text, false));
	assert_null(tidy_promotion(&arena, text));
	assert_null(tidy_number(&arena, text, &number));
	expect_text("bad bytes", tidy_blanks(&arena, " \xFF\xC3"),
		    "\xEF\xBF\xBD\xEF\xBF\xBD");
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_are_one_and_nothing_is_unseen),
		cmocka_unit_test(accents_are_part_of_their_letters),
		cmocka_unit_test(underscores_become_blanks),
		cmocka_unit_test(endings_of_files_are_cut),
		cmocka_unit_test(numbers_of_tracks_are_cut),
		cmocka_unit_test(what_sellers_add_is_cut),
		cmocka_unit_test(the_artist_does_not_stand_in_the_title),
		cmocka_unit_test(who_shouts_is_quietened),
		cmocka_unit_test(yo_is_told_from_other_differences),
		cmocka_unit_test(long_and_broken_text_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
