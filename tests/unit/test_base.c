/* test_base.c - the base floor: text, numbers, time, JSON, settings, metrics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/option.h"
#include "base/worker.h"

static void
an_arena_keeps_small_and_large_allocations_apart_and_zeroed(void **state)
{
	struct arena arena;
	char *small, *large;

	(void)state;
	arena_init(&arena);
	for (int round = 0; round < 3; round++) {
		small = arena_alloc(&arena, 10);
		large = arena_alloc(&arena, 100000);
		for (int i = 0; i < 10; i++)
			assert_int_equal(small[i], 0);
		assert_int_equal(large[99999], 0);
		memset(small, 1, 10);
		memset(large, 2, 100000);
		assert_int_equal(small[9], 1);
		assert_string_equal(arena_print(&arena, "%d-%s", 7, "x"),
				    "7-x");
		arena_reset(&arena);
	}
	arena_release(&arena);
}

static void
a_buffer_over_its_limit_says_so_and_keeps_what_it_had(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 8);
	buffer_add_text(&buffer, "12345678");
	assert_false(buffer.full);
	buffer_add_char(&buffer, '9');
	assert_true(buffer.full);
	assert_string_equal(buffer.bytes, "12345678");
	buffer_release(&buffer);
}

static void
numbers_are_read_whole_or_not_at_all(void **state)
{
	uint64_t u = 7;
	int64_t i = 7;
	double d = 7;

	(void)state;
	assert_true(span_to_u64(SPAN("18446744073709551615"), &u));
	assert_true(u == UINT64_MAX);
	assert_false(span_to_u64(SPAN("18446744073709551616"), &u));
	assert_false(span_to_u64(SPAN(""), &u));
	assert_false(span_to_u64(SPAN("+5"), &u));
	assert_false(span_to_u64(SPAN("5 "), &u));
	assert_true(u == UINT64_MAX);
	assert_true(span_to_i64(SPAN("-9223372036854775808"), &i));
	assert_true(i == INT64_MIN);
	assert_false(span_to_i64(SPAN("9223372036854775808"), &i));
	assert_false(span_to_i64(SPAN("-"), &i));
	assert_true(span_to_double(SPAN("-1.5e3"), &d));
	assert_true(fabs(d + 1500) < 1e-9);
	assert_false(span_to_double(SPAN("nan"), &d));
	assert_false(span_to_double(SPAN("1e999"), &d));
}

static void
a_number_at_the_end_of_its_memory_is_not_read_past(void **state)
{
	char *end = malloc(2);
	double d = 0;

	(void)state;
	assert_non_null(end);
	memcpy(end, "15", 2);
	assert_true(span_to_double((struct span){ end, 2 }, &d));
	assert_true(fabs(d - 15) < 1e-9);
	free(end);
}

static void
utf8_is_checked_as_unicode_table_3_7_says(void **state)
{
	static const char *const bad[] = { "\xC0\x80", "\xED\xA0\x80",
					   "\xF4\x90\x80\x80", "\xE2\x82",
					   "\x80", "\xFF" };

	(void)state;
	assert_true(utf8_valid("Ёлка \xF0\x9F\x8E\xB5", 14));
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	assert_int_equal(utf8_cut("Ёлка", 8, 3), 2);
	assert_int_equal(utf8_cut("Ёлка", 8, 9), 8);
}

static void
dates_survive_printing_and_reading(void **state)
{
	static const char *const same[] = { "Sun, 06 Nov 1994 08:49:37 GMT",
					    "Sunday, 06-Nov-94 08:49:37 GMT",
					    "Sun Nov  6 08:49:37 1994" };
	char text[CLOCK_TEXT_BYTES];
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(same); i++) {
		assert_true(clock_parse_http(same[i], strlen(same[i]), &ms));
		assert_true(ms == 784111777000);
	}
	clock_print_http(784111777000, text);
	assert_string_equal(text, same[0]);
	assert_false(clock_parse_http("yesterday", 9, &ms));
	clock_print_rfc3339(784111777042, text);
	assert_string_equal(text, "1994-11-06T08:49:37.042Z");
	assert_true(clock_parse_rfc3339("1994-11-06T11:49:37.042+03:00", &ms));
	assert_true(ms == 784111777042);
	assert_false(clock_parse_rfc3339("1994-13-06T11:49:37Z", &ms));
	assert_false(clock_parse_rfc3339("1994-11-06T11:49:37", &ms));
}

static void
written_json_is_valid_whatever_text_goes_in(void **state)
{
	struct json_writer json;
	struct buffer out;
	json_t *value;

	(void)state;
	buffer_init(&out, 0);
	json_writer_init(&json, &out);
	json_object_begin(&json);
	json_member_text(&json, "a\"b", "bad \xFF byte, \n, \x01, Ё");
	json_member_array_begin(&json, "list");
	json_int(&json, -5);
	json_double(&json, 0.1);
	json_double(&json, NAN);
	json_bool(&json, true);
	json_array_end(&json);
	json_member_time(&json, "at", 784111777042);
	json_object_end(&json);
	assert_int_equal(json_parse(out.bytes, out.length, &value, NULL),
			 STATUS_OK);
	assert_string_equal(json_string_value(json_object_get(value, "a\"b")),
			    "bad \xEF\xBF\xBD byte, \n, \x01, Ё");
	assert_true(json_is_null(
		json_array_get(json_object_get(value, "list"), 2)));
	json_decref(value);
	buffer_release(&out);
}

static void
hostile_json_is_refused(void **state)
{
	static const char *const bad[] = { "", "{", "{\"a\":1,\"a\":2}",
					   "[1]x", "nul" };
	char deep[200];
	json_t *value = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		assert_int_equal(json_parse(bad[i], strlen(bad[i]), &value,
					    NULL),
				 STATUS_INVALID);
	memset(deep, '[', sizeof deep);
	assert_int_equal(json_parse(deep, sizeof deep, &value, NULL),
			 STATUS_INVALID);
	assert_null(value);
}

static void
sha256_and_hmac_match_published_vectors(void **state)
{
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	(void)state;
	sha256("abc", 3, digest); /* FIPS 180-4 */
	hex_print(digest, sizeof digest, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a3961"
				 "77a9cb410ff61f20015ad");
	/* RFC 4231, test case 2 */
	hmac_sha256(SPAN("Jefe"), SPAN("what do ya want for nothing?"),
		    digest);
	hex_print(digest, sizeof digest, hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2"
				 "739839dec58b964ec3843");
}

