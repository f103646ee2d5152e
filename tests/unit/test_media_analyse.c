/* test_media_analyse.c - files listened to in a media process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "media/analyse/waveform.h"
#include "tests/support/media_files.h"

#define SAME_BITS 0.20 /* share of bits that differ in one recording */

static struct media_pool *pool;
static struct arena arena;

static enum status
hear(const char *name, struct media_analysis *out, struct fault *fault)
{
	int fd = open(media_path(name), O_RDONLY | O_CLOEXEC);
	enum status status;

	assert_true(fd >= 0);
	status = media_analyse(pool, fd, NULL, NULL, &arena, out, fault);
	close(fd);
	return status;
}

/* What was heard in a file before is not listened to again. */
static struct media_analysis
heard(const char *name)
{
	static struct {
		const char *name;
		struct media_analysis all;
	} known[24];
	struct fault fault = { 0 };
	size_t n = 0;

	while (known[n].name != NULL && strcmp(known[n].name, name) != 0)
		n++;
	assert_true(n + 1 < ARRAY_LENGTH(known));
	if (known[n].name == NULL &&
	    hear(name, &known[n].all, &fault) != STATUS_OK)
		fail_msg("%s: %s", name, fault.message);
	known[n].name = name;
	return known[n].all;
}

/* The integrated loudness as ffmpeg's filter has it: of all by one start, which
 * sums up one file after another. */
static void
ffmpeg_lufs(const char *const *names, size_t count, double *out)
{
	const char *inputs = "", *outputs = "", *at;
	struct buffer log;

	for (size_t i = 0; i < count; i++) {
		inputs = arena_print(&arena, "%s -i %s", inputs, names[i]);
		outputs = arena_print(&arena,
				      "%s -map %zu -af ebur128=framelog=verbose"
				      " -f null -",
				      outputs, i);
	}
	media_ffmpeg(arena_print(&arena, "-v info -nostats%s%s 2>lufs.log",
				 inputs, outputs));
	media_read(media_path("lufs.log"), &log);
	at = log.bytes;
	for (size_t i = 0; i < count; i++) {
		at = strstr(at, " I: ");
		assert_non_null(at);
		assert_int_equal(sscanf(at, " I: %lf LUFS", &out[i]), 1);
		at++;
	}
	buffer_release(&log);
}

static const char *const music[] = {
	/* a melody that does not come again, over a beat */
	"aevalsrc='0.3*sin(2*PI*t*(220+110*floor(mod(t*t\\,7))))+"
	"0.4*random(0)*exp(-20*mod(t\\,0.5))':d=16:s=44100",
	"aevalsrc='0.3*sin(2*PI*t*(300+70*floor(mod(t*1.7*t\\,9))))+"
	"0.2*random(1)*exp(-9*mod(t\\,0.4))':d=16:s=44100",
};

static const struct {
	const char *name, *options;
} encodings[] = {
	{ "m64.mp3", "-compression_level 9 -b:a 64k" },
	{ "m320.mp3", "-compression_level 9 -b:a 320k" },
	{ "m.m4a", "-aac_coder fast -b:a 128k" },
	{ "m.opus", "-b:a 64k" },
	{ "m.ogg", "" },
	{ "loud.mp3", "-compression_level 9 -af volume=6dB,alimiter" },
	{ "quiet.flac", "-af volume=-6dB" },
	{ "m48.flac", "-ar 48000" },
};

static void
render_all(void)
{
	const char *inputs = "", *outputs = "";

	for (size_t i = 0; i < ARRAY_LENGTH(music); i++) {
		inputs = arena_print(&arena, "%s -f lavfi -i \"%s\"", inputs,
				     music[i]);
		outputs = arena_print(&arena,
				      "%s -map %zu -af "
				      "'pan=stereo|c0=c0|c1=0.6*c0' m%zu.flac",
				      outputs, i, i);
	}
	media_ffmpeg(arena_print(&arena, "%s%s", inputs, outputs));
	outputs = "";
	for (size_t i = 0; i < ARRAY_LENGTH(encodings); i++)
		outputs = arena_print(&arena, "%s %s %s", outputs,
				      encodings[i].options, encodings[i].name);
	media_ffmpeg(arena_print(&arena, "-i m0.flac%s", outputs));
}

