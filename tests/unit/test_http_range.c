/* test_http_range.c - byte ranges, RFC 9110 14. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/memory.h"
#include "net/range.h"

/* "0+10 20+5", "416" or "200". */
static const char *
ranges_text(const char *value, uint64_t size)
{
	static char text[1000];
	struct byte_range ranges[RANGES_MAX];
	size_t count = 0, length = 0;

	switch (range_parse(span_of(value), size, ranges, &count)) {
	case RANGE_IGNORED:
		return "200";
	case RANGE_UNSATISFIABLE:
		return "416";
	case RANGE_GRANTED:
		break;
	}
	for (size_t i = 0; i < count; i++)
		length += (size_t)snprintf(
			text + length, sizeof text - length, "%s%llu+%llu",
			i > 0 ? " " : "",
			(unsigned long long)ranges[i].first_byte,
			(unsigned long long)ranges[i].length_bytes);
	return text;
}

struct range_case {
	const char *value;
	uint64_t size;
	const char *want;
};

static void
check(const struct range_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *got = ranges_text(cases[i].value, cases[i].size);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s of %llu: %s", cases[i].value,
				 (unsigned long long)cases[i].size, got);
	}
}

static void
single_ranges_are_cut_to_the_size(void **state)
{
	static const struct range_case cases[] = {
		{ "bytes=0-0", 10, "0+1" },
		{ "bytes=0-", 10, "0+10" },
		{ "bytes=9-9", 10, "9+1" },
		{ "bytes=9-10", 10, "9+1" },
		{ "bytes=10-10", 10, "416" },
		{ "bytes=-3", 10, "7+3" },
		{ "bytes=-10", 10, "0+10" },
		{ "bytes=-11", 10, "0+10" },
		{ "bytes=-0", 10, "416" },
		{ "BYTES=1-2", 10, "1+2" },
		{ "bytes= 1-2 ", 10, "1+2" },
		{ "bytes=,1-2,,", 10, "1+2" },
		{ "bytes=0-18446744073709551615", 10, "0+10" },
		{ "bytes=0-99999999999999999999999", 10, "0+10" },
		{ "bytes=99999999999999999999999-", 10, "416" },
		{ "bytes=-99999999999999999999999", 10, "0+10" },
		{ "bytes=4831838208-4831838300", 5368709120, "4831838208+93" },
		{ "bytes=18446744073709551614-", UINT64_MAX,
		  "18446744073709551614+1" },
	};

	(void)state;
	check(cases, ARRAY_LENGTH(cases));
}

static void
malformed_ranges_and_other_units_are_ignored(void **state)
{
	static const struct range_case cases[] = {
		{ "bytes", 10, "200" },	       { "bytes=", 10, "200" },
		{ "bytes=5", 10, "200" },      { "bytes=-", 10, "200" },
		{ "bytes=5-4", 10, "200" },    { "bytes=a-b", 10, "200" },
		{ "bytes=1-2-3", 10, "200" },  { "bytes=+1-2", 10, "200" },
		{ "bytes=1-2,x", 10, "200" },  { "bytes=1 -2", 10, "200" },
		{ "lines=1-2", 10, "200" },    { "bytes =1-2", 10, "200" },
		{ "", 10, "200" },	       { "bytes=--1", 10, "200" },
	};

	(void)state;
	check(cases, ARRAY_LENGTH(cases));
}

static void
nothing_has_no_ranges(void **state)
{
	static const struct range_case cases[] = {
		{ "bytes=0-", 0, "416" },
		{ "bytes=0-0", 0, "416" },
		{ "bytes=-1", 0, "200" },
		{ "bytes=-0", 0, "416" },
	};

	(void)state;
	check(cases, ARRAY_LENGTH(cases));
}

static void
several_ranges_keep_their_order_and_join_where_they_touch(void **state)
{
	static const struct range_case cases[] = {
		{ "bytes=0-1,4-5", 10, "0+2 4+2" },
		{ "bytes=4-5,0-1", 10, "4+2 0+2" },
		{ "bytes=0-1,2-3", 10, "0+4" },
		{ "bytes=0-5,3-8", 10, "0+9" },
		{ "bytes=3-8,0-5", 10, "0+9" },
		{ "bytes=0-1,20-30", 10, "0+2" },
		{ "bytes=20-30,40-", 10, "416" },
		/* The third joins the first two. */
		{ "bytes=0-1,4-5,2-3,8-9", 10, "0+6 8+2" },
		{ "bytes=0-9,2-3", 10, "0+10" },
		{ "bytes=-2,0-1", 10, "8+2 0+2" },
	};

	(void)state;
	check(cases, ARRAY_LENGTH(cases));
}

static void
attacks_get_the_whole_once(void **state)
{
	static const struct range_case cases[] = {
		{ "bytes=0-1,3-4,6-7,9-10,12-13,15-16,18-19,21-22,24-25,27-28,"
		  "30-31,33-34,36-37,39-40,42-43,45-46",
		  1000,
		  "0+2 3+2 6+2 9+2 12+2 15+2 18+2 21+2 24+2 27+2 30+2 33+2 36+2 "
		  "39+2 42+2 45+2" },
		{ "bytes=0-1,3-4,6-7,9-10,12-13,15-16,18-19,21-22,24-25,27-28,"
		  "30-31,33-34,36-37,39-40,42-43,45-46,48-49",
		  1000, "200" },
		{ "bytes=0-,0-,0-,0-", 1000, "200" },
		{ "bytes=0-,1-,2-", 1000, "0+1000" },
	};

	(void)state;
	check(cases, ARRAY_LENGTH(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_ranges_are_cut_to_the_size),
		cmocka_unit_test(malformed_ranges_and_other_units_are_ignored),
		cmocka_unit_test(nothing_has_no_ranges),
		cmocka_unit_test(
			several_ranges_keep_their_order_and_join_where_they_touch),
		cmocka_unit_test(attacks_get_the_whole_once),
	};

	return cmocka_run_group_tests_name("http range", tests, NULL, NULL);
}
