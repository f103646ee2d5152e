/* search_plan.h - a query's text taken apart, and what its words may mean.
 *
 * The text is cut at blanks into pieces. A piece has its words as typed and, as
 * a second reading, the words of the same keys on the other keyboard layout
 * (search_layout.h). A thing matches a piece when it matches all words of one
 * of the readings. Pieces without a letter or digit are passed over when
 * another piece has one.
 *
 * search_plan_make() is all that both drivers share. The patterns of a word are
 * filled in by the driver that looks words up in a dictionary.
 *
 * Floor: 2 (driver). Threads: no shared state.
 */
#ifndef OGMA_DRIVER_SEARCH_PLAN_H
#define OGMA_DRIVER_SEARCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "driver/search.h"
#include "driver/search_words.h"

#define SEARCH_QUERY_BYTES_MAX 4096 /* those beyond are ignored */

/* A pattern and how much of the index it stands for. */
struct plan_pattern {
	struct search_pattern pattern;
	uint8_t kinds;
	uint64_t documents; /* a hint */
};

struct plan_word {
	const char *text; /* folded */
	uint16_t length_bytes;
	uint16_t letters;
	uint8_t number; /* of all words of the plan */
	bool prefix;	/* the last word of its reading of the last piece */
	bool is_latin;	/* ASCII only */
	uint8_t edits;
	const char *key; /* of sound; "" when it has none */
	uint16_t key_length;
	uint8_t key_edits;

	/* The driver's; ordered by rank. */
	struct plan_pattern *patterns;
	size_t pattern_count, pattern_room;
};

struct plan_reading {
	struct plan_word *words;
	size_t count; /* 0: there is no such reading */
};

struct plan_piece {
	struct plan_reading typed;
	struct plan_reading other_layout;

	/* The driver's: only patterns of this rank and worse are asked for now;
	 * what better ones give is known. */
	enum search_rank best;
};

struct search_plan {
	struct arena *arena;
	struct plan_piece *pieces;
	size_t piece_count; /* 0: nothing to search for */
	size_t word_count;
	int64_t title_hash;
};

void search_plan_make(struct arena *arena, const char *text,
		      struct search_plan *out);

/* Adds a pattern behind those of its rank and better. */
void plan_word_add(struct arena *arena, struct plan_word *word,
		   const struct plan_pattern *pattern);

/* The rank of a thing with these words, by the patterns of the plan that are
 * not worse than `worst`; SEARCH_UNRANKED when it does not match. Never
 * SEARCH_TITLE: that is for the caller to see. */
enum search_rank search_plan_rank(const struct search_plan *plan,
				  const struct search_words *words,
				  enum search_rank worst);

/* Whether `word` matches the pattern, by its text. */
static inline bool
search_pattern_matches(const struct search_pattern *pattern,
		       const struct search_word *word)
{
	return (pattern->prefix
			? word->length_bytes >= pattern->length_bytes
			: word->length_bytes == pattern->length_bytes) &&
	       memcmp(word->text, pattern->text, pattern->length_bytes) == 0;
}

#endif /* OGMA_DRIVER_SEARCH_PLAN_H */
