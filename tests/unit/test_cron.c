/* test_cron.c - times that come again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <time.h>

#include "base/clock.h"
#include "service/cron.h"

static void
zone_set(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

/* The time after `after`, both in UTC as text. */
static void
expect_next(const char *text, const char *after, const char *next)
{
	char found[CLOCK_TEXT_BYTES];
	int64_t after_ms, next_ms;
	struct fault fault;
	struct cron cron;

	if (cron_parse(text, &cron, &fault) != STATUS_OK)
		fail_msg("%s: %s", text, fault.message);
	assert_true(clock_parse_rfc3339(after, &after_ms));
	next_ms = cron_next(&cron, after_ms);
	assert_int_not_equal(next_ms, 0);
	clock_print_rfc3339(next_ms, found);
	assert_string_equal(found, next);
}

static void
the_next_time_is_found(void **state)
{
	(void)state;
	zone_set("UTC");
	expect_next("0 * * * *", "2026-03-01T10:00:00Z",
		    "2026-03-01T11:00:00.000Z");
	expect_next("*/15 * * * *", "2026-03-01T23:50:10Z",
		    "2026-03-02T00:00:00.000Z");
	expect_next("30 4 * * *", "2026-03-01T04:29:59.999Z",
		    "2026-03-01T04:30:00.000Z");
	expect_next("30 4 * * *", "2026-03-01T04:30:00Z",
		    "2026-03-02T04:30:00.000Z");
	expect_next("0 0 29 2 *", "2026-03-01T00:00:00Z",
		    "2028-02-29T00:00:00.000Z");
	expect_next("5 6-18/6 * JAN,dec mon-fri", "2026-03-01T00:00:00Z",
		    "2026-12-01T06:05:00.000Z");
	expect_next("@weekly", "2026-03-02T00:00:00Z",
		    "2026-03-08T00:00:00.000Z");
	expect_next("0 0 * * 7", "2026-03-02T00:00:00Z",
		    "2026-03-08T00:00:00.000Z");
	expect_next("3/20 1 * * *", "2026-03-02T01:03:00Z",
		    "2026-03-02T01:23:00.000Z");
}

static void
of_two_kinds_of_days_either_will_do(void **state)
{
	(void)state;
	zone_set("UTC");
	expect_next("0 0 13 * fri", "2026-03-01T00:00:00Z",
		    "2026-03-06T00:00:00.000Z");
	expect_next("0 0 2 * fri", "2026-03-01T00:00:00Z",
		    "2026-03-02T00:00:00.000Z");
}

static void
clocks_that_are_changed_lose_nothing_and_double_nothing(void **state)
{
	(void)state;
	zone_set("Europe/Berlin"); /* 02:00 to 03:00 is left out on 29 March */
	expect_next("0 3 * * *", "2026-03-28T02:00:00Z",
		    "2026-03-29T01:00:00.000Z");
	expect_next("30 * * * *", "2026-03-29T00:30:00Z",
		    "2026-03-29T01:30:00.000Z");
	/* 02:30 comes twice on 25 October: the first or the second, not both */
	expect_next("30 2 * * *", "2026-10-25T01:30:00Z",
		    "2026-10-26T01:30:00.000Z");
	expect_next("30 * * * *", "2026-10-25T00:30:00Z",
		    "2026-10-25T01:30:00.000Z");
	zone_set("America/Sao_Paulo"); /* midnight was left out in 2018 */
	expect_next("30 12 4 11 *", "2018-11-03T20:00:00Z",
		    "2018-11-04T14:30:00.000Z");
}

static void
a_time_in_the_hour_that_is_left_out_still_comes_that_day(void **state)
{
	struct cron cron;
	int64_t after_ms, end_ms, next_ms;

	(void)state;
	zone_set("Europe/Berlin");
	assert_int_equal(cron_parse("30 2 * * *", &cron, NULL), STATUS_OK);
	clock_parse_rfc3339("2026-03-28T12:00:00Z", &after_ms);
	clock_parse_rfc3339("2026-03-29T03:00:00Z", &end_ms);
	next_ms = cron_next(&cron, after_ms);
	assert_true(next_ms > after_ms && next_ms < end_ms);
}

static void
what_never_comes_has_no_next_time(void **state)
{
	struct cron cron;

	(void)state;
	zone_set("UTC");
	assert_int_equal(cron_parse("0 0 30 2 *", &cron, NULL), STATUS_OK);
	assert_int_equal(cron_next(&cron, INT64_C(1790000000000)), 0);
}

static void
what_is_no_time_is_refused_with_the_field(void **state)
{
	static const char *const wrong[] = {
		"",	       "* * * *",     "* * * * * *", "60 * * * *",
		"* 24 * * *",  "* * 0 * *",   "* * * 13 *",  "* * * * 8",
		"*/0 * * * *", "5-1 * * * *", "1,,2 * * * *", "a * * * *",
		"1- * * * *",  "@never",      "1000 * * * *", "*x * * * *",
		"-1 * * * *",  "* * * foo *", "*/ * * * *",  "1, * * * *",
	};
	struct fault fault;
	struct cron cron;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (cron_parse(wrong[i], &cron, &fault) != STATUS_INVALID)
			fail_msg("\"%s\" was taken", wrong[i]);
	}
	cron_parse("* 24 * * *", &cron, &fault);
	assert_string_equal(fault.message, "\"24\" is no hour");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_time_is_found),
		cmocka_unit_test(of_two_kinds_of_days_either_will_do),
		cmocka_unit_test(
			clocks_that_are_changed_lose_nothing_and_double_nothing),
		cmocka_unit_test(
			a_time_in_the_hour_that_is_left_out_still_comes_that_day),
		cmocka_unit_test(what_never_comes_has_no_next_time),
		cmocka_unit_test(what_is_no_time_is_refused_with_the_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
