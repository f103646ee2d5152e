/* json.h - writing JSON straight into a buffer; reading it through jansson.
 *
 * The writer needs no tree: begin and end calls nest, commas are its own work.
 * Text is checked: bytes that are not UTF-8 are written as U+FFFD, so an
 * answer is always valid JSON (RFC 8259).
 *
 * Reading: json_parse() is the only door for bytes from outside. It bounds size
 * and depth and refuses duplicate members, then gives a jansson value.
 *
 * Floor: 0 (base). Threads: a writer belongs to one thread.
 */
#ifndef OGMA_BASE_JSON_H
#define OGMA_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"

#define JSON_DEPTH_LIMIT 32 /* of what is read, and of what is written */

struct json_writer {
	struct buffer *out;
	uint32_t depth;
	bool need_comma;
};

void json_writer_init(struct json_writer *json, struct buffer *out);

/* Values: at the top, in an array, or after json_name(). */
void json_object_begin(struct json_writer *json);
void json_object_end(struct json_writer *json);
void json_array_begin(struct json_writer *json);
void json_array_end(struct json_writer *json);
void json_text(struct json_writer *json, const char *text); /* NULL: null */
void json_text_span(struct json_writer *json, struct span text);
void json_int(struct json_writer *json, int64_t value);
void json_double(struct json_writer *json, double value); /* NaN, inf: null */
void json_bool(struct json_writer *json, bool value);
void json_null_value(struct json_writer *json);
void json_time(struct json_writer *json, int64_t unix_ms); /* 0: null */

/* Bytes that are JSON already. */
void json_raw(struct json_writer *json, struct span value);

void json_name(struct json_writer *json, const char *name);

/* json_name() and a value. */
void json_member_object_begin(struct json_writer *json, const char *name);
void json_member_array_begin(struct json_writer *json, const char *name);
void json_member_text(struct json_writer *json, const char *name,
		      const char *text);
void json_member_int(struct json_writer *json, const char *name,
		     int64_t value);
void json_member_double(struct json_writer *json, const char *name,
			double value);
void json_member_bool(struct json_writer *json, const char *name, bool value);
void json_member_null(struct json_writer *json, const char *name);
void json_member_time(struct json_writer *json, const char *name,
		      int64_t unix_ms);

/* The caller owns *out and gives it back with json_decref(). STATUS_INVALID
 * with line and column in the sentence when the bytes are not one JSON value,
 * are nested deeper than JSON_DEPTH_LIMIT, or repeat a member. */
enum status json_parse(const void *bytes, size_t length, json_t **out,
		       struct fault *fault);

#endif /* OGMA_BASE_JSON_H */
