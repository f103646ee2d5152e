/* test_media_fuzzed.c - files fuzzed out of good ones of all formats, probed and
 * listened to: every one is answered, in time and in little memory.
 *
 * FUZZED_FILES (60) of them; with FUZZED_REPORT a line of figures is printed, for
 * bench/analysis.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sanitized.h"
#include "tests/support/media_files.h"

#define LONGEST_MS 10000
#define MEMORY_MIB 200

static struct media_pool *pool;
static struct arena arena;
static uint32_t seed = 2711;

static struct {
	long files, heard, probed, crashed;
	int64_t longest_ms;
} seen;

static uint32_t
dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static const struct {
	const char *name, *options;
} formats[] = {
	{ "f.mp3", "" },	   { "f.flac", "" },
	{ "f.m4a", "" },	   { "alac.m4a", "-c:a alac" },
	{ "f.ogg", "" },	   { "f.opus", "" },
	{ "flac.oga", "-c:a flac" }, { "f.wav", "" },
	{ "f.aiff", "-write_id3v2 1" }, { "f.wma", "" },
	{ "f.wv", "" },		   { "f.tta", "" },
	{ "f.mka", "" },	   { "f.aac", "-f adts" },
};

/* ---- ways to break a file --------------------------------------------------- */

static void
cut(struct buffer *bytes)
{
	bytes->length = dice(2) == 0 ? dice(300) :
				       dice((uint32_t)bytes->length);
}

static void
flip_bits(struct buffer *bytes)
{
	uint32_t reach = dice(2) == 0 && bytes->length > 500 ?
				 500 :
				 (uint32_t)bytes->length;

	for (uint32_t n = 1 + dice(60); n > 0; n--)
		bytes->bytes[dice(reach)] ^= (char)(1 << dice(8));
}

static void
be_random(struct buffer *bytes)
{
	for (size_t i = 0; i < bytes->length; i++)
		bytes->bytes[i] = (char)dice(256);
}

/* The head of one format before the body of another. */
static void
wear_another_head(struct buffer *bytes)
{
	size_t reach = 4 + dice(400);
	struct buffer other;

	media_read(media_path(formats[dice(ARRAY_LENGTH(formats))].name),
		   &other);
	if (reach > bytes->length)
		reach = bytes->length;
	if (reach > other.length)
		reach = other.length;
	memcpy(bytes->bytes, other.bytes, reach);
	buffer_release(&other);
}

/* Lengths and counts are mostly 32 bits somewhere near the head. */
static void
claim_huge_lengths(struct buffer *bytes)
{
	static const char huge[][5] = { "\xFF\xFF\xFF\xFF", "\x7F\xFF\xFF\xFF",
					"\xFF\xFF\xFF\x7F", "\x7F\x7F\x7F\x7F" };
	uint32_t reach = bytes->length > 604 ? 600 :
					       (uint32_t)bytes->length - 4;

	for (uint32_t n = 1 + dice(5); n > 0; n--)
		memcpy(bytes->bytes + dice(reach), huge[dice(4)], 4);
}

/* A piece of it again and again. */
static void
repeat_a_piece(struct buffer *bytes)
{
	size_t length = bytes->length, piece = 1 + dice(2000);
	size_t from = dice((uint32_t)length), to = dice((uint32_t)length);

	for (size_t i = 0; i < piece * 20 && to + i < length; i++)
		bytes->bytes[to + i] =
			bytes->bytes[(from + i % piece) % length];
}

static void (*const ways[])(struct buffer *bytes) = {
	cut,		   flip_bits,	       flip_bits,     be_random,
	wear_another_head, claim_huge_lengths, repeat_a_piece,
};

/* ---- asking ------------------------------------------------------------------ */

static bool
promised(enum status status)
{
	return status == STATUS_OK || status == STATUS_CORRUPT ||
	       status == STATUS_UNSUPPORTED || status == STATUS_TIMED_OUT ||
	       status == STATUS_TOO_LARGE;
}

static void
answered(enum status status, const struct fault *fault, int64_t began_ms,
	 long number)
{
	int64_t took_ms = clock_monotonic_ms() - began_ms;

	if (took_ms > seen.longest_ms)
		seen.longest_ms = took_ms;
	if (took_ms > LONGEST_MS)
		fail_msg("file %ld took %lld ms", number, (long long)took_ms);
	if (!promised(status))
		fail_msg("file %ld: %s: %s", number, status_name(status),
			 fault->message);
	if (status != STATUS_OK && fault->message[0] == '\0')
		fail_msg("file %ld: no reason", number);
}

static void
ask(const char *path, long number)
{
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);
	struct media_analysis *heard = arena_alloc(&arena, sizeof *heard);
	struct fault fault = { 0 };
	int64_t began_ms = clock_monotonic_ms();
	enum status status = media_probe_path(pool, path, MEDIA_WANT_PICTURE,
					      NULL, &arena, facts, &fault);
	int fd;

	answered(status, &fault, began_ms, number);
	seen.probed += status == STATUS_OK;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	fault = (struct fault){ 0 };
	began_ms = clock_monotonic_ms();
	status = media_analyse(pool, fd, NULL, NULL, &arena, heard, &fault);
	close(fd);
	answered(status, &fault, began_ms, number);
	seen.heard += status == STATUS_OK;
}

static void
fuzzed_files_are_answered_in_time(void **state)
{
	const char *wanted = getenv("FUZZED_FILES");
	long files = wanted != NULL ? strtol(wanted, NULL, 10) : 150;
	struct media_pool_state now;

	(void)state;
	for (long i = 0; i < files; i++) {
		struct buffer bytes;

		media_read(media_path(formats[(size_t)i %
					      ARRAY_LENGTH(formats)]
					      .name),
			   &bytes);
		for (uint32_t n = 1 + dice(2); n > 0 && bytes.length > 8; n--)
			ways[dice(ARRAY_LENGTH(ways))](&bytes);
		ask(media_write("fuzzed", &bytes), i);
		buffer_release(&bytes);
		arena_reset(&arena);
	}
	media_pool_look(pool, &now);
	assert_int_equal(now.busy, 0);
	seen.files = files;
	seen.crashed = (long)now.crashed;
	/* what is whole is heard as ever */
	ask(media_path("f.flac"), files);
}

/* The largest of all processes that ended; ffmpeg, which made the good files,
 * needs less than the bound. */
static void
none_of_them_took_much_memory(void **state)
{
	struct rusage used;

	(void)state;
	media_pool_close(pool);
	pool = NULL;
	getrusage(RUSAGE_CHILDREN, &used);
	if (getenv("FUZZED_REPORT") != NULL)
		fprintf(stderr, "fuzzed %ld %ld %ld %ld %lld %ld\n",
			seen.files, seen.probed, seen.heard, seen.crashed,
			(long long)seen.longest_ms, used.ru_maxrss / 1024);
#if !SANITIZED_ADDRESSES
	assert_true(used.ru_maxrss / 1024 <= MEMORY_MIB);
#endif
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
	media_render_now(1.5);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	if (pool != NULL)
		media_pool_close(pool);
	media_files_end();
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fuzzed_files_are_answered_in_time),
		cmocka_unit_test(none_of_them_took_much_memory),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