static void
loudness_agrees_with_ffmpeg_in_every_encoding(void **state)
{
	const char *names[ARRAY_LENGTH(encodings)];
	double wanted[ARRAY_LENGTH(encodings)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(encodings); i++)
		names[i] = encodings[i].name;
	ffmpeg_lufs(names, ARRAY_LENGTH(names), wanted);
	for (size_t i = 0; i < ARRAY_LENGTH(encodings); i++) {
		struct media_analysis got = heard(names[i]);

		assert_true(got.loudness_known);
		/* ffmpeg rounds to a tenth */
		if (!(fabs(got.loudness_lufs - wanted[i]) <= 0.1 + 0.05))
			fail_msg("%s: %.2f, ffmpeg %.2f", names[i],
				 got.loudness_lufs, wanted[i]);
	}
}

/* The share of different bits of two fingerprints at the best offset. */
static double
bits_apart(struct span a, struct span b)
{
	long na = (long)(a.length / 4), nb = (long)(b.length / 4);
	double best = 1;

	for (long offset = -60; offset <= 60; offset++) {
		uint64_t bits = 0, words = 0;

		for (long i = 0; i < na; i++) {
			uint32_t x, y;

			if (i + offset < 0 || i + offset >= nb)
				continue;
			memcpy(&x, a.at + 4 * i, 4);
			memcpy(&y, b.at + 4 * (i + offset), 4);
			bits += (uint64_t)__builtin_popcount(x ^ y);
			words++;
		}
		if (words > 50 &&
		    (double)bits / (double)(32 * words) < best)
			best = (double)bits / (double)(32 * words);
	}
	return best;
}

static void
fingerprints_of_other_encodings_match_and_of_other_music_do_not(void **state)
{
	struct span first = heard("m0.flac").fingerprint;

	(void)state;
	assert_true(first.length > 4 * 100);
	for (size_t i = 0; i < ARRAY_LENGTH(encodings); i++) {
		double apart = bits_apart(
			first, heard(encodings[i].name).fingerprint);

		if (apart > SAME_BITS)
			fail_msg("%s: %.3f", encodings[i].name, apart);
	}
	assert_true(bits_apart(first, heard("m1.flac").fingerprint) > 0.3);
}

static void
silence_is_found_to_the_sample_and_the_tempo_through_the_codec(void **state)
{
	struct media_analysis got;

	(void)state;
	media_ffmpeg("-f lavfi -i \"aevalsrc='0.5*gte(t,1)*lt(t,15)*"
		     "(0.1+0.9*exp(-20*mod(t,0.5)))':d=17:s=44100\" "
		     "ends.flac");
	got = heard("ends.flac");
	assert_int_equal(got.start_silence_samples, 44100);
	assert_int_equal(got.end_silence_samples, 2 * 44100);
	assert_int_equal(got.samples, 17 * 44100);
	assert_int_equal(got.waveform.length, WAVEFORM_BYTES);
	assert_int_equal(got.waveform.at[0], 0);
	assert_true(got.tempo_known);
	assert_true(fabs(got.tempo_bpm - 120) < 1.2);
}

static void
sound_in_six_channels_is_weighed_as_ffmpeg_does(void **state)
{
	const char *const name = "six.flac";
	double wanted;

	(void)state;
	media_ffmpeg("-f lavfi -i \"aevalsrc='0.1*sin(6283*t)|"
		     "0.1*sin(5000*t)|0.05*random(0)|0.9*sin(300*t)|"
		     "0.2*sin(4000*t)|0.2*sin(3000*t)':d=5:s=48000:"
		     "c=5.1\" six.flac");
	ffmpeg_lufs(&name, 1, &wanted);
	assert_true(fabs(heard(name).loudness_lufs - wanted) < 0.15);
}

static bool
never(void *cookie)
{
	(*(int *)cookie)++;
	return false;
}

static void
an_analysis_can_be_stopped_and_costs_no_later_one(void **state)
{
	struct media_analysis out;
	struct fault fault = { 0 };
	int asked = 0, fd = open(media_path("m0.flac"), O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(media_analyse(pool, fd, never, &asked, &arena, &out,
				       &fault),
			 STATUS_CANCELLED);
	close(fd);
	assert_int_equal(asked, 1);
	assert_int_equal(hear("m0.flac", &out, &fault), STATUS_OK);
}

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena);
	media_files_begin();
	render_all();
	pool = media_pool_make(1);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	media_pool_close(pool);
	media_files_end();
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loudness_agrees_with_ffmpeg_in_every_encoding),
		cmocka_unit_test(
			fingerprints_of_other_encodings_match_and_of_other_music_do_not),
		cmocka_unit_test(
			silence_is_found_to_the_sample_and_the_tempo_through_the_codec),
		cmocka_unit_test(sound_in_six_channels_is_weighed_as_ffmpeg_does),
		cmocka_unit_test(
			an_analysis_can_be_stopped_and_costs_no_later_one),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
