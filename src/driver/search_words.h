/* search_words.h - how a text is cut into the words that search compares.
 *
 * A word is a run of letters, marks and digits, folded (base/fold.h) and cut
 * after SEARCH_WORD_LETTERS_MAX letters; an ideograph is a word by itself.
 * Words that touch, with nothing or one sign between, are a group: "AC/DC",
 * "don't", "東京". A document has all words of a group and their joined forms
 * ("acdc", "dont"), a query only the words, where an apostrophe joins. A text
 * that has signs but no word ("!!!") gives its runs of signs as words.
 *
 * Both sides of search (index and query), highlights and both drivers cut text
 * here and nowhere else. A change of these rules must raise the index format
 * (SEARCH_WORDS_VERSION).
 *
 * Floor: 2 (driver). Threads: no shared state.
 */
#ifndef OGMA_DRIVER_SEARCH_WORDS_H
#define OGMA_DRIVER_SEARCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

#define SEARCH_WORDS_VERSION 1
#define SEARCH_TEXT_WORDS_MAX 1000 /* of one text; those beyond are ignored */

struct search_word {
	const char *text; /* folded, terminated */
	uint16_t length_bytes;
	uint16_t letters;    /* code points */
	uint32_t start, end; /* where it stands in the original, in bytes */
};

struct search_words {
	struct search_word *at;
	size_t count, room;
	bool only_signs; /* the last text added had no word proper */
};

enum search_words_for { SEARCH_WORDS_OF_DOCUMENT, SEARCH_WORDS_OF_QUERY };

/* Adds the words of `text` to *out, in their order; joined forms follow the
 * words they join and span them. Arena-owned. */
void search_words_add(struct arena *arena, struct span text,
		      enum search_words_for side, struct search_words *out);

/* White space and control characters: they end every word. */
bool search_is_blank(uint32_t letter);

/* The letters й ї ў as и і у; others as they are. */
uint32_t search_letter_loose(uint32_t letter);

/* Writes the loose form (never longer) and gives its length. `out` has room
 * for as many bytes as the word and a terminator. */
size_t search_word_loosen(const char *word, size_t length_bytes, char *out);

/* Equal for texts that have the same words in the same order; 0: no words. */
int64_t search_title_hash(struct arena *arena, struct span text);

#endif /* OGMA_DRIVER_SEARCH_WORDS_H */
