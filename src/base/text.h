/* text.h - runs of bytes, growing text, and the small readers of numbers.
 *
 * `struct span` points at bytes it does not own. `struct buffer` owns bytes
 * and grows up to the limit it was given; going over the limit sets `full`
 * and drops what does not fit, so that a writer checks once at the end.
 *
 * Floor: 0 (base). Threads: no shared state.
 */
#ifndef OGMA_BASE_TEXT_H
#define OGMA_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *at; /* not terminated; may be NULL when length is 0 */
	size_t length;
};

#define SPAN(literal) ((struct span){ (literal), sizeof(literal) - 1 })

static inline struct span
span_of(const char *text)
{
	return (struct span){ text, text == NULL ? 0 : strlen(text) };
}

bool span_equal(struct span a, struct span b);
bool span_equal_nocase(struct span a, struct span b); /* ASCII only */
bool span_starts(struct span text, struct span start);
struct span span_trim(struct span text); /* spaces and tabs */

/* Cuts the part before `separator` off *rest. False when *rest is used up;
 * an empty part counts as one. Start with rest->at != NULL. */
bool span_next(struct span *rest, char separator, struct span *part);

/* Whole-span decimal readers: no sign (u64) or an optional minus (i64), no
 * blanks, no overflow; false and *out untouched otherwise. */
bool span_to_u64(struct span text, uint64_t *out);
bool span_to_i64(struct span text, int64_t *out);
bool span_to_double(struct span text, double *out); /* finite, "." only */

/* True when the bytes are well-formed UTF-8 (RFC 3629). */
bool utf8_valid(const void *bytes, size_t length);

/* Reads one code point, moving *at; U+FFFD and one byte on bad input. */
uint32_t utf8_next(const char **at, const char *end);

/* Writes 1..4 bytes and returns how many. */
size_t utf8_write(uint32_t code_point, char out[4]);

/* Largest n <= limit such that cutting after n bytes splits no character. */
size_t utf8_cut(const char *text, size_t length, size_t limit);

struct buffer {
	char *bytes;       /* always terminated once anything was added */
	size_t length;     /* without the terminator */
	size_t room_bytes; /* allocated */
	size_t limit_bytes; /* 0: 64 MiB */
	bool full;         /* something did not fit */
};

void buffer_init(struct buffer *buffer, size_t limit_bytes);
void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);
void buffer_add(struct buffer *buffer, const void *bytes, size_t count);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_span(struct buffer *buffer, struct span span);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_print(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buffer_vprint(struct buffer *buffer, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Room for `count` more bytes at the end, or NULL when that passes the limit;
 * the caller writes there and then adds to buffer->length. */
char *buffer_reserve(struct buffer *buffer, size_t count);

/* Drops `count` bytes from the front. */
void buffer_drop(struct buffer *buffer, size_t count);

/* Gives the bytes away (free() them) and empties the buffer. Never NULL. */
char *buffer_take(struct buffer *buffer, size_t *length);

#endif /* OGMA_BASE_TEXT_H */