static void
base64url_round_trips_and_refuses_second_spellings(void **state)
{
	struct buffer text, back;

	(void)state;
	buffer_init(&text, 0);
	buffer_init(&back, 0);
	for (size_t n = 0; n < 20; n++) {
		uint8_t bytes[20];

		random_bytes(bytes, n);
		buffer_clear(&text);
		buffer_clear(&back);
		base64url_add(&text, bytes, n);
		assert_true(base64url_parse(
			(struct span){ text.bytes, text.length }, &back));
		assert_int_equal(back.length, n);
		if (n > 0)
			assert_memory_equal(back.bytes, bytes, n);
	}
	assert_false(base64url_parse(SPAN("QR"), &back)); /* spare bits set */
	assert_false(base64url_parse(SPAN("Q"), &back));
	assert_false(base64url_parse(SPAN("Q+=="), &back));
	buffer_release(&text);
	buffer_release(&back);
}

struct sample_settings {
	uint32_t port;
	const char *host;
	bool fast;
	const char *secret;
};

static const struct option sample_rows[] = {
	{ .name = "SAMPLE_PORT", .flag = "--port", .type = OPTION_U32,
	  .preset = "80", .summary = "Port.", .min = 1, .max = 65535,
	  .offset = offsetof(struct sample_settings, port) },
	{ .name = "SAMPLE_HOST", .type = OPTION_TEXT, .preset = "::",
	  .summary = "Host.",
	  .offset = offsetof(struct sample_settings, host) },
	{ .name = "SAMPLE_FAST", .flag = "--fast", .type = OPTION_BOOL,
	  .preset = "no", .summary = "Fast.",
	  .offset = offsetof(struct sample_settings, fast) },
	{ .name = "SAMPLE_SECRET", .type = OPTION_TEXT, .preset = "",
	  .summary = "Secret.", .secret = true,
	  .offset = offsetof(struct sample_settings, secret) },
	{ 0 }
};

