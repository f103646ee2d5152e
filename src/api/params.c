/* params.c - reads what a request says, against the rows of its route: the query
 * and the path's braces as text, the body as JSON or as a form; see call.h. */
#include "api/call.h"

#include <assert.h>
#include <stdlib.h>

#include "api/messages.h"
#include "base/clock.h"
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
	if (errors->count == 0)
		json_array_begin(&errors->json);
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

/* Characters, not bytes; the text is UTF-8. */
static size_t
characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static enum message_id
length_check(const struct param *param, size_t length)
{
	size_t limit = param->max > 0 ? (size_t)param->max :
					TEXT_LIMIT_DEFAULT;

	if (length > limit)
		return MESSAGE_TOO_LONG;
	return length < (size_t)param->min ? MESSAGE_TOO_SHORT : MESSAGE_NONE;
}

/* MESSAGE_NONE when the text fits the row. */
static enum message_id
value_read(const struct param *param, const char *text,
	   struct param_value *value)
{
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
		return length_check(param, characters(text));
	case PARAM_CHOICE:
		return choice_allowed(param->choices, text) ?
			       MESSAGE_NONE :
			       MESSAGE_NOT_A_CHOICE;
	case PARAM_BOOL:
		return bool_read(text, &value->number) ? MESSAGE_NONE :
							 MESSAGE_NOT_A_BOOL;
	case PARAM_TIME:
		return clock_parse_rfc3339(text, &value->number) ?
			       MESSAGE_NONE :
			       MESSAGE_NOT_A_TIME;
	case PARAM_IDS:
	case PARAM_OBJECT:
	case PARAM_LIST:
		break;
	}
	return MESSAGE_WRONG_TYPE; /* cannot be said in a query or a form */
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
text_find(struct call *call, const struct param *param, const char **text)
{
	int position = path_position(call->route->pattern, param->name);
	struct span decoded;
	enum status status;

	if (position < 0)
		return http_query_get(http_request_query(call->request),
				      param->name, call->arena, text, NULL);
	status = http_decode(call->match.values[position], false, call->arena,
			     &decoded, NULL);
	if (status == STATUS_OK)
		*text = arena_copy_bytes(call->arena, decoded.at,
					 decoded.length);
	return status;
}

/* A path segment that cannot be an id names nothing: that is 404, not 422. */
static enum status
param_read(struct call *call, const struct param *param,
	   struct param_value *value, struct param_errors *errors)
{
	const char *text = NULL;
	enum status status = text_find(call, param, &text);
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

static void
errors_begin(struct param_errors *errors, enum call_language language)
{
	*errors = (struct param_errors){ .language = language };
	buffer_init(&errors->details, 65536);
	json_writer_init(&errors->json, &errors->details);
}

/* Answers 422 when there were any and nothing was answered before. */
static enum status
errors_end(struct param_errors *errors, struct call *call, enum status status)
{
	if (status == STATUS_OK && errors->count > 0) {
		status = STATUS_INVALID;
		json_array_end(&errors->json);
		request_answer_error(call->request, 422, "validation_error",
				     (struct span){ errors->details.bytes,
						    errors->details.length });
	}
	buffer_release(&errors->details);
	return status;
}

enum status
call_read_params(struct call *call)
{
	struct param_errors errors;
	enum status status = STATUS_OK;
	size_t i = 0;

	if (call->route->params == NULL)
		return STATUS_OK;
	errors_begin(&errors, call->language);
	for (const struct param *param = call->route->params;
	     param->name != NULL && status == STATUS_OK; param++, i++) {
		assert(i < ROUTE_PARAMS_MAX);
		status = param_read(call, param, &call->values[i], &errors);
	}
	return errors_end(&errors, call, status);
}

/* ---- bodies ------------------------------------------------------------- */

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
		    c == 0x7F)
			return true;
	}
	return false;
}

