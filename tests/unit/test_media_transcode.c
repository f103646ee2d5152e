/* test_media_transcode.c - other encodings of a sound: their length, their
 * beginning, and what happens when one is not wanted to the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/sanitized.h"
#include "tests/support/media_files.h"

#define SECONDS 3.1
#define SHORT_SECONDS 1.1 /* where each becomes each */
#define RATE 44100

static struct media_pool *pool;
static struct arena arena;

/* Transcodes a file to a file and returns the last progress. */
static struct media_progress
transcode(const char *from, const struct media_target *target,
	  int64_t offset_ms, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct media_transcode *job = NULL;
	struct media_progress progress = { 0 };
	struct fault fault = { 0 };
	enum status status;

	status = media_transcode_begin(pool, in, target, offset_ms, out, &job,
				       &fault);
	close(in);
	close(out);
	while (!progress.done && (status == STATUS_OK ||
				  status == STATUS_AGAIN_LATER))
		status = media_transcode_wait(job, 20000, &progress, &fault);
	media_transcode_end(job);
	if (status != STATUS_OK)
		fail_msg("%s: %s", from, fault.message);
	return progress;
}

/* Float samples of the left channel. */
static float *
decode(const char *from, int64_t offset_ms, size_t *count)
{
	struct media_target target = { .format = MEDIA_PCM_F32 };
	const char *path = media_path("decoded.f32");
	struct buffer bytes;
	float *left;

	target.channels = 2;
	transcode(from, &target, offset_ms, path);
	media_read(path, &bytes);
	*count = bytes.length / 8;
	left = arena_alloc(&arena, *count * sizeof *left);
	for (size_t i = 0; i < *count; i++)
		memcpy(&left[i], bytes.bytes + 8 * i, sizeof *left);
	buffer_release(&bytes);
	return left;
}

static const struct {
	const char *name, *options;
} sources[] = {
	{ "s.mp3", "-b:a 192k" },	{ "v.mp3", "-q:a 3" },
	{ "s.flac", "-sample_fmt s16" }, { "s.m4a", "-b:a 192k" },
	{ "s.ogg", "-q:a 6" },		{ "s.opus", "-b:a 160k" },
	{ "s.wv", "" },			{ "s.wma", "" },
};

static void
sources_render(const char *prefix, double seconds)
{
	for (size_t i = 0; i < ARRAY_LENGTH(sources); i++)
		media_render_later(arena_print(&arena, "%s%s", prefix,
					       sources[i].name),
				   arena_print(&arena, MEDIA_TAGS "%s",
					       sources[i].options));
	media_render_now(seconds);
}

static const struct {
	const char *name;
	struct media_target target;
	int slack; /* samples at the target's rate */
	bool is_raw;
} targets[] = {
	{ "t.mp3", { .format = MEDIA_MP3 }, 0, false },
	{ "tv.mp3", { .format = MEDIA_MP3, .variable = true }, 0, false },
	/* no header tells of delay and padding */
	{ "t.aac", { .format = MEDIA_AAC_ADTS }, 2048, false },
	{ "t.m4a", { .format = MEDIA_AAC_MP4 }, 2048, false },
	{ "t.opus", { .format = MEDIA_OPUS }, 1, false },
	{ "t.flac", { .format = MEDIA_FLAC }, 0, false },
	{ "t.wav", { .format = MEDIA_WAV_S16 }, 0, false },
	{ "tf.wav", { .format = MEDIA_WAV_F32 }, 0, false },
	{ "t.raw", { .format = MEDIA_PCM_S16 }, 0, true },
};

/* WMA has no length in samples. */
static int
source_slack(const char *name)
{
	return strstr(name, ".wma") != NULL ? 4096 : 1;
}

