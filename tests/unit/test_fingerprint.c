/* test_fingerprint.c - are two recordings the same? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <chromaprint.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "library/fingerprint.h"
#include "tests/support/media_files.h"

static struct arena arena;
static uint32_t seed = 2026;

static uint32_t
dice(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 16 ^ seed << 13;
}

/* A print of words that nobody else has. */
static struct fingerprint
made_up(size_t count)
{
	struct fingerprint print = { arena_new(&arena, uint32_t, count),
				     count };

	for (size_t i = 0; i < count; i++)
		print.words[i] = dice();
	return print;
}

static struct fingerprint
without(const struct fingerprint *print, size_t first)
{
	return (struct fingerprint){ print->words + first,
				     print->count - first };
}

/* One bit in so many is another one. */
static struct fingerprint
worn(const struct fingerprint *print, unsigned one_in)
{
	struct fingerprint copy = made_up(print->count);

	for (size_t i = 0; i < print->count; i++) {
		copy.words[i] = print->words[i];
		for (int bit = 0; bit < 32; bit++)
			if (dice() % one_in == 0)
				copy.words[i] ^= 1u << bit;
	}
	return copy;
}

static size_t
marks_shared(const struct fingerprint *kept, const struct fingerprint *asked)
{
	uint32_t a[FINGERPRINT_MARKS], b[FINGERPRINT_MARKS_ASKED];
	size_t a_count = fingerprint_marks(kept, a, FINGERPRINT_MARKS);
	size_t b_count = fingerprint_marks(asked, b, FINGERPRINT_MARKS_ASKED);
	size_t shared = 0;

	for (size_t i = 0; i < a_count; i++)
		for (size_t k = 0; k < b_count; k++)
			shared += a[i] == b[k];
	return shared;
}

/* ---- words --------------------------------------------------------------------- */

static void
a_print_is_itself_and_chance_is_half(void **state)
{
	struct fingerprint a = made_up(900), b = made_up(900);
	int shift = 9;

	(void)state;
	assert_true(fingerprint_compare(&a, &a, &shift) == 0);
	assert_int_equal(shift, 0);
	assert_true(fingerprint_compare(&a, &b, NULL) > 0.4);
	assert_true(fingerprint_score(0) == 1);
	assert_true(fingerprint_score(0.25) == 0.5);
	assert_true(fingerprint_score(0.6) == 0);
	assert_int_equal(marks_shared(&a, &a), FINGERPRINT_MARKS);
	assert_int_equal(marks_shared(&a, &b), 0);
}

static void
a_start_that_is_cut_off_is_found_from_both_sides(void **state)
{
	struct fingerprint whole = made_up(900), cut = without(&whole, 40);
	struct fingerprint far = without(&whole, FINGERPRINT_SHIFT_MAX + 8);
	int shift = 0;

	(void)state;
	assert_true(fingerprint_compare(&cut, &whole, &shift) == 0);
	assert_int_equal(shift, 40);
	assert_true(fingerprint_compare(&whole, &cut, &shift) == 0);
	assert_int_equal(shift, -40);
	assert_true(fingerprint_compare(&whole, &far, NULL) > 0.4);
	assert_true(marks_shared(&whole, &cut) > FINGERPRINT_MARKS / 2);
}

static void
wear_is_measured_as_the_share_of_other_bits(void **state)
{
	struct fingerprint print = made_up(900), copy = worn(&print, 16);
	double rate = fingerprint_compare(&print, &copy, NULL);

	(void)state;
	assert_true(rate > 0.05 && rate < 0.075);
}

static void
what_says_too_little_matches_nothing(void **state)
{
	struct fingerprint brief = made_up(FINGERPRINT_OVERLAP_MIN - 1);
	struct fingerprint tone = made_up(900);
	uint32_t marks[FINGERPRINT_MARKS];

	(void)state;
	for (size_t i = 0; i < tone.count; i++)
		tone.words[i] = tone.words[i % 10];
	assert_false(fingerprint_tells(&tone));
	assert_true(fingerprint_compare(&tone, &tone, NULL) == 1);
	assert_int_equal(fingerprint_marks(&tone, marks, FINGERPRINT_MARKS), 0);
	assert_true(fingerprint_compare(&brief, &brief, NULL) == 1);
	assert_int_equal(fingerprint_marks(&brief, marks, FINGERPRINT_MARKS),
			 0);
}

/* ---- text ------------------------------------------------------------------------ */

/* As Chromaprint itself writes it. */
static char *
chromaprint_text(const struct fingerprint *print)
{
	char *text = NULL;
	int length = 0;

	assert_true(chromaprint_encode_fingerprint(
		print->words, (int)print->count, CHROMAPRINT_ALGORITHM_DEFAULT,
		&text, &length, 1));
	return text;
}

