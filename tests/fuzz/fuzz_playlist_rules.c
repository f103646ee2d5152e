/* fuzz_playlist_rules.c - whatever the rules, they are taken or refused at a
 * part that is named. */
#include <stdlib.h>
#include <string.h>

#include "library/playlist_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct playlist_rules *rules = NULL;
	struct fault fault = { 0 };
	struct arena arena;
	enum status status;
	char *text;

	if (size > 65536)
		return 0;
	arena_init(&arena);
	text = arena_copy_bytes(&arena, data, size);
	status = playlist_rules_parse(text, &arena, &rules, &fault);
	if (status == STATUS_OK
		    ? rules == NULL
		    : status != STATUS_INVALID || fault.message[0] == '\0')
		abort();
	/* Without a name only what is no JSON. */
	if (status == STATUS_INVALID && fault.field[0] != '\0' &&
	    strncmp(fault.field, "rules", 5) != 0)
		abort();
	arena_release(&arena);
	return 0;
}
