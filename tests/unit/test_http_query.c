/* test_http_query.c - percent escapes, query strings, statuses of faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "net/http.h"

static void
escapes_are_decoded_or_refused(void **state)
{
	static const struct {
		const char *text, *path, *query; /* NULL: refused */
	} cases[] = {
		{ "abc", "abc", "abc" },
		{ "a+b", "a+b", "a b" },
		{ "%41%2f%2F", "A//", "A//" },
		{ "%D0%9A%d0%b8%d0%bd%d0%be", "Кино", "Кино" },
		{ "", "", "" },
		{ "%", NULL, NULL },
		{ "%4", NULL, NULL },
		{ "%4g", NULL, NULL },
		{ "a%00b", NULL, NULL },
		{ "%ff", NULL, NULL },
		{ "%C0%AF", NULL, NULL }, /* an overlong slash */
		{ "%ED%A0%80", NULL, NULL }, /* a surrogate */
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		for (int query = 0; query <= 1; query++) {
			const char *want = query ? cases[i].query :
						   cases[i].path;
			struct span out = { NULL, 0 };
			struct fault fault;
			enum status status =
				http_decode(span_of(cases[i].text), query,
					    &arena, &out, &fault);

			assert_int_equal(status, want != NULL ?
							 STATUS_OK :
							 STATUS_INVALID);
			if (want != NULL)
				assert_string_equal(out.at, want);
			else
				assert_null(out.at);
		}
	}
	arena_release(&arena);
}

static void
the_first_parameter_of_a_name_is_found_decoded(void **state)
{
	const struct span query =
		SPAN("a=1&&b=two+words&%63=%33&a=9&empty=&bare&bad=%zz");
	const char *value = NULL;
	struct fault fault;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_int_equal(http_query_get(query, "a", &arena, &value, &fault),
			 STATUS_OK);
	assert_string_equal(value, "1");
	http_query_get(query, "b", &arena, &value, &fault);
	assert_string_equal(value, "two words");
	http_query_get(query, "c", &arena, &value, &fault);
	assert_string_equal(value, "3");
	http_query_get(query, "empty", &arena, &value, &fault);
	assert_string_equal(value, "");
	value = NULL;
	http_query_get(query, "bare", &arena, &value, &fault);
	assert_string_equal(value, "");
	assert_int_equal(http_query_get(query, "z", &arena, &value, &fault),
			 STATUS_NOT_FOUND);
	assert_int_equal(http_query_get(query, "bad", &arena, &value, &fault),
			 STATUS_INVALID);
	assert_string_equal(fault.field, "bad");
	assert_int_equal(http_query_get(SPAN(""), "a", &arena, &value, &fault),
			 STATUS_NOT_FOUND);
	arena_release(&arena);
}

static void
faults_become_the_statuses_of_the_contract(void **state)
{
	static const struct {
		enum status status;
		unsigned plain, named;
	} cases[] = {
		{ STATUS_NOT_FOUND, 404, 404 },
		{ STATUS_CONFLICT, 409, 409 },
		{ STATUS_INVALID, 400, 422 },
		{ STATUS_UNAUTHENTICATED, 401, 401 },
		{ STATUS_DENIED, 403, 403 },
		{ STATUS_FULL, 507, 409 },
		{ STATUS_TOO_LARGE, 413, 413 },
		{ STATUS_OUT_OF_RANGE, 416, 416 },
		{ STATUS_AGAIN_LATER, 503, 429 },
		{ STATUS_UNAVAILABLE, 503, 503 },
		{ STATUS_UNSUPPORTED, 415, 415 },
		{ STATUS_FAILED, 500, 500 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fault fault = { 0 };

		fault_set(&fault, cases[i].status, "a sentence");
		assert_int_equal(http_status_of_fault(&fault),
				 cases[i].plain);
		fault_field(&fault, cases[i].status, "name", "a sentence");
		assert_int_equal(http_status_of_fault(&fault),
				 cases[i].named);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_are_decoded_or_refused),
		cmocka_unit_test(
			the_first_parameter_of_a_name_is_found_decoded),
		cmocka_unit_test(faults_become_the_statuses_of_the_contract),
	};

	return cmocka_run_group_tests_name("http query", tests, NULL, NULL);
}