static void
the_text_is_chromaprints_own(void **state)
{
	struct fingerprint print = made_up(948);

	(void)state;
	print.words[3] = print.words[2]; /* nothing changed */
	print.words[7] = print.words[6] ^ 0x80000000u; /* one far bit */
	for (size_t count = 1; count <= print.count; count += 211) {
		struct fingerprint some = { print.words, count }, back;
		char *text = chromaprint_text(&some);
		struct buffer ours;

		buffer_init(&ours, 0);
		fingerprint_print(&some, &ours);
		assert_string_equal(ours.bytes, text);
		assert_true(ours.length <= FINGERPRINT_TEXT_MAX);
		assert_true(fingerprint_parse(span_of(text), &arena, &back));
		assert_int_equal(back.count, count);
		assert_memory_equal(back.words, some.words,
				    count * sizeof *some.words);
		chromaprint_dealloc(text);
		buffer_release(&ours);
	}
}

static void
strange_text_is_refused(void **state)
{
	struct fingerprint print = made_up(100), back;
	char *text = chromaprint_text(&print);
	size_t length = strlen(text);

	(void)state;
	assert_false(fingerprint_parse(SPAN(""), &arena, &back));
	assert_false(fingerprint_parse(SPAN("AQ"), &arena, &back));
	assert_false(fingerprint_parse(SPAN("no base64!"), &arena, &back));
	for (size_t i = 0; i < length; i += 7) /* cut off anywhere */
		assert_false(fingerprint_parse((struct span){ text, i },
					       &arena, &back));
	text[0] = 'B'; /* another algorithm */
	assert_false(fingerprint_parse(span_of(text), &arena, &back));
	text[0] = 'A';
	for (int i = 0; i < 3000; i++) { /* no byte does harm */
		text[4 + dice() % (length - 4)] = (char)('A' + dice() % 26);
		if (fingerprint_parse(span_of(text), &arena, &back))
			assert_true(back.count <= FINGERPRINT_WORDS_MAX);
	}
	chromaprint_dealloc(text);
}

/* ---- real sound ---------------------------------------------------------------------- */

#define PIECES 2
static const struct {
	const char *file, *options;
} copies[] = {
	{ "quiet.mp3", "-af volume=-6dB -compression_level 9 -b:a 64k" },
	{ "loud.opus", "-af volume=6dB -b:a 64k" },
	{ "cut.mp3", "-ss 5 -compression_level 9 -b:a 320k" },
	{ "cut-loud.m4a", "-ss 2.538 -af volume=6dB -aac_coder fast -b:a 96k" },
};

static struct fingerprint
heard(struct media_pool *pool, const char *name)
{
	struct media_analysis out = { 0 };
	struct fault fault = { 0 };
	int fd = open(media_path(name), O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	if (media_analyse(pool, fd, NULL, NULL, &arena, &out, &fault) !=
	    STATUS_OK)
		fail_msg("%s: %s", name, fault.message);
	close(fd);
	return fingerprint_read(out.fingerprint, &arena);
}

/* A melody that does not come again, over a beat; and its copies. */
static void
piece_render(int piece)
{
	const char *outputs = "";

	for (size_t i = 0; i < ARRAY_LENGTH(copies); i++)
		if ((int)i % PIECES == piece)
			outputs = arena_print(&arena, "%s %s %s", outputs,
					      copies[i].options,
					      copies[i].file);
	media_ffmpeg(arena_print(
		&arena,
		"-f lavfi -i \"aevalsrc='0.3*sin(2*PI*t*(220+%d*floor(mod("
		"t*%s\\,7))))+0.3*random(%d)*exp(-20*mod(t\\,0.5))':"
		"d=32:s=44100\" p%d.flac%s",
		piece ? 70 : 110, piece ? "1.7*t" : "t", piece, piece,
		outputs));
}

static void
encoding_loudness_and_a_cut_start_change_nothing(void **state)
{
	struct media_pool *pool = media_pool_make(1);
	struct fingerprint whole[PIECES];

	(void)state;
	for (int i = 0; i < PIECES; i++) {
		char name[20];

		piece_render(i);
		snprintf(name, sizeof name, "p%d.flac", i);
		whole[i] = heard(pool, name);
	}
	assert_true(fingerprint_compare(&whole[0], &whole[1], NULL) >
		    FINGERPRINT_SAME);
	for (size_t i = 0; i < ARRAY_LENGTH(copies); i++) {
		struct fingerprint copy = heard(pool, copies[i].file);
		int piece = (int)i % PIECES;

		assert_true(fingerprint_compare(&whole[piece], &copy, NULL) <=
			    FINGERPRINT_SURE);
		assert_true(marks_shared(&whole[piece], &copy) >= 2);
		assert_true(fingerprint_compare(&whole[1 - piece], &copy,
						NULL) > FINGERPRINT_SAME);
	}
	media_pool_close(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_print_is_itself_and_chance_is_half),
		cmocka_unit_test(
			a_start_that_is_cut_off_is_found_from_both_sides),
		cmocka_unit_test(wear_is_measured_as_the_share_of_other_bits),
		cmocka_unit_test(what_says_too_little_matches_nothing),
		cmocka_unit_test(the_text_is_chromaprints_own),
		cmocka_unit_test(strange_text_is_refused),
		cmocka_unit_test(
			encoding_loudness_and_a_cut_start_change_nothing),
	};
	int failed;

	media_files_begin();
	arena_init(&arena);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	media_files_end();
	return failed;
}
