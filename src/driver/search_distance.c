/* search_distance.c - banded rows of Damerau's table; see search_distance.h. */
#include "driver/search_distance.h"

uint8_t
search_edits_allowed(size_t letters)
{
	return letters >= 9 ? 2 : letters >= 5 ? 1 : 0;
}

size_t
search_letters_of(const char *word, size_t length_bytes,
		  uint32_t out[SEARCH_WORD_LETTERS_MAX])
{
	const char *at = word, *end = word + length_bytes;
	size_t count = 0;

	while (at < end && count < SEARCH_WORD_LETTERS_MAX)
		out[count++] = utf8_next(&at, end);
	return count;
}

void
search_row_first(struct search_row *row, size_t typed_count)
{
	for (size_t d = 0; d < SEARCH_BAND; d++) {
		/* i letters left out, the first of them at double cost */
		size_t i = d - SEARCH_EDITS_MAX;

		if (d < SEARCH_EDITS_MAX || i > typed_count)
			row->cell[d] = SEARCH_FAR;
		else
			row->cell[d] = (uint8_t)(i == 0 ? 0 : i + 1);
	}
	row->least = 0;
}

static uint8_t
least_of(unsigned a, unsigned b)
{
	return (uint8_t)(a < b ? a : b);
}

void
search_row_next(struct search_row *rows, size_t j, const uint32_t *typed,
		size_t typed_count, const uint32_t *word)
{
	const struct search_row *above = &rows[j - 1];
	struct search_row *row = &rows[j];
	unsigned added = j == 1 ? 2 : 1; /* a letter of the word */

	row->least = SEARCH_FAR;
	for (size_t d = 0; d < SEARCH_BAND; d++) {
		size_t i = j + d - SEARCH_EDITS_MAX;
		uint8_t best = SEARCH_FAR;

		if (j + d >= SEARCH_EDITS_MAX && i <= typed_count) {
			if (d + 1 < SEARCH_BAND)
				best = least_of(best,
						above->cell[d + 1] + added);
			if (i > 0 && d > 0)
				best = least_of(best,
						row->cell[d - 1] +
							(i == 1 ? 2u : 1u));
			if (i > 0)
				best = least_of(
					best,
					above->cell[d] +
						(typed[i - 1] == word[j - 1]
							 ? 0u
						 : i == 1 || j == 1 ? 2u
								    : 1u));
			if (i > 1 && j > 1 && typed[i - 1] == word[j - 2] &&
			    typed[i - 2] == word[j - 1])
				best = least_of(
					best,
					rows[j - 2].cell[d] +
						(i == 2 || j == 2 ? 2u : 1u));
		}
		row->cell[d] = best;
		row->least = least_of(row->least, best);
	}
}

uint8_t
search_distance(const uint32_t *typed, size_t typed_count, const uint32_t *word,
		size_t word_count, bool prefix, size_t *matched)
{
	struct search_row rows[SEARCH_WORD_LETTERS_MAX + 1];
	uint8_t best = SEARCH_FAR;
	size_t best_at = word_count;

	search_row_first(&rows[0], typed_count);
	for (size_t j = 0; j <= word_count; j++) {
		uint8_t here;

		if (j > 0)
			search_row_next(rows, j, typed, typed_count, word);
		here = search_row_end(&rows[j], j, typed_count);
		if ((prefix || j == word_count) && here < best) {
			best = here;
			best_at = j;
		}
		if (rows[j].least > SEARCH_EDITS_MAX)
			break;
	}
	if (matched != NULL)
		*matched = best_at;
	return best;
}