static enum message_id
ids_read(struct call *call, const struct param *param, json_t *json,
	 struct param_value *value)
{
	size_t count = json_array_size(json);
	int64_t *ids;

	if (!json_is_array(json))
		return MESSAGE_WRONG_TYPE;
	if ((double)count > param->max)
		return MESSAGE_TOO_LONG;
	ids = arena_new(call->arena, int64_t, count + 1);
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_array_get(json, i);

		ids[i] = json_integer_value(item);
		if (!json_is_integer(item) || ids[i] < 1)
			return MESSAGE_NOT_AN_ID;
	}
	value->ids = ids;
	value->id_count = count;
	return MESSAGE_NONE;
}

static enum message_id
text_read(const struct param *param, json_t *json, struct param_value *value)
{
	const char *text = json_string_value(json);

	if (text == NULL)
		return MESSAGE_WRONG_TYPE;
	if (has_control(text))
		return MESSAGE_CONTROL;
	return value_read(param, text, value);
}

static enum message_id
number_read(const struct param *param, json_t *json, struct param_value *value)
{
	if (param->type == PARAM_NUMBER ? !json_is_number(json) :
					  !json_is_integer(json))
		return MESSAGE_WRONG_TYPE;
	value->number = json_integer_value(json);
	value->real = json_number_value(json);
	if (param->type == PARAM_ID)
		return value->number >= 1 ? MESSAGE_NONE : MESSAGE_NOT_AN_ID;
	return value->real >= param->min && value->real <= param->max ?
		       MESSAGE_NONE :
		       MESSAGE_NOT_IN_RANGE;
}

/* One member of a JSON body; what it is said to be, it must be. */
static enum message_id
member_read(struct call *call, const struct param *param, json_t *json,
	    struct param_value *value)
{
	value->given = true;
	if (json_is_null(json) && param->nullable) {
		value->is_null = true;
		return MESSAGE_NONE;
	}
	switch (param->type) {
	case PARAM_ID:
	case PARAM_INT:
	case PARAM_NUMBER:
		return number_read(param, json, value);
	case PARAM_TEXT:
	case PARAM_CHOICE:
	case PARAM_TIME:
		return text_read(param, json, value);
	case PARAM_BOOL:
		value->number = json_is_true(json);
		return json_is_boolean(json) ? MESSAGE_NONE :
					       MESSAGE_WRONG_TYPE;
	case PARAM_IDS:
		return ids_read(call, param, json, value);
	case PARAM_OBJECT:
		value->json = json;
		return json_is_object(json) ? MESSAGE_NONE :
					      MESSAGE_WRONG_TYPE;
	case PARAM_LIST:
		value->json = json;
		return json_is_array(json) ? length_check(param,
							  json_array_size(
								  json)) :
					     MESSAGE_WRONG_TYPE;
	}
	return MESSAGE_WRONG_TYPE;
}

static json_t *
member_find(json_t *body, const struct param *param)
{
	json_t *json = json_object_get(body, param->name);

	if (json == NULL && param->alias != NULL)
		json = json_object_get(body, param->alias);
	/* null for what cannot be null means the same as saying nothing. */
	return json_is_null(json) && !param->nullable ? NULL : json;
}

static void
members_read(struct call *call, struct param_errors *errors)
{
	const struct param *param = call->route->body;

	for (size_t i = 0; param->name != NULL; param++, i++) {
		struct param_value *value = &call->fields[i];
		json_t *json = member_find(call->body, param);
		enum message_id message = MESSAGE_NONE;

		if (json != NULL)
			message = member_read(call, param, json, value);
		else if (param->preset != NULL)
			message = value_read(param, param->preset, value);
		else if (param->required)
			message = MESSAGE_MISSING;
		if (message != MESSAGE_NONE)
			error_add(errors, param->name, message, param);
	}
}