static void
settings_rank_flag_over_environment_over_file_over_default(void **state)
{
	struct sample_settings settings;
	const struct option_table tables[] = {
		{ "Sample", sample_rows, &settings }, { 0 }
	};
	struct options *options = options_new(tables);
	char path[] = "/tmp/ogma-test-XXXXXX";
	char *arguments[] = { (char *)"--port", (char *)"90" };
	int fd = mkstemp(path), used;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(options_read_flag(options, arguments, 2, &used, NULL),
			 STATUS_OK);
	assert_int_equal(used, 2);
	assert_int_equal(file_write(path,
				    SPAN("# c\nSAMPLE_PORT=70\n"
					 "SAMPLE_HOST = \"from file\"\r\n"
					 "SAMPLE_FAST=on\n"),
				    0600, NULL),
			 STATUS_OK);
	assert_int_equal(options_read_file(options, path, NULL), STATUS_OK);
	setenv("SAMPLE_HOST", "from environment", 1);
	assert_int_equal(options_read_environment(options, NULL), STATUS_OK);
	assert_int_equal(options_apply(options, NULL), STATUS_OK);
	assert_int_equal(settings.port, 90);
	assert_string_equal(settings.host, "from environment");
	assert_true(settings.fast);
	options_free(options);
	unsetenv("SAMPLE_HOST");
	close(fd);
	unlink(path);
}

static void
a_bad_setting_is_refused_with_its_name_and_without_its_secret(void **state)
{
	struct sample_settings settings;
	const struct option_table tables[] = {
		{ "Sample", sample_rows, &settings }, { 0 }
	};
	struct options *options = options_new(tables);
	char *arguments[] = { (char *)"--port=70000" };
	struct fault fault = { 0 };
	int used;

	(void)state;
	assert_int_equal(
		options_read_flag(options, arguments, 1, &used, &fault),
		STATUS_INVALID);
	assert_string_equal(fault.field, "SAMPLE_PORT");
	options_free(options);
}

static struct metric sample_counter = METRIC_COUNTER(
	"sample_requests_total", "Requests.", "method", "status");
static struct metric sample_histogram =
	METRIC_HISTOGRAM("sample_seconds", "Time.", "method");

static void
metrics_print_as_prometheus_and_openmetrics(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out, 0);
	counter_add(metric_cell(&sample_counter, "G\"T", "200"), 2);
	counter_add(metric_cell(&sample_counter, "G\"T", "200"), 1);
	histogram_observe(metric_cell(&sample_histogram, "GET"), 0.02);
	histogram_observe(metric_cell(&sample_histogram, "GET"), 99);
	metrics_print(&out, false);
	assert_non_null(strstr(out.bytes, "# TYPE sample_requests_total "
					  "counter\n"));
	assert_non_null(strstr(out.bytes, "sample_requests_total{method="
					  "\"G\\\"T\",status=\"200\"} 3\n"));
	assert_non_null(strstr(out.bytes, "sample_seconds_bucket{method=\"GET"
					  "\",le=\"0.025\"} 1\n"));
	assert_non_null(strstr(out.bytes, "le=\"+Inf\"} 2\n"));
	buffer_clear(&out);
	metrics_print(&out, true);
	assert_non_null(strstr(out.bytes, "# TYPE sample_requests counter\n"));
	assert_string_equal(out.bytes + out.length - 6, "# EOF\n");
	buffer_release(&out);
}

static void
count_up(void *cookie)
{
	__atomic_add_fetch((int *)cookie, 1, __ATOMIC_SEQ_CST);
}

