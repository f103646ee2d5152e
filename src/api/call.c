/* call.c - parameters in, answers out; see call.h. */
#include "api/call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/messages.h"
#include "base/digest.h"
#include "base/log.h"

#define TEXT_LIMIT_DEFAULT 200

/* ---- parameters --------------------------------------------------------- */

struct param_errors {
	struct json_writer json;
	struct buffer details;
	enum call_language language;
	unsigned count;
};

static void
error_add(struct param_errors *errors, const char *field,
	  enum message_id message, const struct param *param)
{
	char text[256];

	message_print(text, sizeof text, message, errors->language,
		      param->min, param->max, param->choices);
	json_object_begin(&errors->json);
	json_member_text(&errors->json, "field", field);
	json_member_text(&errors->json, "message", text);
	json_object_end(&errors->json);
	errors->count++;
}

static bool
choice_allowed(const char *choices, const char *text)
{
	struct span rest = span_of(choices), choice;

	while (span_next(&rest, '|', &choice)) {
		if (span_equal(choice, span_of(text)))
			return true;
	}
	return false;
}

static bool
bool_read(const char *text, int64_t *out)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		*out = 1;
	else if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		*out = 0;
	else
		return false;
	return true;
}

/* MESSAGE_NONE when the text fits the row. */
static enum message_id
value_read(const struct param *param, const char *text,
	   struct param_value *value)
{
	size_t limit = param->max > 0 ? (size_t)param->max :
					TEXT_LIMIT_DEFAULT;

	value->given = true;
	value->text = text;
	switch (param->type) {
	case PARAM_ID:
		return span_to_i64(span_of(text), &value->number) &&
				       value->number >= 1 ?
			       MESSAGE_NONE :
			       MESSAGE_NOT_AN_ID;
	case PARAM_INT:
		return span_to_i64(span_of(text), &value->number) &&
				       (double)value->number >= param->min &&
				       (double)value->number <= param->max ?
			       MESSAGE_NONE :
			       MESSAGE_NOT_IN_RANGE;
	case PARAM_NUMBER:
		return span_to_double(span_of(text), &value->real) &&
				       value->real >= param->min &&
				       value->real <= param->max ?
			       MESSAGE_NONE :
			       MESSAGE_NOT_IN_RANGE;
	case PARAM_TEXT:
		return strlen(text) <= limit ? MESSAGE_NONE :
					       MESSAGE_TOO_LONG;
	case PARAM_CHOICE:
		return choice_allowed(param->choices, text) ?
			       MESSAGE_NONE :
			       MESSAGE_NOT_A_CHOICE;
	case PARAM_BOOL:
		return bool_read(text, &value->number) ? MESSAGE_NONE :
							 MESSAGE_NOT_A_BOOL;
	}
	return MESSAGE_NONE;
}

/* Position of "{name}" among the pattern's parameters, or -1. */
static int
path_position(const char *pattern, const char *name)
{
	size_t length = strlen(name);
	int position = 0;

	for (const char *at = strchr(pattern, '{'); at != NULL;
	     at = strchr(at + 1, '{'), position++) {
		if (strncmp(at + 1, name, length) == 0 && at[length + 1] == '}')
			return position;
	}
	return -1;
}

static enum status
text_find(struct call *call, const struct route_match *match,
	  const struct param *param, const char **text, struct fault *fault)
{
	int position = path_position(call->route->pattern, param->name);
	struct span decoded;
	enum status status;

	if (position < 0)
		return http_query_get(http_request_query(call->request),
				      param->name, call->arena, text, fault);
	status = http_decode(match->values[position], false, call->arena,
			     &decoded, fault);
	if (status == STATUS_OK)
		*text = arena_copy_bytes(call->arena, decoded.at,
					 decoded.length);
	return status;
}

/* A path segment that cannot be an id names nothing: that is 404, not 422. */
static enum status
param_read(struct call *call, const struct route_match *match,
	   const struct param *param, struct param_value *value,
	   struct param_errors *errors)
{
	struct fault fault = { 0 };
	const char *text = NULL;
	enum status status = text_find(call, match, param, &text, &fault);
	enum message_id message;

	if (status == STATUS_NOT_FOUND) {
		text = param->preset;
		if (text == NULL) {
			if (param->required)
				error_add(errors, param->name, MESSAGE_MISSING,
					  param);
			return STATUS_OK;
		}
	} else if (status != STATUS_OK) {
		request_answer_error(call->request, 400, "bad_request",
				     (struct span){ 0 });
		return status;
	}
	message = value_read(param, text, value);
	if (message == MESSAGE_NONE)
		return STATUS_OK;
	if (path_position(call->route->pattern, param->name) >= 0) {
		call_answer_not_found(call);
		return STATUS_NOT_FOUND;
	}
	error_add(errors, param->name, message, param);
	return STATUS_OK;
}