/* The same rows out of name=value pairs. */
static enum status
form_read(struct call *call, struct param_errors *errors)
{
	const struct param *param = call->route->body;
	struct span form = http_request_body(call->request);

	for (size_t i = 0; param->name != NULL; param++, i++) {
		enum message_id message = MESSAGE_NONE;
		const char *text = NULL;
		enum status status = http_query_get(form, param->name,
						    call->arena, &text, NULL);

		if (status == STATUS_NOT_FOUND && param->alias != NULL)
			status = http_query_get(form, param->alias,
						call->arena, &text, NULL);
		if (status == STATUS_NOT_FOUND)
			text = param->preset;
		else if (status != STATUS_OK)
			return status;
		if (text != NULL)
			message = has_control(text) ?
					  MESSAGE_CONTROL :
					  value_read(param, text,
						     &call->fields[i]);
		else if (param->required)
			message = MESSAGE_MISSING;
		if (message != MESSAGE_NONE)
			error_add(errors, param->name, message, param);
	}
	return STATUS_OK;
}

/* Whether the request's body is of that type (RFC 9110 8.3; parameters such as
 * charset are not looked at: JSON is UTF-8 by RFC 8259). */
static bool
body_is(const struct call *call, const char *type)
{
	struct span rest, value;

	return http_request_field(call->request, "content-type", &rest) &&
	       span_next(&rest, ';', &value) &&
	       span_equal_nocase(span_trim(value), span_of(type));
}

static enum status
json_body(struct call *call)
{
	struct span bytes = http_request_body(call->request);
	struct fault fault = { 0 };
	struct buffer reason;
	struct json_writer json;

	if (bytes.length == 0) {
		call->body = json_object();
		return STATUS_OK;
	}
	if (json_parse(bytes.at, bytes.length, &call->body, &fault) ==
		    STATUS_OK &&
	    json_is_object(call->body))
		return STATUS_OK;
	buffer_init(&reason, 4096);
	json_writer_init(&json, &reason);
	json_object_begin(&json);
	json_member_text(&json, "reason",
			 call->body != NULL ? "the body is not an object" :
					      fault.message);
	json_object_end(&json);
	request_answer_error(call->request, 400, "bad_request",
			     (struct span){ reason.bytes, reason.length });
	buffer_release(&reason);
	return STATUS_INVALID;
}

enum status
call_read_body(struct call *call)
{
	bool empty = http_request_body(call->request).length == 0;
	struct param_errors errors;
	enum status status = STATUS_OK;
	bool form;

	if (call->route->body == NULL || call->route->body_kind == BODY_RAW)
		return STATUS_OK;
	form = call->route->body_kind == BODY_JSON_OR_FORM &&
	       body_is(call, "application/x-www-form-urlencoded");
	if (!form && !empty && !body_is(call, "application/json")) {
		request_answer_error(call->request, 415, "unsupported",
				     (struct span){ 0 });
		return STATUS_UNSUPPORTED;
	}
	if (!form)
		status = json_body(call);
	if (status != STATUS_OK)
		return status;
	call->fields = arena_new(call->arena, struct param_value,
				 ROUTE_FIELDS_MAX);
	errors_begin(&errors, call->language);
	if (form)
		status = form_read(call, &errors);
	else
		members_read(call, &errors);
	if (status != STATUS_OK)
		request_answer_error(call->request, 400, "bad_request",
				     (struct span){ 0 });
	return errors_end(&errors, call, status);
}

/* ---- by name ------------------------------------------------------------ */

static size_t
row_of(const struct param *rows, const char *name)
{
	const struct param *row = rows;

	while (strcmp(row->name, name) != 0) {
		row++;
		assert(row->name != NULL);
	}
	return (size_t)(row - rows);
}

const struct param_value *
call_value(const struct call *call, const char *name)
{
	return &call->values[row_of(call->route->params, name)];
}

const struct param_value *
call_field(const struct call *call, const char *name)
{
	return &call->fields[row_of(call->route->body, name)];
}

const char *
call_field_text(const struct call *call, const char *name)
{
	return call_field(call, name)->text;
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
