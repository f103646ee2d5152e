/* fuzz_http_conditional.c - preconditions; also Accept-Encoding. Each line of
 * the input is the value of the next field. */
#include <stdlib.h>

#include "base/memory.h"
#include "net/accept.h"
#include "net/conditional.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "if-match", "if-none-match",
					     "if-modified-since",
					     "if-unmodified-since",
					     "if-range", "accept-encoding" };
	const struct validators validators = { SPAN("\"a\""), 1700000000000 };
	struct http_field fields[ARRAY_LENGTH(names)];
	struct request_head head = { .method = HTTP_GET, .fields = fields };
	struct span rest = { (const char *)data, size }, line;
	struct arena arena;

	if (size == 0)
		return 0;
	while (head.field_count < ARRAY_LENGTH(names) &&
	       span_next(&rest, '\n', &line)) {
		fields[head.field_count].name =
			span_of(names[head.field_count]);
		fields[head.field_count++].value = line;
		if (accept_encoding_weight(line, SPAN("gzip")) > 1000)
			abort();
		media_type_is_text(line);
	}
	arena_init(&arena);
	condition_check(&head, &validators, &arena);
	condition_range_counts(&head, &validators, 1800000000000);
	/* The stronger comparison never finds more. */
	if (etag_list_has(fields[0].value, SPAN("\"a\""), true) &&
	    !etag_list_has(fields[0].value, SPAN("\"a\""), false))
		abort();
	arena_release(&arena);
	return 0;
}
