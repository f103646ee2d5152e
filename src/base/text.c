/* text.c - spans, buffers, UTF-8 and numbers; see text.h. */
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"

#define BUFFER_LIMIT_DEFAULT ((size_t)64 << 20)

bool
span_equal(struct span a, struct span b)
{
	return a.length == b.length &&
	       (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
span_equal_nocase(struct span a, struct span b)
{
	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++) {
		if (ascii_lower(a.at[i]) != ascii_lower(b.at[i]))
			return false;
	}
	return true;
}

bool
span_starts(struct span text, struct span start)
{
	return text.length >= start.length &&
	       span_equal((struct span){ text.at, start.length }, start);
}

struct span
span_trim(struct span text)
{
	while (text.length > 0 && (*text.at == ' ' || *text.at == '\t')) {
		text.at++;
		text.length--;
	}
	while (text.length > 0 && (text.at[text.length - 1] == ' ' ||
				   text.at[text.length - 1] == '\t'))
		text.length--;
	return text;
}

bool
span_next(struct span *rest, char separator, struct span *part)
{
	const char *end;

	if (rest->at == NULL)
		return false;
	end = rest->length > 0 ? memchr(rest->at, separator, rest->length) :
				 NULL;
	if (end == NULL) {
		*part = *rest;
		*rest = (struct span){ NULL, 0 };
		return true;
	}
	*part = (struct span){ rest->at, (size_t)(end - rest->at) };
	rest->length -= part->length + 1;
	rest->at = end + 1;
	return true;
}

bool
span_to_u64(struct span text, uint64_t *out)
{
	uint64_t value = 0;

	if (text.length == 0 || text.length > 20)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		unsigned digit = (unsigned char)text.at[i] - (unsigned)'0';

		if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*out = value;
	return true;
}

bool
span_to_i64(struct span text, int64_t *out)
{
	bool negative = text.length > 0 && text.at[0] == '-';
	uint64_t value;

	if (negative) {
		text.at++;
		text.length--;
	}
	if (!span_to_u64(text, &value) ||
	    value > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	*out = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

bool
span_to_double(struct span text, double *out)
{
	char copy[64], *end;
	double value;

	if (text.length == 0 || text.length >= sizeof copy)
		return false;
	memcpy(copy, text.at, text.length);
	copy[text.length] = '\0';
	if (strspn(copy, "0123456789+-.eE") < text.length)
		return false;
	value = strtod(copy, &end);
	if (*end != '\0' || !isfinite(value))
		return false;
	*out = value;
	return true;
}

/* Length of the well-formed sequence at `at`, or 0; Unicode table 3-7. */
static size_t
utf8_sequence(const unsigned char *at, size_t room)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t length;

	if (at[0] < 0x80)
		return 1;
	if (at[0] >= 0xC2 && at[0] <= 0xDF)
		length = 2;
	else if (at[0] >= 0xE0 && at[0] <= 0xEF)
		length = 3;
	else if (at[0] >= 0xF0 && at[0] <= 0xF4)
		length = 4;
	else
		return 0;
	if (at[0] == 0xE0)
		low = 0xA0;
	else if (at[0] == 0xED)
		high = 0x9F;
	else if (at[0] == 0xF0)
		low = 0x90;
	else if (at[0] == 0xF4)
		high = 0x8F;
	if (room < length || at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	}
	return length;
}

bool
utf8_valid(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	while (length > 0) {
		size_t step = utf8_sequence(at, length);

		if (step == 0)
			return false;
		at += step;
		length -= step;
	}
	return true;
}

uint32_t
utf8_next(const char **at, const char *end)
{
	const unsigned char *b = (const unsigned char *)*at;
	size_t length = utf8_sequence(b, (size_t)(end - *at));

	*at += length > 0 ? length : 1;
	switch (length) {
	case 1:
		return b[0];
	case 2:
		return (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu);
	case 3:
		return (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 |
		       (b[2] & 0x3Fu);
	case 4:
		return (b[0] & 0x07u) << 18 | (b[1] & 0x3Fu) << 12 |
		       (b[2] & 0x3Fu) << 6 | (b[3] & 0x3Fu);
	default:
		return 0xFFFD;
	}
}

size_t
utf8_write(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

size_t
utf8_cut(const char *text, size_t length, size_t limit)
{
	if (length <= limit)
		return length;
	while (limit > 0 && ((unsigned char)text[limit] & 0xC0) == 0x80)
		limit--;
	return limit;
}

void
buffer_init(struct buffer *buffer, size_t limit_bytes)
{
	*buffer = (struct buffer){ .limit_bytes = limit_bytes };
}

void
buffer_release(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer){ .limit_bytes = buffer->limit_bytes };
}

void
buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	buffer->full = false;
	if (buffer->bytes != NULL)
		buffer->bytes[0] = '\0';
}

char *
buffer_reserve(struct buffer *buffer, size_t count)
{
	size_t limit = buffer->limit_bytes > 0 ? buffer->limit_bytes :
						 BUFFER_LIMIT_DEFAULT;
	size_t room = buffer->room_bytes;

	if (buffer->length > limit || count > limit - buffer->length) {
		buffer->full = true;
		return NULL;
	}
	if (room - buffer->length < count + 1 || room == 0) {
		room = room < 128 ? 128 : room * 2;
		if (room < buffer->length + count + 1)
			room = buffer->length + count + 1;
		buffer->bytes = mem_grow(buffer->bytes, room, 1);
		buffer->room_bytes = room;
	}
	return buffer->bytes + buffer->length;
}

void
buffer_add(struct buffer *buffer, const void *bytes, size_t count)
{
	char *at = buffer_reserve(buffer, count);

	if (at == NULL)
		return;
	if (count > 0)
		memcpy(at, bytes, count);
	at[count] = '\0';
	buffer->length += count;
}

void
buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void
buffer_add_span(struct buffer *buffer, struct span span)
{
	buffer_add(buffer, span.at, span.length);
}

void
buffer_add_char(struct buffer *buffer, char c)
{
	buffer_add(buffer, &c, 1);
}

void
buffer_vprint(struct buffer *buffer, const char *format, va_list args)
{
	va_list again;
	int length;
	char *at;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	assert(length >= 0);
	at = buffer_reserve(buffer, (size_t)length);
	if (at != NULL) {
		vsnprintf(at, (size_t)length + 1, format, again);
		buffer->length += (size_t)length;
	}
	va_end(again);
}

void
buffer_print(struct buffer *buffer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buffer_vprint(buffer, format, args);
	va_end(args);
}

void
buffer_drop(struct buffer *buffer, size_t count)
{
	assert(count <= buffer->length);
	if (count == 0)
		return;
	buffer->length -= count;
	memmove(buffer->bytes, buffer->bytes + count, buffer->length);
	buffer->bytes[buffer->length] = '\0';
}

char *
buffer_take(struct buffer *buffer, size_t *length)
{
	char *bytes;

	if (buffer->bytes == NULL)
		buffer_add(buffer, "", 0);
	if (buffer->bytes == NULL)
		buffer->bytes = mem_new(1, 1);
	bytes = buffer->bytes;
	if (length != NULL)
		*length = buffer->length;
	buffer->bytes = NULL;
	buffer_release(buffer);
	return bytes;
}
