/* test_router.c - the route table and how paths find their rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "api/call.h"
#include "api/messages.h"
#include "api/openapi.h"
#include "api/route.h"
#include "api/schemas.h"
#include "base/json.h"

static struct route_match
matched(const struct router *router, enum http_method method, const char *path)
{
	struct route_match match;

	router_match(router, method, span_of(path), &match);
	return match;
}

static void
a_path_finds_its_row_with_or_without_a_last_slash(void **state)
{
	struct router *router = router_new(api_routes);

	(void)state;
	assert_string_equal(matched(router, HTTP_GET, "/api/v1/tracks/")
				    .route->pattern,
			    "/api/v1/tracks");
	assert_string_equal(matched(router, HTTP_GET, "/api/v1/tracks")
				    .route->pattern,
			    "/api/v1/tracks");
	assert_string_equal(matched(router, HTTP_HEAD, "/api/v1/search/multi/")
				    .route->pattern,
			    "/api/v1/search/multi");
	assert_null(matched(router, HTTP_GET, "/api/v1/track").route);
	assert_null(matched(router, HTTP_GET, "/api/v1/tracks/1/stream/x")
			    .route);
	router_free(router);
}

static void
a_name_wins_over_a_parameter_and_falls_back_to_it(void **state)
{
	static const struct route rows[] = {
		{ .method = HTTP_GET, .pattern = "/a/{id}" },
		{ .method = HTTP_GET, .pattern = "/a/new" },
		{ .method = HTTP_GET, .pattern = "/a/new/x" },
		{ .method = HTTP_GET, .pattern = "/a/{id}/y" },
		{ 0 },
	};
	struct router *router = router_new(rows);
	struct route_match match;

	(void)state;
	assert_ptr_equal(matched(router, HTTP_GET, "/a/new").route, &rows[1]);
	assert_ptr_equal(matched(router, HTTP_GET, "/a/newer").route,
			 &rows[0]);
	match = matched(router, HTTP_GET, "/a/new/y");
	assert_ptr_equal(match.route, &rows[3]);
	assert_true(span_equal(match.values[0], SPAN("new")));
	router_free(router);
}

static void
a_known_path_with_another_method_tells_what_it_takes(void **state)
{
	struct router *router = router_new(api_routes);
	struct route_match match = matched(router, HTTP_POST,
					   "/api/v1/tracks/5");

	(void)state;
	assert_null(match.route);
	assert_int_equal(match.allowed,
			 1u << HTTP_GET | 1u << HTTP_PUT | 1u << HTTP_PATCH |
				 1u << HTTP_DELETE);
	assert_int_equal(matched(router, HTTP_DELETE, "/health").allowed,
			 1u << HTTP_GET);
	assert_int_equal(matched(router, HTTP_GET, "/nothing").allowed, 0);
	assert_null(matched(router, HTTP_METHOD_OTHER, "/health").route);
	router_free(router);
}

static bool
schema_known(struct span name)
{
	if (span_equal(name, SPAN("any"))) /* of several kinds */
		return true;
	for (const struct schema *schema = api_schemas; schema->name; schema++) {
		if (span_equal(span_of(schema->name), name))
			return true;
	}
	return false;
}

static void
every_row_is_complete_and_names_a_schema_that_exists(void **state)
{
	(void)state;
	for (const struct route *row = api_routes; row->pattern; row++) {
		struct span answer = span_of(row->answer);

		assert_non_null(row->handler);
		assert_non_null(row->summary);
		assert_non_null(row->tag);
		/* 204, a redirection, a WebSocket, a Location that says all */
		if (row->answer == NULL) {
			if (row->success != 204 && row->success != 302 &&
			    row->success != 101 && row->success != 201)
				fail_msg("%s: no answer", row->pattern);
			continue;
		}
		if (strchr(row->answer, '/') != NULL)
			continue;
		if (*answer.at == '[') {
			answer.at++;
			answer.length -= 2;
		}
		if (!schema_known(answer))
			fail_msg("%s: no schema %.*s", row->pattern,
				 (int)answer.length, answer.at);
	}
}

static void
every_path_parameter_has_a_row_that_checks_it(void **state)
{
	(void)state;
	for (const struct route *row = api_routes; row->pattern; row++) {
		const char *at = row->pattern;

		while ((at = strchr(at, '{')) != NULL) {
			size_t length = strcspn(++at, "}");
			const struct param *param = row->params;

			while (param != NULL && param->name != NULL &&
			       !(strlen(param->name) == length &&
				 strncmp(param->name, at, length) == 0))
				param++;
			if (param == NULL || param->name == NULL)
				fail_msg("%s: %.*s is not checked",
					 row->pattern, (int)length, at);
		}
	}
}

/* Follows every $ref of the document. */
static void
refs_check(json_t *document, json_t *node)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_array(node)) {
		json_array_foreach(node, i, value)
			refs_check(document, value);
	}
	json_object_foreach(node, key, value) {
		if (strcmp(key, "$ref") == 0) {
			const char *name = strrchr(json_string_value(value),
						   '/') + 1;
			json_t *schemas = json_object_get(
				json_object_get(document, "components"),
				"schemas");

			assert_non_null(json_object_get(schemas, name));
		}
		refs_check(document, value);
	}
}

static void
the_openapi_document_is_json_and_every_reference_leads_somewhere(void **state)
{
	struct buffer out;
	json_t *document;
	size_t rows = 0, operations = 0;
	const char *path, *method;
	json_t *item, *operation;

	(void)state;
	buffer_init(&out, 0);
	openapi_print(&out, api_routes);
	assert_int_equal(json_parse(out.bytes, out.length, &document, NULL),
			 STATUS_OK);
	refs_check(document, document);
	for (const struct route *row = api_routes; row->pattern; row++)
		rows += row->method != HTTP_SOURCE; /* OpenAPI has no such */
	json_object_foreach(json_object_get(document, "paths"), path, item) {
		json_object_foreach(item, method, operation)
			operations++;
	}
	assert_int_equal(operations, rows);
	json_decref(document);
	buffer_release(&out);
}

static void
every_error_code_has_a_sentence_of_its_own_in_both_languages(void **state)
{
	static const enum status statuses[] = {
		STATUS_NOT_FOUND, STATUS_CONFLICT, STATUS_INVALID,
		STATUS_UNAUTHENTICATED, STATUS_DENIED, STATUS_FULL,
		STATUS_TOO_LARGE, STATUS_OUT_OF_RANGE, STATUS_AGAIN_LATER,
		STATUS_UNAVAILABLE, STATUS_TIMED_OUT, STATUS_CORRUPT,
		STATUS_UNSUPPORTED,
	};
	const char *general = message_of_code("?", LANGUAGE_EN);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++) {
		const char *code = status_name(statuses[i]);
		const char *en = message_of_code(code, LANGUAGE_EN);
		const char *ru = message_of_code(code, LANGUAGE_RU);

		assert_string_not_equal(en, general);
		assert_string_not_equal(en, ru);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_path_finds_its_row_with_or_without_a_last_slash),
		cmocka_unit_test(
			a_name_wins_over_a_parameter_and_falls_back_to_it),
		cmocka_unit_test(
			a_known_path_with_another_method_tells_what_it_takes),
		cmocka_unit_test(
			every_row_is_complete_and_names_a_schema_that_exists),
		cmocka_unit_test(
			every_path_parameter_has_a_row_that_checks_it),
		cmocka_unit_test(
			the_openapi_document_is_json_and_every_reference_leads_somewhere),
		cmocka_unit_test(
			every_error_code_has_a_sentence_of_its_own_in_both_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
