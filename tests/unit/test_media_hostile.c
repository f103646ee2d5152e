/* test_media_hostile.c - broken files and broken media processes: everything is
 * answered, in time, and the server's side goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sanitized.h"
#include "tests/support/media_files.h"

#define CUTS 14
#define CHANGES 20

static struct media_pool *pool;
static struct arena arena;
static uint32_t seed = 12345;

static uint32_t
dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static const struct {
	const char *name, *options;
} formats[] = {
	{ "h.mp3", "" },	   { "h.flac", "" },
	{ "h.m4a", "" },	   { "alac.m4a", "-c:a alac" },
	{ "h.ogg", "" },	   { "h.opus", "" },
	{ "flac.oga", "-c:a flac" }, { "h.wav", "" },
	{ "h.aiff", "-write_id3v2 1" }, { "h.wma", "" },
	{ "h.wv", "" },		   { "h.tta", "" },
	{ "h.mka", "" },	   { "h.aac", "-f adts" },
};

/* Probes and transcodes; any answer is right that comes in time and is one of
 * those promised. */
static void
answers(const struct buffer *bytes, const char *name)
{
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);
	struct fault fault = { 0 };
	int64_t start = clock_monotonic_ms();
	enum status status =
		media_probe_path(pool, media_write(name, bytes),
				 MEDIA_WANT_PICTURE, NULL, &arena, facts,
				 &fault);

	if (clock_monotonic_ms() - start > 11000)
		fail_msg("%s took too long", name);
	if (status != STATUS_OK && status != STATUS_CORRUPT &&
	    status != STATUS_UNSUPPORTED && status != STATUS_TIMED_OUT &&
	    status != STATUS_TOO_LARGE)
		fail_msg("%s: %s", name, status_name(status));
	if (status != STATUS_OK && fault.message[0] == '\0')
		fail_msg("%s: no reason", name);
}

static void
decodes_or_not(const char *name)
{
	struct media_target target = { .format = MEDIA_PCM_S16 };
	struct media_progress progress = { 0 };
	struct media_transcode *job;
	enum status status;
	int in = open(media_path(name), O_RDONLY | O_CLOEXEC);
	int out = open("/dev/null", O_WRONLY | O_CLOEXEC);

	assert_int_equal(media_transcode_begin(pool, in, &target, 300, out,
					       &job, NULL),
			 STATUS_OK);
	close(in);
	close(out);
	do
		status = media_transcode_wait(job, 10000, &progress, NULL);
	while (status == STATUS_OK && !progress.done);
	assert_int_not_equal(status, STATUS_AGAIN_LATER);
	media_transcode_end(job);
}

static void
cut_files_are_read_or_refused(void **state)
{
	(void)state;
	for (size_t f = 0; f < ARRAY_LENGTH(formats); f++) {
		struct buffer bytes;
		size_t whole;

		media_read(media_path(formats[f].name), &bytes);
		whole = bytes.length;
		for (uint32_t i = 0; i < CUTS; i++) {
			/* half of them within the headers */
			bytes.length = i % 2 == 0 ? dice(200) :
						    dice((uint32_t)whole);
			answers(&bytes, "cut");
		}
		buffer_release(&bytes);
		arena_reset(&arena);
	}
}

static void
changed_files_are_read_or_refused(void **state)
{
	(void)state;
	for (size_t f = 0; f < ARRAY_LENGTH(formats); f++) {
		struct buffer bytes;

		for (uint32_t i = 0; i < CHANGES; i++) {
			uint32_t reach, count = 1 + dice(20);

			media_read(media_path(formats[f].name), &bytes);
			reach = i % 2 == 0 ? 400 : (uint32_t)bytes.length;
			for (uint32_t n = 0; n < count; n++)
				bytes.bytes[dice(reach)] =
					(char)(dice(3) == 0 ? 0xFF :
							      dice(256));
			answers(&bytes, "changed");
			if (i % 5 == 0)
				decodes_or_not("changed");
			buffer_release(&bytes);
		}
		arena_reset(&arena);
	}
}

static void
none_of_them_crashed_a_process(void **state)
{
	struct media_pool_state now;

	(void)state;
	media_pool_look(pool, &now);
	assert_int_equal(now.crashed, 0);
	assert_int_equal(now.timed_out, 0);
	assert_int_equal(now.busy, 0);
}

