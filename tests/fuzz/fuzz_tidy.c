/* fuzz_tidy.c - whatever the text, a repair is valid, not empty and something
 * else than the text, and repairing again and again comes to an end. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/tidy.h"

#define ROUNDS_MAX 4096 /* each takes a character away, or is the last */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
number(struct arena *arena, const char *text)
{
	uint32_t value;

	return tidy_number(arena, text, &value);
}

static const char *
artist(struct arena *arena, const char *text)
{
	return tidy_artist(arena, text, "A");
}

static const char *
title(struct arena *arena, const char *text)
{
	return tidy_capitals(arena, text, false);
}

static const char *
name(struct arena *arena, const char *text)
{
	return tidy_capitals(arena, text, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *(*const rules[])(struct arena *, const char *) = {
		tidy_blanks, tidy_composed, tidy_underscores, tidy_ending,
		number, tidy_promotion, artist, title, name,
	};
	struct arena arena;

	if (size > 300)
		return 0;
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		const char *text = arena_copy_bytes(&arena, data, size);
		const char *next;
		int rounds = 0;

		while ((next = rules[i](&arena, text)) != NULL) {
			if (*next == '\0' || strcmp(next, text) == 0 ||
			    !utf8_valid(next, strlen(next)) ||
			    ++rounds > ROUNDS_MAX)
				abort();
			text = next;
		}
	}
	arena_release(&arena);
	return 0;
}
