/* json.c - the streaming JSON writer and the guarded reader; see json.h. */
#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/clock.h"

void
json_writer_init(struct json_writer *json, struct buffer *out)
{
	*json = (struct json_writer){ .out = out };
}

static void
value_begin(struct json_writer *json)
{
	if (json->need_comma)
		buffer_add_char(json->out, ',');
	json->need_comma = true;
}

static void
container_begin(struct json_writer *json, char open)
{
	assert(json->depth < JSON_DEPTH_LIMIT);
	value_begin(json);
	buffer_add_char(json->out, open);
	json->depth++;
	json->need_comma = false;
}

static void
container_end(struct json_writer *json, char close)
{
	assert(json->depth > 0);
	buffer_add_char(json->out, close);
	json->depth--;
	json->need_comma = true;
}

void
json_object_begin(struct json_writer *json)
{
	container_begin(json, '{');
}

void
json_object_end(struct json_writer *json)
{
	container_end(json, '}');
}

void
json_array_begin(struct json_writer *json)
{
	container_begin(json, '[');
}

void
json_array_end(struct json_writer *json)
{
	container_end(json, ']');
}

static void
escape_add(struct buffer *out, unsigned char c)
{
	switch (c) {
	case '"':
		buffer_add(out, "\\\"", 2);
		break;
	case '\\':
		buffer_add(out, "\\\\", 2);
		break;
	case '\n':
		buffer_add(out, "\\n", 2);
		break;
	case '\r':
		buffer_add(out, "\\r", 2);
		break;
	case '\t':
		buffer_add(out, "\\t", 2);
		break;
	default:
		buffer_print(out, "\\u%04x", c);
	}
}

static void
quoted_add(struct buffer *out, const char *at, const char *end)
{
	const char *plain = at; /* start of the run not yet written */

	buffer_add_char(out, '"');
	while (at < end) {
		unsigned char c = (unsigned char)*at;
		const char *before = at;

		if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
			at++;
			continue;
		}
		if (c >= 0x80) {
			/* A real U+FFFD is three bytes long. */
			if (utf8_next(&at, end) != 0xFFFD || at - before == 3)
				continue;
			buffer_add(out, plain, (size_t)(before - plain));
			buffer_add(out, "\xEF\xBF\xBD", 3);
		} else {
			at++;
			buffer_add(out, plain, (size_t)(before - plain));
			escape_add(out, c);
		}
		plain = at;
	}
	buffer_add(out, plain, (size_t)(end - plain));
	buffer_add_char(out, '"');
}

void
json_text_span(struct json_writer *json, struct span text)
{
	if (text.at == NULL) {
		json_null_value(json);
		return;
	}
	value_begin(json);
	quoted_add(json->out, text.at, text.at + text.length);
}

void
json_text(struct json_writer *json, const char *text)
{
	json_text_span(json, span_of(text));
}

void
json_int(struct json_writer *json, int64_t value)
{
	value_begin(json);
	buffer_print(json->out, "%lld", (long long)value);
}

void
json_double(struct json_writer *json, double value)
{
	char text[32];

	if (!isfinite(value)) {
		json_null_value(json);
		return;
	}
	value_begin(json);
	/* The shortest of two forms that reads back as the same number. */
	snprintf(text, sizeof text, "%.15g", value);
	if (strtod(text, NULL) != value)
		snprintf(text, sizeof text, "%.17g", value);
	buffer_add_text(json->out, text);
}

void
json_bool(struct json_writer *json, bool value)
{
	value_begin(json);
	buffer_add_text(json->out, value ? "true" : "false");
}

void
json_null_value(struct json_writer *json)
{
	value_begin(json);
	buffer_add_text(json->out, "null");
}

void
json_time(struct json_writer *json, int64_t unix_ms)
{
	char text[CLOCK_TEXT_BYTES];

	if (unix_ms == 0) {
		json_null_value(json);
		return;
	}
	clock_print_rfc3339(unix_ms, text);
	json_text(json, text);
}

void
json_raw(struct json_writer *json, struct span value)
{
	value_begin(json);
	buffer_add_span(json->out, value);
}

void
json_name(struct json_writer *json, const char *name)
{
	value_begin(json);
	quoted_add(json->out, name, name + strlen(name));
	buffer_add_char(json->out, ':');
	json->need_comma = false;
}

void
json_member_object_begin(struct json_writer *json, const char *name)
{
	json_name(json, name);
	json_object_begin(json);
}

void
json_member_array_begin(struct json_writer *json, const char *name)
{
	json_name(json, name);
	json_array_begin(json);
}

void
json_member_text(struct json_writer *json, const char *name, const char *text)
{
	json_name(json, name);
	json_text(json, text);
}

void
json_member_int(struct json_writer *json, const char *name, int64_t value)
{
	json_name(json, name);
	json_int(json, value);
}

void
json_member_double(struct json_writer *json, const char *name, double value)
{
	json_name(json, name);
	json_double(json, value);
}

void
json_member_bool(struct json_writer *json, const char *name, bool value)
{
	json_name(json, name);
	json_bool(json, value);
}

void
json_member_null(struct json_writer *json, const char *name)
{
	json_name(json, name);
	json_null_value(json);
}

void
json_member_time(struct json_writer *json, const char *name, int64_t unix_ms)
{
	json_name(json, name);
	json_time(json, unix_ms);
}

/* jansson's own limit is 2048 levels, set when it was built; ours is lower. */
static bool
depth_within(const char *at, size_t length)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < length; i++) {
		if (quoted && at[i] == '\\')
			i++;
		else if (at[i] == '"')
			quoted = !quoted;
		else if (!quoted && (at[i] == '{' || at[i] == '['))
			depth++;
		else if (!quoted && (at[i] == '}' || at[i] == ']') && depth > 0)
			depth--;
		if (depth > JSON_DEPTH_LIMIT)
			return false;
	}
	return true;
}

enum status
json_parse(const void *bytes, size_t length, json_t **out, struct fault *fault)
{
	json_error_t error;
	json_t *value;

	if (!depth_within(bytes, length))
		return fault_set(fault, STATUS_INVALID,
				 "JSON is nested deeper than %d levels",
				 JSON_DEPTH_LIMIT);
	value = json_loadb(bytes != NULL ? bytes : "", length,
			   JSON_REJECT_DUPLICATES, &error);
	if (value == NULL)
		return fault_set(fault, STATUS_INVALID,
				 "not valid JSON at line %d, column %d: %s",
				 error.line, error.column, error.text);
	*out = value;
	return STATUS_OK;
}
