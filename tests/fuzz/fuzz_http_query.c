/* fuzz_http_query.c - decoded text is UTF-8 without NUL and never longer than
 * it was; a parameter that is listed is also found. */
#include <stdlib.h>

#include "net/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode_check(struct span text, struct arena *arena)
{
	struct span out;

	if (http_decode(text, true, arena, &out, NULL) != STATUS_OK)
		return;
	if (out.length > text.length || !utf8_valid(out.at, out.length) ||
	    (out.length > 0 && memchr(out.at, '\0', out.length) != NULL) ||
	    out.at[out.length] != '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span query = { (const char *)data, size };
	struct span rest = query, name, value, decoded;
	struct arena arena;

	if (size == 0)
		return 0;
	arena_init(&arena);
	decode_check(query, &arena);
	while (http_query_next(&rest, &name, &value)) {
		const char *found;

		decode_check(value, &arena);
		if (http_decode(name, true, &arena, &decoded, NULL) ==
			    STATUS_OK &&
		    memchr(name.at, '+', name.length) == NULL &&
		    http_query_get(query, decoded.at, &arena, &found, NULL) ==
			    STATUS_NOT_FOUND)
			abort();
	}
	arena_release(&arena);
	return 0;
}
