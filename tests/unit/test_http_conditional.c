/* test_http_conditional.c - preconditions, RFC 9110 13. The server test asks
 * the common ones over the wire; here are the corners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "net/conditional.h"

#define MODIFIED_MS 1700000000999 /* Tue, 14 Nov 2023 22:13:20 GMT */
#define AT "Tue, 14 Nov 2023 22:13:20 GMT"
#define BEFORE "Tue, 14 Nov 2023 22:13:19 GMT"

/* Up to two fields. */
static struct request_head
head_of(enum http_method method, struct http_field fields[2],
	const char *name_1, const char *value_1, const char *name_2,
	const char *value_2)
{
	fields[0] = (struct http_field){ span_of(name_1), span_of(value_1) };
	fields[1] = (struct http_field){ span_of(name_2), span_of(value_2) };
	return (struct request_head){ .method = method,
				      .fields = fields,
				      .field_count = name_2 != NULL ? 2 : 1 };
}

static enum condition
check(enum http_method method, const char *etag, int64_t modified_ms,
      const char *name_1, const char *value_1, const char *name_2,
      const char *value_2)
{
	struct validators validators = { span_of(etag), modified_ms };
	struct http_field fields[2];
	struct request_head head =
		head_of(method, fields, name_1, value_1, name_2, value_2);
	enum condition result;
	struct arena arena;

	arena_init(&arena);
	result = condition_check(&head, &validators, &arena);
	arena_release(&arena);
	return result;
}

static void
tags_are_listed_with_and_without_blanks(void **state)
{
	static const struct {
		const char *list;
		bool strong, found;
	} cases[] = {
		{ "\"a\"", true, true },	 { " \"a\" ", true, true },
		{ "\"b\",\"a\"", true, true },	 { "\"b\" , \"a\"", true, true },
		{ ",,\"a\",", true, true },	 { "\"b\" \"a\"", true, false },
		{ "a", true, false },		 { "\"a", true, false },
		{ "W/\"a\"", true, false },	 { "W/\"a\"", false, true },
		{ "w/\"a\"", false, false },	 { "*", true, true },
		{ "\"*\"", true, false },	 { "\"a,b\"", true, false },
		{ "\"x\",*", true, false },	 { "", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		if (etag_list_has(span_of(cases[i].list), SPAN("\"a\""),
				  cases[i].strong) != cases[i].found)
			fail_msg("%s", cases[i].list);
	}
}

static void
a_weak_tag_never_matches_strongly(void **state)
{
	(void)state;
	assert_int_equal(check(HTTP_PUT, "W/\"a\"", 0, "If-Match", "W/\"a\"",
			       NULL, NULL),
			 CONDITION_FAILED);
	assert_int_equal(check(HTTP_GET, "W/\"a\"", 0, "If-None-Match",
			       "\"a\"", NULL, NULL),
			 CONDITION_NOT_MODIFIED);
}

static void
what_changes_things_fails_where_reading_would_be_spared(void **state)
{
	(void)state;
	assert_int_equal(check(HTTP_PUT, "\"a\"", 0, "If-None-Match", "*",
			       NULL, NULL),
			 CONDITION_FAILED);
	assert_int_equal(check(HTTP_GET, "\"a\"", 0, "If-None-Match", "*",
			       NULL, NULL),
			 CONDITION_NOT_MODIFIED);
	/* If-Modified-Since means nothing to a PUT. */
	assert_int_equal(check(HTTP_PUT, NULL, MODIFIED_MS,
			       "If-Modified-Since", AT, NULL, NULL),
			 CONDITION_PASSED);
}

static void
tags_go_before_dates(void **state)
{
	(void)state;
	assert_int_equal(check(HTTP_GET, "\"a\"", MODIFIED_MS, "If-Match",
			       "\"a\"", "If-Unmodified-Since", BEFORE),
			 CONDITION_PASSED);
	assert_int_equal(check(HTTP_GET, "\"a\"", MODIFIED_MS,
			       "If-None-Match", "\"b\"", "If-Modified-Since",
			       AT),
			 CONDITION_PASSED);
	assert_int_equal(check(HTTP_GET, "\"a\"", MODIFIED_MS, "If-Match",
			       "\"b\"", "If-None-Match", "\"a\""),
			 CONDITION_FAILED);
}

static void
dates_are_compared_in_whole_seconds(void **state)
{
	(void)state;
	assert_int_equal(check(HTTP_GET, NULL, MODIFIED_MS,
			       "If-Modified-Since", AT, NULL, NULL),
			 CONDITION_NOT_MODIFIED);
	assert_int_equal(check(HTTP_GET, NULL, MODIFIED_MS,
			       "If-Unmodified-Since", AT, NULL, NULL),
			 CONDITION_PASSED);
	assert_int_equal(check(HTTP_GET, NULL, MODIFIED_MS,
			       "If-Unmodified-Since", BEFORE, NULL, NULL),
			 CONDITION_FAILED);
	assert_int_equal(check(HTTP_GET, NULL, 0, "If-Modified-Since", AT,
			       NULL, NULL),
			 CONDITION_PASSED);
}

static bool
range_counts(const char *if_range, int64_t now_ms)
{
	struct validators validators = { SPAN("\"a\""), MODIFIED_MS };
	struct http_field fields[2];
	struct request_head head = head_of(HTTP_GET, fields, "If-Range",
					   if_range, NULL, NULL);

	return condition_range_counts(&head, &validators, now_ms);
}

static void
a_range_counts_only_with_a_strong_validator(void **state)
{
	const int64_t later_ms = MODIFIED_MS + 60000;

	(void)state;
	assert_true(range_counts("\"a\"", later_ms));
	assert_false(range_counts("\"b\"", later_ms));
	assert_false(range_counts("W/\"a\"", later_ms));
	assert_true(range_counts(AT, later_ms));
	assert_false(range_counts(BEFORE, later_ms));
	assert_false(range_counts("nonsense", later_ms));
	/* Written this very second: it may change again within it. */
	assert_false(range_counts(AT, MODIFIED_MS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_listed_with_and_without_blanks),
		cmocka_unit_test(a_weak_tag_never_matches_strongly),
		cmocka_unit_test(
			what_changes_things_fails_where_reading_would_be_spared),
		cmocka_unit_test(tags_go_before_dates),
		cmocka_unit_test(dates_are_compared_in_whole_seconds),
		cmocka_unit_test(a_range_counts_only_with_a_strong_validator),
	};

	return cmocka_run_group_tests_name("http conditional", tests, NULL,
					   NULL);
}
