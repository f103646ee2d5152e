/* test_lyrics.c - the words of a track, read from LRC and plain text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>

#include "service/lyrics.h"

static struct lyrics
read_words(struct arena *arena, const char *text)
{
	struct lyrics lyrics = { 0 };
	struct fault fault;

	arena_init(arena);
	if (lyrics_parse(arena, span_of(text), &lyrics, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return lyrics;
}

static void
assert_line(const struct lyrics *lyrics, size_t index, int64_t time_ms,
	    const char *text)
{
	assert_true(index < lyrics->line_count);
	assert_int_equal(lyrics->lines[index].time_ms, time_ms);
	assert_string_equal(lyrics->lines[index].text, text);
}

static void
lines_with_stamps_are_synced_and_in_order_of_time(void **state)
{
	struct arena arena;
	struct lyrics words = read_words(&arena,
					 "[ar:Кино]\r\n"
					 "[00:12.50]second\r\n"
					 "[00:01.2]first\r\n"
					 "[01:00:123]third\r\n");

	(void)state;
	assert_true(words.synced);
	assert_int_equal(words.line_count, 3);
	assert_line(&words, 0, 1200, "first");
	assert_line(&words, 1, 12500, "second");
	assert_line(&words, 2, 60123, "third");
	assert_string_equal(words.text, "first\nsecond\nthird");
	arena_release(&arena);
}

static void
a_line_with_several_stamps_is_repeated(void **state)
{
	struct arena arena;
	struct lyrics words = read_words(&arena, "[00:10.00][00:30.00]chorus\n"
						 "[00:20.00]verse\n");

	(void)state;
	assert_int_equal(words.line_count, 3);
	assert_line(&words, 0, 10000, "chorus");
	assert_line(&words, 1, 20000, "verse");
	assert_line(&words, 2, 30000, "chorus");
	arena_release(&arena);
}

static void
a_positive_offset_brings_the_words_earlier_and_never_below_zero(void **state)
{
	struct arena arena;
	struct lyrics words = read_words(&arena, "[offset: +1500]\n"
						 "[00:01.00]a\n[00:02.00]b\n");

	(void)state;
	assert_line(&words, 0, 0, "a");
	assert_line(&words, 1, 500, "b");
	arena_release(&arena);
	words = read_words(&arena, "[00:01.00]a\n[offset:-500]\n");
	assert_line(&words, 0, 1500, "a");
	arena_release(&arena);
}

static void
stamps_of_single_words_are_dropped(void **state)
{
	struct arena arena;
	struct lyrics words = read_words(
		&arena, "[00:01.00]<00:01.00>Hello <00:01.50>wide <b>world\n");

	(void)state;
	assert_line(&words, 0, 1000, "Hello wide <b>world");
	arena_release(&arena);
}

static void
pauses_inside_stay_and_empty_ends_go(void **state)
{
	struct arena arena;
	struct lyrics words =
		read_words(&arena, "[00:01.00]a\n[00:02.00]\n[00:03.00]b\n"
				   "[00:04.00]\n");

	(void)state;
	assert_int_equal(words.line_count, 3);
	assert_line(&words, 1, 2000, "");
	arena_release(&arena);
}

static void
plain_text_has_lines_without_time(void **state)
{
	struct arena arena;
	struct lyrics words =
		read_words(&arena, "\n[Chorus]\nla la\n\n[x] not a tag\n\n");

	(void)state;
	assert_false(words.synced);
	assert_int_equal(words.line_count, 4);
	assert_line(&words, 0, -1, "[Chorus]");
	assert_line(&words, 1, -1, "la la");
	assert_line(&words, 2, -1, "");
	assert_line(&words, 3, -1, "[x] not a tag");
	arena_release(&arena);
}

static void
text_in_windows_1251_utf_16_and_with_a_mark_is_read(void **state)
{
	const char utf16[] = "\xFF\xFE[\0" "0\0" "0\0" ":\0" "0\0" "1\0" "]\0"
			     "\x14\x04\x30\x04\x0A\0";
	struct lyrics words;
	struct arena arena;
	struct fault fault;

	(void)state;
	words = read_words(&arena, "[00:01.00]\xCC\xE0\xEC\xE0\n");
	assert_line(&words, 0, 1000, "Мама");
	arena_release(&arena);
	words = read_words(&arena, "\xEF\xBB\xBF[00:01.00]a\n");
	assert_line(&words, 0, 1000, "a");
	arena_release(&arena);
	arena_init(&arena);
	assert_int_equal(lyrics_parse(&arena,
				      (struct span){ utf16, sizeof utf16 - 1 },
				      &words, &fault),
			 STATUS_OK);
	assert_line(&words, 0, 1000, "Да");
	arena_release(&arena);
}

static void
what_holds_no_word_is_not_found_and_too_much_is_refused(void **state)
{
	static const char *const empty[] = { "", "\n\n", "[ar:x]\n[ti:y]",
					     "[00:01.00]\n[00:02.00] ",
					     "[offset:100]" };
	struct lyrics words = { .line_count = 77 };
	struct arena arena;
	struct fault fault;
	struct buffer big;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(empty); i++)
		assert_int_equal(lyrics_parse(&arena, span_of(empty[i]), &words,
					      &fault),
				 STATUS_NOT_FOUND);
	buffer_init(&big, 0);
	for (int i = 0; i < LYRICS_LINES_MAX + 1; i++)
		buffer_add_text(&big, "la\n");
	assert_int_equal(lyrics_parse(&arena, span_of(big.bytes), &words,
				      &fault),
			 STATUS_TOO_LARGE);
	buffer_release(&big);
	assert_int_equal(words.line_count, 77);
	arena_release(&arena);
}

static void
odd_stamps_are_words_and_nothing_breaks(void **state)
{
	static const char *const odd[] = {
		"[", "[]", "[:]", "[99999999999:00]x", "[00:61.00]x",
		"[00:00.0000]x", "[-1:00]x", "<", "[00:01", "[00:01.]x",
	};
	struct lyrics words;
	struct arena arena;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(odd); i++) {
		arena_init(&arena);
		assert_int_equal(lyrics_parse(&arena, span_of(odd[i]), &words,
					      NULL),
				 STATUS_OK);
		assert_false(words.synced);
		assert_string_equal(words.lines[0].text, odd[i]);
		arena_release(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			lines_with_stamps_are_synced_and_in_order_of_time),
		cmocka_unit_test(a_line_with_several_stamps_is_repeated),
		cmocka_unit_test(
			a_positive_offset_brings_the_words_earlier_and_never_below_zero),
		cmocka_unit_test(stamps_of_single_words_are_dropped),
		cmocka_unit_test(pauses_inside_stay_and_empty_ends_go),
		cmocka_unit_test(plain_text_has_lines_without_time),
		cmocka_unit_test(
			text_in_windows_1251_utf_16_and_with_a_mark_is_read),
		cmocka_unit_test(
			what_holds_no_word_is_not_found_and_too_much_is_refused),
		cmocka_unit_test(odd_stamps_are_words_and_nothing_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