static void
a_worker_pool_runs_every_accepted_job_before_it_ends(void **state)
{
	struct worker_pool_args args = { .name = "test", .threads = 3,
					 .queue_max = 1000 };
	struct worker_pool *pool;
	int count = 0;

	(void)state;
	assert_int_equal(worker_pool_open(&args, &pool, NULL), STATUS_OK);
	for (int i = 0; i < 500; i++)
		assert_int_equal(worker_pool_submit(pool, count_up, &count),
				 STATUS_OK);
	worker_pool_close(pool);
	assert_int_equal(count, 500);
}

static void
policy_note(void *cookie)
{
	*(atomic_int *)cookie = sched_getscheduler(0);
}

/* Else what it starts, as a thread that keeps time, would be late too. */
static void
a_worker_runs_its_jobs_as_its_process_does(void **state)
{
	struct worker_pool_args args = { .name = "test", .threads = 1,
					 .queue_max = 2 };
	struct worker_pool *pool;

	(void)state;
	assert_int_equal(worker_pool_open(&args, &pool, NULL), STATUS_OK);
	for (int job = 0; job < 2; job++) {
		atomic_int policy = -1;

		usleep(20000); /* it has gone to sleep */
		assert_int_equal(worker_pool_submit(pool, policy_note, &policy),
				 STATUS_OK);
		while (policy == -1)
			usleep(1000);
		assert_int_equal(policy, sched_getscheduler(0));
	}
	worker_pool_close(pool);
}

static void
a_file_is_replaced_whole_and_locks_exclude(void **state)
{
	char folder[] = "/tmp/ogma-test-XXXXXX", path[64];
	struct buffer text;
	int fd, other;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/a/b", folder);
	assert_int_equal(folder_make(path, NULL), STATUS_OK);
	snprintf(path, sizeof path, "%s/a/b/c", folder);
	assert_int_equal(file_write(path, SPAN("one"), 0600, NULL), STATUS_OK);
	assert_int_equal(file_write(path, SPAN("two"), 0600, NULL), STATUS_OK);
	buffer_init(&text, 0);
	assert_int_equal(file_read(path, 2, &text, NULL), STATUS_TOO_LARGE);
	buffer_clear(&text);
	assert_int_equal(file_read(path, 3, &text, NULL), STATUS_OK);
	assert_string_equal(text.bytes, "two");
	assert_int_equal(file_lock(path, &fd, NULL), STATUS_OK);
	assert_int_equal(file_lock(path, &other, NULL), STATUS_CONFLICT);
	close(fd);
	assert_int_equal(file_lock(path, &fd, NULL), STATUS_OK);
	close(fd);
	buffer_release(&text);
	unlink(path);
	snprintf(path, sizeof path, "%s/a/b", folder);
	rmdir(path);
	snprintf(path, sizeof path, "%s/a", folder);
	rmdir(path);
	rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_arena_keeps_small_and_large_allocations_apart_and_zeroed),
		cmocka_unit_test(
			a_buffer_over_its_limit_says_so_and_keeps_what_it_had),
		cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
		cmocka_unit_test(
			a_number_at_the_end_of_its_memory_is_not_read_past),
		cmocka_unit_test(utf8_is_checked_as_unicode_table_3_7_says),
		cmocka_unit_test(dates_survive_printing_and_reading),
		cmocka_unit_test(written_json_is_valid_whatever_text_goes_in),
		cmocka_unit_test(hostile_json_is_refused),
		cmocka_unit_test(sha256_and_hmac_match_published_vectors),
		cmocka_unit_test(
			base64url_round_trips_and_refuses_second_spellings),
		cmocka_unit_test(
			settings_rank_flag_over_environment_over_file_over_default),
		cmocka_unit_test(
			a_bad_setting_is_refused_with_its_name_and_without_its_secret),
		cmocka_unit_test(metrics_print_as_prometheus_and_openmetrics),
		cmocka_unit_test(
			a_worker_pool_runs_every_accepted_job_before_it_ends),
		cmocka_unit_test(a_worker_runs_its_jobs_as_its_process_does),
		cmocka_unit_test(a_file_is_replaced_whole_and_locks_exclude),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
