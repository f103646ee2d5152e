/* openapi.c - prints OpenAPI 3.1 from routes.c and schemas.c; see openapi.h. */
#include "api/openapi.h"

#include <stdio.h>

#include "api/schemas.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"

static void schema_of_type(struct json_writer *json, struct span type);

static bool
is_plain_type(struct span type)
{
	return span_equal(type, SPAN("integer")) ||
	       span_equal(type, SPAN("string")) ||
	       span_equal(type, SPAN("number")) ||
	       span_equal(type, SPAN("boolean"));
}

static void
schema_ref(struct json_writer *json, struct span name)
{
	char target[96];

	snprintf(target, sizeof target, "#/components/schemas/%.*s",
		 (int)name.length, name.at);
	json_member_text(json, "$ref", target);
}

/* The members of a schema object for a type without "?". */
static void
type_members(struct json_writer *json, struct span type)
{
	if (is_plain_type(type)) {
		json_name(json, "type");
		json_text_span(json, type);
	} else if (span_equal(type, SPAN("time"))) {
		json_member_text(json, "type", "string");
		json_member_text(json, "format", "date-time");
	} else if (*type.at == '[') {
		json_member_text(json, "type", "array");
		json_name(json, "items");
		schema_of_type(json, (struct span){ type.at + 1,
						    type.length - 2 });
	} else if (!span_equal(type, SPAN("any"))) {
		schema_ref(json, type);
	}
}

static void
schema_of_type(struct json_writer *json, struct span type)
{
	bool nullable = type.at[type.length - 1] == '?';

	if (nullable)
		type.length--;
	json_object_begin(json);
	if (nullable && !span_equal(type, SPAN("any"))) {
		json_member_array_begin(json, "anyOf");
		json_object_begin(json);
		type_members(json, type);
		json_object_end(json);
		json_object_begin(json);
		json_member_text(json, "type", "null");
		json_object_end(json);
		json_array_end(json);
	} else {
		type_members(json, type);
	}
	json_object_end(json);
}

static void
schema_print(struct json_writer *json, const struct schema *schema)
{
	const struct schema_field *field;

	json_member_object_begin(json, schema->name);
	json_member_text(json, "type", "object");
	json_member_array_begin(json, "required");
	for (field = schema->fields; field->name != NULL; field++)
		json_text(json, field->name);
	json_array_end(json);
	json_member_object_begin(json, "properties");
	for (field = schema->fields; field->name != NULL; field++) {
		json_name(json, field->name);
		schema_of_type(json, span_of(field->type));
	}
	json_object_end(json);
	json_object_end(json);
}

/* {"items":[Name],"total":N,"next_cursor":…} */
static void
page_schema(struct json_writer *json, struct span name)
{
	json_object_begin(json);
	json_member_text(json, "type", "object");
	json_member_array_begin(json, "required");
	json_text(json, "items");
	json_text(json, "total");
	json_text(json, "next_cursor");
	json_array_end(json);
	json_member_object_begin(json, "properties");
	json_member_object_begin(json, "items");
	json_member_text(json, "type", "array");
	json_name(json, "items");
	schema_of_type(json, name);
	json_object_end(json);
	json_name(json, "total");
	schema_of_type(json, SPAN("integer"));
	json_name(json, "next_cursor");
	schema_of_type(json, SPAN("string?"));
	json_object_end(json);
	json_object_end(json);
}

static void
number_bounds(struct json_writer *json, const struct param *param)
{
	if (param->type == PARAM_ID) {
		json_member_int(json, "minimum", 1);
	} else if (param->min != 0 || param->max != 0) {
		json_member_double(json, "minimum", param->min);
		json_member_double(json, "maximum", param->max);
	}
}

static void
choices_print(struct json_writer *json, const char *choices)
{
	struct span rest = span_of(choices), choice;

	json_member_array_begin(json, "enum");
	while (span_next(&rest, '|', &choice))
		json_text_span(json, choice);
	json_array_end(json);
}

static void
length_bounds(struct json_writer *json, const struct param *param,
	      const char *least, const char *most, int64_t preset)
{
	if (param->min > 0)
		json_member_int(json, least, (int64_t)param->min);
	json_member_int(json, most,
			param->max > 0 ? (int64_t)param->max : preset);
}