/* What ffmpeg finds in each target, in samples; one start for all of them. */
static void
targets_count(const bool *made, const uint32_t *rates_hz, uint64_t *counts)
{
	struct buffer inputs, outputs;
	size_t n = 0;

	buffer_init(&inputs, 0);
	buffer_init(&outputs, 0);
	for (size_t t = 0; t < ARRAY_LENGTH(targets); t++) {
		if (!made[t])
			continue;
		if (targets[t].is_raw)
			buffer_print(&inputs, " -f s16le -ar %u -ac 2",
				     rates_hz[t]);
		buffer_print(&inputs, " -i %s", targets[t].name);
		buffer_print(&outputs, " -map %zu -f s16le -ac 1 %zu.counted",
			     n++, t);
	}
	buffer_add(&inputs, outputs.bytes, outputs.length);
	media_ffmpeg(inputs.bytes);
	for (size_t t = 0; t < ARRAY_LENGTH(targets); t++) {
		struct stat facts;

		if (!made[t])
			continue;
		assert_int_equal(stat(media_path(arena_print(&arena,
							     "%zu.counted", t)),
				      &facts),
				 0);
		counts[t] = (uint64_t)facts.st_size / 2;
	}
	buffer_release(&inputs);
	buffer_release(&outputs);
}

/* Under ThreadSanitizer every source and every target, not all their pairs: one
 * goes after the other, and processes of the media floor have one thread. */
#if SANITIZED_THREADS
#define PAIRED(s, t) ((t) == (s) || (t) == (s) + 1)
#else
#define PAIRED(s, t) true
#endif

static void
every_source_becomes_every_target_of_the_same_length(void **state)
{
	(void)state;
	sources_render("short-", SHORT_SECONDS);
	for (size_t s = 0; s < ARRAY_LENGTH(sources); s++) {
		const char *from = media_path(
			arena_print(&arena, "short-%s", sources[s].name));
		bool made[ARRAY_LENGTH(targets)] = { false };
		uint32_t rates_hz[ARRAY_LENGTH(targets)] = { 0 };
		uint64_t got[ARRAY_LENGTH(targets)] = { 0 };

		for (size_t t = 0; t < ARRAY_LENGTH(targets); t++) {
			if (!PAIRED(s, t))
				continue;
			made[t] = true;
			rates_hz[t] = transcode(from, &targets[t].target, 0,
						media_path(targets[t].name))
					      .sample_rate_hz;
		}
		targets_count(made, rates_hz, got);
		for (size_t t = 0; t < ARRAY_LENGTH(targets); t++) {
			double want = SHORT_SECONDS * rates_hz[t];
			double slack = targets[t].slack +
				       source_slack(sources[s].name) * 1.1;

			if (made[t] && fabs((double)got[t] - want) > slack)
				fail_msg("%s to %s: %llu samples, not %.0f",
					 from, targets[t].name,
					 (unsigned long long)got[t], want);
		}
	}
}

static void
flac_to_wav_and_back_loses_nothing(void **state)
{
	struct media_target wav = { .format = MEDIA_WAV_S16 };
	struct media_target flac = { .format = MEDIA_FLAC };
	struct buffer a, b;

	(void)state;
	transcode(media_path("s.flac"), &wav, 0, media_path("1.wav"));
	transcode(media_path("1.wav"), &flac, 0, media_path("1.flac"));
	transcode(media_path("1.flac"), &wav, 0, media_path("2.wav"));
	media_read(media_path("1.wav"), &a);
	media_read(media_path("2.wav"), &b);
	assert_int_equal(a.length, 44 + 4 * (size_t)(SECONDS * RATE));
	assert_int_equal(a.length, b.length);
	assert_memory_equal(a.bytes, b.bytes, a.length);
	media_ffmpeg("-i s.flac -c:a pcm_s16le -map_metadata -1 "
		     "-fflags +bitexact 3.wav");
	buffer_release(&b);
	media_read(media_path("3.wav"), &b);
	assert_int_equal(a.length, b.length);
	assert_memory_equal(a.bytes, b.bytes, a.length);
	buffer_release(&a);
	buffer_release(&b);
}

/* How well b agrees with a from `shift` on, in dB. */
static double
agreement(const float *a, const float *b, size_t count)
{
	double signal = 1e-12, noise = 1e-12;

	for (size_t i = 0; i < count; i++) {
		signal += (double)a[i] * (double)a[i];
		noise += ((double)a[i] - (double)b[i]) *
			 ((double)a[i] - (double)b[i]);
	}
	return 10 * log10(signal / noise);
}