static void
tags_of_absurd_sizes_are_survived(void **state)
{
	struct buffer bytes;

	(void)state;
	/* an ID3v2 tag that claims 256 MiB */
	buffer_init(&bytes, 0);
	buffer_add(&bytes, "ID3\4\0\0\x7F\x7F\x7F\x7F" "TIT2\x7F\x7F\x7F\x7F",
		   18);
	answers(&bytes, "big.mp3");
	/* Vorbis comments with four billion of them */
	buffer_clear(&bytes);
	buffer_add(&bytes, "fLaC\x04\0\0\x08\0\0\0\0\xFF\xFF\xFF\xFF", 16);
	answers(&bytes, "many.flac");
	/* MP4 boxes of 2^64 bytes */
	buffer_clear(&bytes);
	buffer_add(&bytes, "\0\0\0\x10" "ftypM4A \0\0\0\0\0\0\0\1moov"
			   "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 32);
	answers(&bytes, "box.m4a");
	/* an APE tag longer than the file */
	buffer_clear(&bytes);
	buffer_add(&bytes, "MAC \x96\x0F\0\0", 8);
	buffer_add(&bytes, "APETAGEX\xD0\7\0\0\xFF\xFF\xFF\x7F\1\0\0\0"
			   "\0\0\0\0\0\0\0\0\0\0\0\0", 32);
	answers(&bytes, "tag.ape");
	buffer_release(&bytes);
}

/* ---- what a process may do ---- */

/* The value of a line of /proc/PID/status of the newest child. */
static uint64_t
child_status(const char *name)
{
	uint64_t pid, newest = 0, value = UINT64_MAX;
	struct buffer text;
	struct span rest, one;
	glob_t tasks;

	assert_int_equal(glob("/proc/self/task/*/children", 0, NULL, &tasks),
			 0);
	for (size_t i = 0; i < tasks.gl_pathc; i++) {
		media_read(tasks.gl_pathv[i], &text);
		rest = (struct span){ text.bytes, text.length };
		while (rest.at != NULL && span_next(&rest, ' ', &one)) {
			if (span_to_u64(one, &pid) && pid > newest)
				newest = pid;
		}
		buffer_release(&text);
	}
	globfree(&tasks);
	media_read(arena_print(&arena, "/proc/%llu/status",
			       (unsigned long long)newest),
		   &text);
	rest = (struct span){ text.bytes, text.length };
	while (rest.at != NULL && span_next(&rest, '\n', &one)) {
		if (span_starts(one, span_of(name)))
			span_to_u64(span_trim((struct span){
					    one.at + strlen(name),
					    one.length - strlen(name) }),
				    &value);
	}
	buffer_release(&text);
	return value;
}

static void
a_process_has_given_up_its_rights(void **state)
{
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);

	(void)state;
	assert_int_equal(media_probe_path(pool, media_path("h.mp3"), 0, NULL,
					  &arena, facts, NULL),
			 STATUS_OK);
	assert_int_equal(child_status("NoNewPrivs:"), 1);
	assert_int_equal(child_status("Threads:"), 1);
#if !SANITIZED_ADDRESSES && !SANITIZED_THREADS
	assert_int_equal(child_status("Seccomp:"), 2); /* a filter */
#endif
}

/* ---- misbehaving processes ---- */

static const struct {
	uint32_t fashion;
	enum status status;
	const char *reason;
} fashions[] = {
	{ 41, STATUS_UNAVAILABLE, "ended at its start" },
	{ 42, STATUS_CORRUPT, "the decoder crashed on this file" },
	{ 43, STATUS_TIMED_OUT, "longer than 500 ms" },
	{ 44, STATUS_CORRUPT, "crashed" },
	{ 45, STATUS_CORRUPT, "crashed" },
	{ 46, STATUS_CORRUPT, "crashed" },
	{ 47, STATUS_CORRUPT, "crashed" },
	{ 48, STATUS_TIMED_OUT, "longer than 500 ms" },
	{ 49, STATUS_UNAVAILABLE, "ended before it was done" },
};