static void
ids_items(struct json_writer *json)
{
	json_member_object_begin(json, "items");
	json_member_text(json, "type", "integer");
	json_member_int(json, "minimum", 1);
	json_object_end(json);
}

static void
param_bounds(struct json_writer *json, const struct param *param)
{
	switch (param->type) {
	case PARAM_ID:
	case PARAM_INT:
	case PARAM_NUMBER:
		number_bounds(json, param);
		break;
	case PARAM_TEXT:
		length_bounds(json, param, "minLength", "maxLength", 200);
		break;
	case PARAM_CHOICE:
		choices_print(json, param->choices);
		break;
	case PARAM_TIME:
		json_member_text(json, "format", "date-time");
		break;
	case PARAM_IDS:
		ids_items(json);
		length_bounds(json, param, "minItems", "maxItems", 200);
		break;
	case PARAM_LIST:
		length_bounds(json, param, "minItems", "maxItems", 200);
		break;
	case PARAM_OBJECT:
	case PARAM_BOOL:
		break;
	}
}

static void
preset_print(struct json_writer *json, const struct param *param)
{
	bool bare = param->type == PARAM_INT || param->type == PARAM_BOOL ||
		    param->type == PARAM_NUMBER;

	if (param->preset == NULL)
		return;
	json_name(json, "default");
	if (bare)
		json_raw(json, span_of(param->preset));
	else
		json_text(json, param->preset);
}

static void
param_schema(struct json_writer *json, const struct param *param)
{
	static const char *const types[] = {
		[PARAM_ID] = "integer",	   [PARAM_INT] = "integer",
		[PARAM_NUMBER] = "number", [PARAM_TEXT] = "string",
		[PARAM_CHOICE] = "string", [PARAM_BOOL] = "boolean",
		[PARAM_TIME] = "string",   [PARAM_IDS] = "array",
		[PARAM_OBJECT] = "object", [PARAM_LIST] = "array",
	};

	json_object_begin(json);
	if (param->nullable) {
		json_member_array_begin(json, "type");
		json_text(json, types[param->type]);
		json_text(json, "null");
		json_array_end(json);
	} else {
		json_member_text(json, "type", types[param->type]);
	}
	param_bounds(json, param);
	preset_print(json, param);
	json_object_end(json);
}

static bool
in_path(const char *pattern, const char *name)
{
	char braced[64];

	snprintf(braced, sizeof braced, "{%s}", name);
	return strstr(pattern, braced) != NULL;
}