static void
an_offset_begins_at_that_very_sample(void **state)
{
	static const int64_t offsets[] = { 1, 40, 500, 1234, 2900 };

	(void)state;
	for (size_t s = 0; s < ARRAY_LENGTH(sources); s++) {
		const char *from = media_path(sources[s].name);
		size_t all, rest;
		float *whole = decode(from, 0, &all);

		for (size_t o = 0; o < ARRAY_LENGTH(offsets); o++) {
			float *part = decode(from, offsets[o], &rest);
			/* Opus decodes at 48 kHz */
			int64_t rate = strstr(from, "opus") ? 48000 : RATE;
			size_t start = (size_t)(offsets[o] * rate / 1000);
			size_t slack = strstr(from, ".wma") ? 100 : 1;
			double db;

			if (rest + start < all - slack ||
			    rest + start > all + slack)
				fail_msg("%s from %lld ms: %zu samples of %zu",
					 from, (long long)offsets[o], rest,
					 all - start);
			if (strstr(from, ".wma"))
				continue; /* times of 1 ms: no very sample */
			/* the end of the part is sound that both have */
			db = agreement(whole + start, part,
				       rest < 4000 ? rest - 2 : 4000);
			if (db < 30)
				fail_msg("%s from %lld ms is off: %.1f dB",
					 from, (long long)offsets[o], db);
		}
	}
}

static void
an_offset_past_the_end_is_refused(void **state)
{
	struct media_target target = { .format = MEDIA_MP3 };
	struct media_progress progress = { 0 };
	struct fault fault = { 0 };
	static const char *const names[] = { "s.mp3", "s.m4a" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct media_transcode *job;
		enum status status;
		int in = open(media_path(names[i]), O_RDONLY | O_CLOEXEC);
		int out = open("/dev/null", O_WRONLY | O_CLOEXEC);

		assert_int_equal(media_transcode_begin(pool, in, &target,
						       99000, out, &job,
						       &fault),
				 STATUS_OK);
		close(in);
		close(out);
		do
			status = media_transcode_wait(job, 1000, &progress,
						      &fault);
		while (status == STATUS_AGAIN_LATER);
		assert_int_equal(status, STATUS_OUT_OF_RANGE);
		media_transcode_end(job);
	}
}

static void
tags_go_along_or_are_given(void **state)
{
	static const struct {
		const char *name;
		enum media_target_format format;
	} rows[] = { { "tag.mp3", MEDIA_MP3 },
		     { "tag.m4a", MEDIA_AAC_MP4 },
		     { "tag.opus", MEDIA_OPUS },
		     { "tag.flac", MEDIA_FLAC } };
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct media_target target = { .format = rows[i].format,
					       .title = "Другое имя" };
		const char *path = media_path(rows[i].name);

		transcode(media_path("s.flac"), &target, 0, path);
		assert_int_equal(media_probe_path(pool, path, 0, NULL, &arena,
						  facts, NULL),
				 STATUS_OK);
		assert_string_equal(facts->title, "Другое имя");
		assert_string_equal(facts->artist_text, "Björk feat. Кто");
	}
}

static void
an_mp3_tells_players_its_delay_and_padding(void **state)
{
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);
	struct media_target target = { .format = MEDIA_MP3,
				       .variable = true };

	(void)state;
	for (int i = 0; i < 2; i++) {
		target.variable = i == 1;
		transcode(media_path("s.flac"), &target, 0,
			  media_path("lame.mp3"));
		assert_int_equal(media_probe_path(pool, media_path("lame.mp3"),
						  0, NULL, &arena, facts,
						  NULL),
				 STATUS_OK);
		assert_true(facts->gapless_known);
		assert_int_equal(facts->start_trim_samples, 1105);
		assert_int_equal(facts->duration_ms, 3100);
	}
}

struct drain {
	int fd;
	struct buffer bytes;
};

static void *
drain_run(void *cookie)
{
	struct drain *drain = cookie;
	char part[8192];
	ssize_t got;

	while ((got = read(drain->fd, part, sizeof part)) > 0)
		buffer_add(&drain->bytes, part, (size_t)got);
	return NULL;
}

