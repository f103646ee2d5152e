/* search_distance.h - how many slips of the finger lie between two words.
 *
 * Damerau's distance (optimal string alignment): a letter too many, too few, a
 * wrong one, or two neighbours changed over cost 1 each; 2 when the first
 * letter of either word takes part, because people rarely miss that one.
 *
 * Floor: 2 (driver). Threads: no shared state.
 */
#ifndef OGMA_DRIVER_SEARCH_DISTANCE_H
#define OGMA_DRIVER_SEARCH_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/search.h"

#define SEARCH_EDITS_MAX 2

/* What a word of so many letters forgives: 0, 1 from 5, 2 from 9. */
uint8_t search_edits_allowed(size_t letters);

/* Letters of a word, at most SEARCH_WORD_LETTERS_MAX. */
size_t search_letters_of(const char *word, size_t length_bytes,
			 uint32_t out[SEARCH_WORD_LETTERS_MAX]);

/* The distance when it is at most SEARCH_EDITS_MAX, else more than that. With
 * `prefix` to the nearest beginning of `word`, whose letters are counted in
 * *matched (may be NULL): the shortest of the nearest. */
uint8_t search_distance(const uint32_t *typed, size_t typed_count,
			const uint32_t *word, size_t word_count, bool prefix,
			size_t *matched);

/* The rows of the distance table, one per letter of the word, so that a walk
 * over sorted words computes each common beginning once. Only cells nearer to
 * the diagonal than SEARCH_EDITS_MAX are kept: cell[d] of row j stands for
 * typed letter j + d - SEARCH_EDITS_MAX. */
#define SEARCH_BAND (2 * SEARCH_EDITS_MAX + 1)
#define SEARCH_FAR 9 /* any distance that is too long */

struct search_row {
	uint8_t cell[SEARCH_BAND];
	uint8_t least; /* of the cells */
};

void search_row_first(struct search_row *row, size_t typed_count);

/* Row j (from 1) out of the rows before it; rows[j - 1] is known. */
void search_row_next(struct search_row *rows, size_t j, const uint32_t *typed,
		     size_t typed_count, const uint32_t *word);

/* The distance of the whole of `typed` to the first j letters. */
static inline uint8_t
search_row_end(const struct search_row *row, size_t j, size_t typed_count)
{
	size_t cell = typed_count + SEARCH_EDITS_MAX - j;

	return typed_count + SEARCH_EDITS_MAX < j || cell >= SEARCH_BAND
		       ? SEARCH_FAR
		       : row->cell[cell];
}

#endif /* OGMA_DRIVER_SEARCH_DISTANCE_H */