static void
a_process_may_misbehave_in_any_fashion(void **state)
{
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(fashions); i++) {
		struct media_settings settings = {
			.program = getenv("MEDIA_BROKEN"),
			.timeout_ms = 500,
			.memory_mib = fashions[i].fashion,
		};
		struct media_pool *broken;
		struct media_pool_state now;
		struct fault fault;

		assert_int_equal(media_pool_open(&settings, &broken, NULL),
				 STATUS_OK);
		for (int twice = 0; twice < 2; twice++) {
			enum status status;

			fault = (struct fault){ 0 };
			status = media_probe_path(broken, media_path("h.mp3"),
						  0, NULL, &arena, facts,
						  &fault);
			if (status != fashions[i].status ||
			    strstr(fault.message, fashions[i].reason) == NULL)
				fail_msg("fashion %u: %s (%s)",
					 fashions[i].fashion, fault.message,
					 status_name(status));
		}
		media_pool_look(broken, &now);
		assert_int_equal(now.processes, 0);
		assert_int_equal(now.busy, 0);
		media_pool_close(broken);
	}
}

static void
a_missing_program_is_said_at_once(void **state)
{
	struct media_settings settings = { .program = "/nonexistent/media" };
	struct media_pool *none;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(media_pool_open(&settings, &none, &fault),
			 STATUS_NOT_FOUND);
	assert_string_equal(fault.field, "MEDIA_PROGRAM");
}

/* ---- many at once, and none at all ---- */

static void *
probe_many(void *cookie)
{
	struct media_facts *facts = mem_new(1, sizeof *facts);
	struct arena own;
	int *good = cookie;

	arena_init(&own);
	for (int i = 0; i < 60; i++) {
		const char *name = formats[i % 6].name;
		char path[100];

		/* media_path() is not for threads */
		snprintf(path, sizeof path, "%s", (const char *)
			 arena_print(&own, "%s/%s", getenv("HOSTILE_FOLDER"),
				     name));
		if (media_probe_path(pool, path, 0, NULL, &own, facts,
				     NULL) == STATUS_OK)
			(*good)++;
		arena_reset(&own);
	}
	arena_release(&own);
	free(facts);
	return NULL;
}

static void
many_threads_share_few_processes(void **state)
{
	pthread_t threads[8];
	int good[8] = { 0 };
	struct media_pool_state now;

	(void)state;
	setenv("HOSTILE_FOLDER", media_path("."), 1);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, probe_many, &good[i]);
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(good[i], 60);
	}
	media_pool_look(pool, &now);
	assert_true(now.processes <= 6);
	assert_int_equal(now.busy, 0);
}

static void
idle_processes_end(void **state)
{
	struct media_settings settings = {
		.program = getenv("MEDIA_PROGRAM"), .idle_ms = 100,
	};
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);
	struct media_pool_state now;
	struct media_pool *idle;

	(void)state;
	assert_int_equal(media_pool_open(&settings, &idle, NULL), STATUS_OK);
	assert_int_equal(media_probe_path(idle, media_path("h.mp3"), 0, NULL,
					  &arena, facts, NULL),
			 STATUS_OK);
	media_pool_look(idle, &now);
	assert_int_equal(now.processes, 1);
	for (int i = 0; i < 300 && now.processes > 0; i++) {
		usleep(10000);
		media_pool_look(idle, &now);
	}
	assert_int_equal(now.processes, 0);
	assert_int_equal(now.crashed, 0);
	/* and come back when there is work */
	assert_int_equal(media_probe_path(idle, media_path("h.mp3"), 0, NULL,
					  &arena, facts, NULL),
			 STATUS_OK);
	media_pool_close(idle);
}

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena);
	media_files_begin();
	pool = media_pool_make(2);
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		media_render_later(formats[i].name,
				   arena_print(&arena, MEDIA_TAGS "%s",
					       formats[i].options));
	media_render_now(0.7);
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
		cmocka_unit_test(cut_files_are_read_or_refused),
		cmocka_unit_test(changed_files_are_read_or_refused),
		cmocka_unit_test(tags_of_absurd_sizes_are_survived),
		cmocka_unit_test(none_of_them_crashed_a_process),
		cmocka_unit_test(a_process_has_given_up_its_rights),
		cmocka_unit_test(a_process_may_misbehave_in_any_fashion),
		cmocka_unit_test(a_missing_program_is_said_at_once),
		cmocka_unit_test(many_threads_share_few_processes),
		cmocka_unit_test(idle_processes_end),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