static void
a_pipe_gets_the_same_headers_before_anything_is_known(void **state)
{
	static const enum media_target_format formats[] = {
		MEDIA_MP3, MEDIA_FLAC, MEDIA_WAV_S16
	};
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		struct media_target target = { .format = formats[i] };
		struct media_progress progress = { 0 };
		struct media_transcode *job;
		struct drain drain;
		pthread_t thread;
		int ends[2], in;
		enum status status = STATUS_OK;

		in = open(media_path("s.flac"), O_RDONLY | O_CLOEXEC);
		assert_int_equal(pipe(ends), 0);
		buffer_init(&drain.bytes, 0);
		drain.fd = ends[0];
		pthread_create(&thread, NULL, drain_run, &drain);
		assert_int_equal(media_transcode_begin(pool, in, &target, 0,
						       ends[1], &job, NULL),
				 STATUS_OK);
		close(in);
		close(ends[1]);
		while (!progress.done && (status == STATUS_OK ||
					  status == STATUS_AGAIN_LATER))
			status = media_transcode_wait(job, 5000, &progress,
						      NULL);
		assert_int_equal(status, STATUS_OK);
		media_transcode_end(job);
		pthread_join(thread, NULL);
		close(ends[0]);
		assert_int_equal(progress.written_bytes, drain.bytes.length);
		assert_int_equal(
			media_probe_path(pool,
					 media_write("piped", &drain.bytes), 0,
					 NULL, &arena, facts, NULL),
			STATUS_OK);
		assert_int_equal(facts->duration_ms, 3100);
		assert_true(facts->gapless_known);
		buffer_release(&drain.bytes);
	}
}

/* A job that hangs because nobody reads its pipe. */
static struct media_transcode *
stuck_job(int ends[2])
{
	struct media_target target = { .format = MEDIA_WAV_F32 };
	struct media_transcode *job;
	struct media_progress progress;
	int in = open(media_path("s.flac"), O_RDONLY | O_CLOEXEC);

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(media_transcode_begin(pool, in, &target, 0, ends[1],
					       &job, NULL),
			 STATUS_OK);
	close(in);
	close(ends[1]);
	assert_int_equal(media_transcode_wait(job, 5000, &progress, NULL),
			 STATUS_OK);
	assert_true(progress.written_bytes > 0);
	return job;
}

static void
a_cancelled_transcode_frees_its_place_and_keeps_its_process(void **state)
{
	struct media_pool_state before, after;
	int64_t start;
	int ends[2];
	struct media_transcode *job = stuck_job(ends);

	(void)state;
	media_pool_look(pool, &before);
	assert_int_equal(before.transcodes, 1);
	start = clock_monotonic_ms();
	media_transcode_end(job);
	assert_true(clock_monotonic_ms() - start < 1000);
	media_pool_look(pool, &after);
	assert_int_equal(after.transcodes, 0);
	assert_int_equal(after.processes, before.processes);
	close(ends[0]);
}

static void
a_reader_that_goes_away_ends_the_transcode(void **state)
{
	struct media_progress progress;
	struct fault fault = { 0 };
	int ends[2];
	struct media_transcode *job = stuck_job(ends);
	enum status status;

	(void)state;
	close(ends[0]);
	do
		status = media_transcode_wait(job, 5000, &progress, &fault);
	while (status == STATUS_OK || status == STATUS_AGAIN_LATER);
	assert_int_equal(status, STATUS_CANCELLED);
	media_transcode_end(job);
}

static void
places_for_transcodes_are_bounded(void **state)
{
	struct media_target target = { .format = MEDIA_MP3 };
	struct media_transcode *jobs[4], *more;
	struct fault fault = { 0 };
	int ends[4][2], in = open(media_path("s.flac"), O_RDONLY | O_CLOEXEC);

	(void)state;
	for (int i = 0; i < 4; i++)
		jobs[i] = stuck_job(ends[i]);
	assert_int_equal(media_transcode_begin(pool, in, &target, 0, in, &more,
					       &fault),
			 STATUS_FULL);
	for (int i = 0; i < 4; i++) {
		media_transcode_end(jobs[i]);
		close(ends[i][0]);
	}
	close(in);
}

/* When a process was started, in ticks since the machine was: field 22 of its
 * stat, see proc(5). Its number does not tell: numbers are given anew. */