enum status
call_read_params(struct call *call, const struct route_match *match)
{
	struct param_errors errors = { .language = call->language };
	enum status status = STATUS_OK;
	size_t i = 0;

	if (call->route->params == NULL)
		return STATUS_OK;
	buffer_init(&errors.details, 65536);
	json_writer_init(&errors.json, &errors.details);
	json_array_begin(&errors.json);
	for (const struct param *param = call->route->params;
	     param->name != NULL && status == STATUS_OK; param++, i++) {
		assert(i < ROUTE_PARAMS_MAX);
		status = param_read(call, match, param, &call->values[i],
				    &errors);
	}
	json_array_end(&errors.json);
	if (status == STATUS_OK && errors.count > 0) {
		status = STATUS_INVALID;
		request_answer_error(call->request, 422, "validation_error",
				     (struct span){ errors.details.bytes,
						    errors.details.length });
	}
	buffer_release(&errors.details);
	return status;
}

const struct param_value *
call_value(const struct call *call, const char *name)
{
	const struct param *param = call->route->params;

	while (strcmp(param->name, name) != 0) {
		param++;
		assert(param->name != NULL);
	}
	return &call->values[param - call->route->params];
}

int64_t
call_int(const struct call *call, const char *name)
{
	return call_value(call, name)->number;
}

const char *
call_text(const struct call *call, const char *name)
{
	return call_value(call, name)->text;
}

/* The first of ru and en that Accept-Language names; q-values hardly ever
 * contradict the order people's browsers send. */
enum call_language
call_language_of(const struct http_request *request)
{
	struct span value, item;

	if (!http_request_field(request, "accept-language", &value))
		return LANGUAGE_EN;
	while (span_next(&value, ',', &item)) {
		item = span_trim(item);
		if (item.length < 2)
			continue;
		item.length = 2;
		if (span_equal_nocase(item, SPAN("ru")))
			return LANGUAGE_RU;
		if (span_equal_nocase(item, SPAN("en")))
			return LANGUAGE_EN;
	}
	return LANGUAGE_EN;
}

/* ---- answers ------------------------------------------------------------ */

void
call_answer_json(struct call *call, unsigned status, struct buffer *body)
{
	assert(!body->full);
	if (status == 200) {
		uint8_t digest[SHA256_BYTES];
		char etag[2 * 12 + 1];

		sha256(body->bytes, body->length, digest);
		hex_print(digest, 12, etag);
		/* Weak: gzip gives other bytes for the same answer. */
		http_answer_etag(call->request, etag, true);
	}
	http_answer_buffer(call->request, status, "application/json", body);
}

void
request_answer_error(struct http_request *request, unsigned status,
		     const char *code, struct span details)
{
	enum call_language language = call_language_of(request);
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "error", code);
	json_member_text(&json, "message", message_of_code(code, language));
	json_name(&json, "details");
	if (details.length > 0)
		json_raw(&json, details);
	else
		json_null_value(&json);
	json_member_text(&json, "request_id", http_request_id(request));
	json_object_end(&json);
	if (status == 429 || status == 503)
		http_answer_field(request, "Retry-After", "2");
	http_answer_field(request, "Cache-Control", "no-store");
	http_answer_buffer(request, status, "application/json", &body);
}

void
call_answer_not_found(struct call *call)
{
	request_answer_error(call->request, 404, "not_found",
			     (struct span){ 0 });
}

static void
fault_details(struct json_writer *json, const struct fault *fault)
{
	if (fault->status == STATUS_INVALID && fault->field[0] != '\0') {
		json_array_begin(json);
		json_object_begin(json);
		json_member_text(json, "field", fault->field);
		json_member_text(json, "message", fault->message);
		json_object_end(json);
		json_array_end(json);
		return;
	}
	json_object_begin(json);
	if (fault->field[0] != '\0')
		json_member_text(json, "service", fault->field);
	json_member_text(json, "reason", fault->message);
	json_object_end(json);
}

void
call_answer_fault(struct call *call, const struct fault *fault)
{
	unsigned status = http_status_of_fault(fault);
	struct json_writer json;
	struct buffer details;

	if (status == 500)
		log_error("api", "request failed",
			  LOG_TEXT("status", status_name(fault->status)),
			  LOG_TEXT("reason", fault->message));
	buffer_init(&details, 4096);
	json_writer_init(&json, &details);
	fault_details(&json, fault);
	/* What broke inside is for the log, not for the client. */
	request_answer_error(call->request, status,
			     status_name(fault->status),
			     status == 500 ? (struct span){ 0 } :
					     (struct span){ details.bytes,
							    details.length });
	buffer_release(&details);
}
