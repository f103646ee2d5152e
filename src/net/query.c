/* query.c - percent-decoding and query strings (RFC 3986 2.1, WHATWG URL's
 * application/x-www-form-urlencoded). Pure. */
#include "net/http.h"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes to `out`, which is as long as `text`; false on a bad escape. */
static bool
escapes_decode(struct span text, bool plus_is_blank, char *out, size_t *length)
{
	size_t at = 0, end = 0;

	while (at < text.length) {
		char c = text.at[at++];

		if (c == '%') {
			int high, low;

			if (text.length - at < 2)
				return false;
			high = hex_value(text.at[at]);
			low = hex_value(text.at[at + 1]);
			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			at += 2;
		} else if (c == '+' && plus_is_blank) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		out[end++] = c;
	}
	*length = end;
	return true;
}

enum status
http_decode(struct span text, bool plus_is_blank, struct arena *arena,
	    struct span *out, struct fault *fault)
{
	char *decoded = arena_alloc(arena, text.length + 1);
	size_t length;

	if (!escapes_decode(text, plus_is_blank, decoded, &length))
		return fault_set(fault, STATUS_INVALID,
				 "a percent escape of the address is wrong");
	if (!utf8_valid(decoded, length))
		return fault_set(fault, STATUS_INVALID,
				 "the address is not valid UTF-8");
	*out = (struct span){ decoded, length };
	return STATUS_OK;
}

bool
http_query_next(struct span *rest, struct span *name, struct span *value)
{
	struct span pair;

	do {
		if (!span_next(rest, '&', &pair))
			return false;
	} while (pair.length == 0);
	span_next(&pair, '=', name);
	*value = pair.at != NULL ? pair : (struct span){ "", 0 };
	return true;
}

/* Names are compared decoded, so that "%71=x" is q. */
static bool
name_matches(struct span encoded, const char *name, struct arena *arena)
{
	struct span decoded;

	if (span_equal(encoded, span_of(name)))
		return true;
	return memchr(encoded.at, '%', encoded.length) != NULL &&
	       http_decode(encoded, true, arena, &decoded, NULL) ==
		       STATUS_OK &&
	       span_equal(decoded, span_of(name));
}

enum status
http_query_get(struct span query, const char *name, struct arena *arena,
	       const char **out, struct fault *fault)
{
	struct span rest = query, key, value, decoded;
	struct fault why;
	enum status status;

	while (http_query_next(&rest, &key, &value)) {
		if (!name_matches(key, name, arena))
			continue;
		status = http_decode(value, true, arena, &decoded, &why);
		if (status != STATUS_OK)
			return fault_field(fault, status, name, "%s",
					   why.message);
		*out = decoded.at;
		return STATUS_OK;
	}
	return fault_field(fault, STATUS_NOT_FOUND, name,
			   "there is no parameter of that name");
}