static uint64_t
process_started(uint64_t pid)
{
	char path[32];
	struct buffer text;
	struct span rest, field;
	uint64_t ticks = 0;

	snprintf(path, sizeof path, "/proc/%" PRIu64 "/stat", pid);
	media_read(path, &text);
	rest = (struct span){ text.bytes, text.length };
	for (int i = 1; i <= 22; i++)
		assert_true(span_next(&rest, ' ', &field));
	assert_true(span_to_u64(field, &ticks));
	buffer_release(&text);
	return ticks;
}

/* The newest child of this process: of any thread, since the pool's keeper is
 * the parent. */
static pid_t
newest_child(void)
{
	uint64_t pid, newest = 0, newest_started = 0;
	glob_t tasks;

	assert_int_equal(glob("/proc/self/task/*/children", 0, NULL, &tasks),
			 0);
	for (size_t i = 0; i < tasks.gl_pathc; i++) {
		struct buffer text;
		struct span rest, one;

		media_read(tasks.gl_pathv[i], &text);
		rest = (struct span){ text.bytes, text.length };
		while (rest.at != NULL && span_next(&rest, ' ', &one)) {
			uint64_t started;

			if (!span_to_u64(one, &pid))
				continue;
			started = process_started(pid);
			if (started > newest_started) {
				newest_started = started;
				newest = pid;
			}
		}
		buffer_release(&text);
	}
	globfree(&tasks);
	return (pid_t)newest;
}

static void
a_process_killed_half_way_fails_its_transcode_alone(void **state)
{
	struct media_settings settings = {
		.program = getenv("MEDIA_PROGRAM"),
	};
	struct media_pool *shared = pool;
	struct media_progress progress;
	struct fault fault = { 0 };
	struct media_transcode *job;
	enum status status;
	int ends[2];

	(void)state;
	assert_int_equal(media_pool_open(&settings, &pool, NULL), STATUS_OK);
	job = stuck_job(ends);
	kill(newest_child(), SIGABRT); /* sanitizers leave it alone */
	do
		status = media_transcode_wait(job, 5000, &progress, &fault);
	while (status == STATUS_OK || status == STATUS_AGAIN_LATER);
	assert_int_equal(status, STATUS_CORRUPT);
	assert_non_null(strstr(fault.message, "crashed"));
	media_transcode_end(job);
	close(ends[0]);
	/* the next one works */
	media_transcode_end(stuck_job(ends));
	close(ends[0]);
	media_pool_close(pool);
	pool = shared;
}

static void
a_warm_process_gives_first_bytes_within_a_tenth_of_a_second(void **state)
{
	int64_t best = INT64_MAX;

	(void)state;
	for (int i = 0; i < 5; i++) {
		int64_t start = clock_monotonic_ms();
		int ends[2];
		struct media_transcode *job = stuck_job(ends);

		if (clock_monotonic_ms() - start < best)
			best = clock_monotonic_ms() - start;
		media_transcode_end(job);
		close(ends[0]);
	}
	assert_true(best < 100);
}

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena);
	media_files_begin();
	pool = media_pool_make(2);
	sources_render("", SECONDS);
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
		cmocka_unit_test(
			every_source_becomes_every_target_of_the_same_length),
		cmocka_unit_test(flac_to_wav_and_back_loses_nothing),
		cmocka_unit_test(an_offset_begins_at_that_very_sample),
		cmocka_unit_test(an_offset_past_the_end_is_refused),
		cmocka_unit_test(tags_go_along_or_are_given),
		cmocka_unit_test(an_mp3_tells_players_its_delay_and_padding),
		cmocka_unit_test(
			a_pipe_gets_the_same_headers_before_anything_is_known),
		cmocka_unit_test(
			a_cancelled_transcode_frees_its_place_and_keeps_its_process),
		cmocka_unit_test(a_reader_that_goes_away_ends_the_transcode),
		cmocka_unit_test(places_for_transcodes_are_bounded),
		cmocka_unit_test(
			a_process_killed_half_way_fails_its_transcode_alone),
		cmocka_unit_test(
			a_warm_process_gives_first_bytes_within_a_tenth_of_a_second),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
