/* search_terms_inside.h - the shape of runs, for search_terms*.c only.
 *
 * Floor: 2 (driver). */
#ifndef OGMA_DRIVER_SEARCH_TERMS_INSIDE_H
#define OGMA_DRIVER_SEARCH_TERMS_INSIDE_H

#include "driver/search_terms.h"

#define TERM_RUNS_MAX 24
#define TERM_PLAIN 0x80 /* in flags: the word is its own key */

enum term_list_of {
	TERM_WORDS,	   /* number: documents */
	TERM_FOREIGN_KEYS, /* keys of words with a letter that is not ASCII;
			    * number: the word */
	TERM_LATIN_KEYS,   /* of ASCII words that are not their own key */
	TERM_LISTS,
};

/* Sorted by bytes; text i is text[offset[i] … offset[i + 1]). */
struct term_list {
	uint32_t count;
	uint32_t *offset;
	uint32_t *number;
	char *text;
};

struct term_run {
	unsigned references;
	struct term_list list[TERM_LISTS];
	uint8_t *flags; /* of words: kinds and TERM_PLAIN */
	char *block;
	size_t block_bytes;
};

struct term_set {
	unsigned references;
	size_t count;
	struct term_run *runs[TERM_RUNS_MAX];
};

#endif /* OGMA_DRIVER_SEARCH_TERMS_INSIDE_H */
