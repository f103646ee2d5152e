/* fuzz_fold.c - any bytes fold to valid text, the same way by either path, and
 * folding again changes nothing. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	char *text, *once;

	arena_init(&arena);
	text = arena_alloc(&arena, size + 1);
	memcpy(text, data, size);
	text[size] = '\0';

	once = fold_identity(&arena, text);
	must(strcmp(once, fold_identity_icu(&arena, text)) == 0);
	must(strcmp(once, fold_identity(&arena, once)) == 0);
	fold_sort_key(&arena, text);

	arena_release(&arena);
	return 0;
}