static void
params_print(struct json_writer *json, const struct route *route)
{
	json_member_array_begin(json, "parameters");
	for (const struct param *param = route->params;
	     param != NULL && param->name != NULL; param++) {
		bool path = in_path(route->pattern, param->name);

		json_object_begin(json);
		json_member_text(json, "name", param->name);
		json_member_text(json, "in", path ? "path" : "query");
		json_member_bool(json, "required", path || param->required);
		if (param->summary != NULL)
			json_member_text(json, "description", param->summary);
		json_name(json, "schema");
		param_schema(json, param);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
members_schema(struct json_writer *json, const struct param *rows)
{
	const struct param *row;

	json_object_begin(json);
	json_member_text(json, "type", "object");
	json_member_array_begin(json, "required");
	for (row = rows; row->name != NULL; row++) {
		if (row->required)
			json_text(json, row->name);
	}
	json_array_end(json);
	json_member_object_begin(json, "properties");
	for (row = rows; row->name != NULL; row++) {
		json_name(json, row->name);
		param_schema(json, row);
	}
	json_object_end(json);
	json_object_end(json);
}

static void
media_schema(struct json_writer *json, const char *type,
	     const struct param *rows)
{
	json_member_object_begin(json, type);
	if (rows != NULL) {
		json_name(json, "schema");
		members_schema(json, rows);
	}
	json_object_end(json);
}

static void
body_print(struct json_writer *json, const struct route *route)
{
	if (route->body_kind == BODY_NONE)
		return;
	json_member_object_begin(json, "requestBody");
	json_member_object_begin(json, "content");
	if (route->body_kind == BODY_RAW) {
		media_schema(json,
			     route->body_type != NULL ?
				     route->body_type :
				     "application/octet-stream",
			     NULL);
	} else {
		media_schema(json, "application/json", route->body);
		if (route->body_kind == BODY_JSON_OR_FORM)
			media_schema(json, "application/x-www-form-urlencoded",
				     route->body);
	}
	json_object_end(json);
	json_object_end(json);
}

/* The three ways to say who asks, and who may. */
static void
right_print(struct json_writer *json, const struct route *route)
{
	static const char *const schemes[] = { "bearer", "key", "session" };

	json_member_text(json, "x-right", user_role_name(route->right));
	json_member_text(json, "x-others", user_role_name(route->others));
	if (route->right == USER_ROLE_NONE)
		return;
	json_member_array_begin(json, "security");
	for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++) {
		json_object_begin(json);
		json_member_array_begin(json, schemes[i]);
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
content_print(struct json_writer *json, const char *answer, bool or_csv)
{
	struct span type = span_of(answer);
	bool media_type = strchr(answer, '/') != NULL;

	json_member_object_begin(json, "content");
	json_member_object_begin(json,
				 media_type ? answer : "application/json");
	if (!media_type) {
		json_name(json, "schema");
		if (*answer == '[')
			page_schema(json, (struct span){ type.at + 1,
							 type.length - 2 });
		else
			schema_of_type(json, type);
	}
	json_object_end(json);
	if (or_csv) {
		json_member_object_begin(json, "text/csv");
		json_object_end(json);
	}
	json_object_end(json);
}

/* Asked for a table by ?format=csv. */
static bool
gives_csv(const struct route *route)
{
	const struct param *param = route->params;

	for (; param != NULL && param->name != NULL; param++)
		if (strcmp(param->name, "format") == 0 &&
		    param->choices != NULL &&
		    strstr(param->choices, "csv") != NULL)
			return true;
	return false;
}

static const char *
status_sentence(struct span status)
{
	static const struct {
		const char *status, *sentence;
	} rows[] = {
		{ "101", "A WebSocket from here on." },
		{ "202", "Begun." },
		{ "206", "Part of the bytes." },
		{ "304", "Not changed." },
		{ "400", "Not well-formed." },
		{ "401", "Not signed in." },
		{ "403", "Not allowed." },
		{ "404", "Not there." },
		{ "409", "It clashes with what is there." },
		{ "412", "A precondition failed." },
		{ "413", "Larger than allowed." },
		{ "415", "This kind is not supported." },
		{ "416", "No such range." },
		{ "422", "A field is not valid." },
		{ "426", "Only as a WebSocket." },
		{ "429", "Too many requests; Retry-After says when." },
		{ "460", "The bytes are not those that were sent." },
		{ "503", "Busy, or a service is down." },
		{ "507", "As much as there is room for is there." },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (span_equal(status, span_of(rows[i].status)))
			return rows[i].sentence;
	}
	return "";
}

static void
other_answer(struct json_writer *json, struct span status)
{
	char name[8];

	snprintf(name, sizeof name, "%.*s", (int)status.length, status.at);
	json_member_object_begin(json, name);
	json_member_text(json, "description", status_sentence(status));
	if (*status.at >= '4')
		content_print(json, "Error", false);
	json_object_end(json);
}

static bool
status_listed(const struct route *route, struct span status)
{
	struct span rest = span_of(route->statuses), listed;

	while (span_next(&rest, ' ', &listed)) {
		if (span_equal(listed, status))
			return true;
	}
	return false;
}

struct asked { /* what of a request can be wrong by its row alone */
	bool path, query, body, proof, right, limit;
};

static struct asked
asked_by(const struct route *route)
{
	struct asked asked = { .body = route->body_kind != BODY_NONE,
			       .proof = !route->on_loop,
			       .right = route->right != USER_ROLE_NONE,
			       .limit = route->limit != ROUTE_LIMIT_NONE };

	for (const struct param *param = route->params;
	     param != NULL && param->name != NULL; param++) {
		if (in_path(route->pattern, param->name))
			asked.path = true;
		else
			asked.query = true;
	}
	return asked;
}

/* Those that come with the kind of row, where it does not list them itself. */
static void
implied_answers(struct json_writer *json, const struct route *route)
{
	struct asked asked = asked_by(route);
	const struct {
		const char *status;
		bool applies;
	} rows[] = {
		{ "400", asked.path || asked.query || asked.body },
		{ "401", asked.proof || asked.right },
		{ "403", asked.right },
		{ "404", asked.path },
		{ "413", asked.body },
		{ "415", asked.body },
		{ "422", asked.query || asked.body },
		{ "429", asked.limit },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct span status = span_of(rows[i].status);

		if (rows[i].applies && !status_listed(route, status))
			other_answer(json, status);
	}
}

static void
success_answer(struct json_writer *json, const char *status,
	       const struct route *route)
{
	json_member_object_begin(json, status);
	json_member_text(json, "description", "Done.");
	if (route->answer != NULL)
		content_print(json, route->answer, gives_csv(route));
	json_object_end(json);
}

static void
answers_print(struct json_writer *json, const struct route *route)
{
	struct span rest, status;
	char success[16];

	snprintf(success, sizeof success, "%u",
		 route->success != 0 ? route->success : 200);
	json_member_object_begin(json, "responses");
	success_answer(json, success, route);
	rest = span_of(route->statuses);
	while (span_next(&rest, ' ', &status)) {
		if (span_equal(status, SPAN("200")))
			success_answer(json, "200", route);
		else
			other_answer(json, status);
	}
	implied_answers(json, route);
	json_object_end(json);
}

static void
schemes_print(struct json_writer *json)
{
	json_member_object_begin(json, "securitySchemes");
	json_member_object_begin(json, "bearer");
	json_member_text(json, "type", "http");
	json_member_text(json, "scheme", "bearer");
	json_member_text(json, "description",
			 "An access token, or an API key.");
	json_object_end(json);
	json_member_object_begin(json, "key");
	json_member_text(json, "type", "apiKey");
	json_member_text(json, "in", "header");
	json_member_text(json, "name", "X-API-Key");
	json_object_end(json);
	json_member_object_begin(json, "session");
	json_member_text(json, "type", "apiKey");
	json_member_text(json, "in", "cookie");
	json_member_text(json, "name", "ogma_session");
	json_object_end(json);
	json_object_end(json);
}

static void
operation_print(struct json_writer *json, const struct route *route)
{
	static const char *const members[] = {
		[HTTP_GET] = "get",	[HTTP_HEAD] = "head",
		[HTTP_POST] = "post",	[HTTP_PUT] = "put",
		[HTTP_PATCH] = "patch", [HTTP_DELETE] = "delete",
		[HTTP_OPTIONS] = "options",
	};

	json_member_object_begin(json, members[route->method]);
	json_member_array_begin(json, "tags");
	json_text(json, route->tag);
	json_array_end(json);
	json_member_text(json, "summary", route->summary);
	right_print(json, route);
	params_print(json, route);
	body_print(json, route);
	answers_print(json, route);
	json_object_end(json);
}

static bool
printed_before(const struct route *routes, const struct route *route)
{
	for (; routes != route; routes++)
		if (strcmp(routes->pattern, route->pattern) == 0)
			return true;
	return false;
}

/* All rows of a pattern at once, wherever they stand in the table. */
static void
paths_print(struct json_writer *json, const struct route *routes)
{
	json_member_object_begin(json, "paths");
	for (const struct route *first = routes; first->pattern != NULL;
	     first++) {
		if (printed_before(routes, first))
			continue;
		json_member_object_begin(json, first->pattern);
		for (const struct route *row = first; row->pattern != NULL;
		     row++)
			if (strcmp(row->pattern, first->pattern) == 0 &&
			    row->method != HTTP_SOURCE) /* it has no name */
				operation_print(json, row);
		json_object_end(json);
	}
	json_object_end(json);
}

void
openapi_print(struct buffer *out, const struct route *routes)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_object_begin(&json);
	json_member_text(&json, "openapi", "3.1.0");
	json_member_object_begin(&json, "info");
	json_member_text(&json, "title", "Ogma");
	json_member_text(&json, "version", OGMA_VERSION);
	json_member_text(&json, "description",
			 "A self-hosted music service: find, play and follow "
			 "your own library.");
	json_object_end(&json);
	paths_print(&json, routes);
	json_member_object_begin(&json, "components");
	json_member_object_begin(&json, "schemas");
	for (const struct schema *schema = api_schemas; schema->name != NULL;
	     schema++)
		schema_print(&json, schema);
	json_object_end(&json);
	schemes_print(&json);
	json_object_end(&json);
	json_object_end(&json);
}
