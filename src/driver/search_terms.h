/* search_terms.h - all words of an index in memory, for what an inverted index
 * cannot answer: which words are near to this one?
 *
 * A run is a sorted array of words that never changes, with how many documents
 * have each (a hint for choosing, not kept exact), which kinds of things do,
 * and a second and third array sorted by key of sound (search_translit.h): of
 * words in other scripts and of Latin words whose key is not the word itself.
 * A set is a few runs: the first from the index's own statistics, the others
 * words that came since, smaller and smaller, so that one new word never costs
 * a copy of all. The same word may be in several runs with different kinds.
 *
 * About 30 bytes a word: 7 MiB for the 240,000 words of a million tracks.
 *
 * Floor: 2 (driver). Threads: runs and sets never change and are counted; a
 * reader holds a reference while it looks.
 */
#ifndef OGMA_DRIVER_SEARCH_TERMS_H
#define OGMA_DRIVER_SEARCH_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"

struct term_run;
struct term_set;

struct term_input {
	const char *text; /* folded */
	uint16_t length_bytes;
	uint8_t kinds; /* SEARCH_KIND_BIT()s */
	uint32_t documents;
};

/* Sorts `inputs` by bytes and merges equal ones. One reference is the
 * caller's. */
struct term_run *term_run_new(struct term_input *inputs, size_t count);
size_t term_run_count(const struct term_run *run);
struct term_run *term_run_hold(struct term_run *run);
void term_run_drop(struct term_run *run); /* NULL is fine */

/* The bytes of a run, for keeping, borrowed until the run is dropped; and a
 * run out of such bytes. STATUS_CORRUPT when they are not. */
struct span term_run_bytes(const struct term_run *run);
enum status term_run_load(struct span bytes, struct term_run **out,
			  struct fault *fault);

/* A set of one run, which it takes over; or of none (NULL). */
struct term_set *term_set_new(struct term_run *run);

/* A set with one more run, which it takes over, merged with its neighbours
 * when they are of a size. Neither argument's reference is kept. */
struct term_set *term_set_add(const struct term_set *set, struct term_run *run);
struct term_set *term_set_hold(struct term_set *set);
void term_set_drop(struct term_set *set); /* NULL is fine */

/* Words in runs after the first. */
size_t term_set_new_count(const struct term_set *set);
size_t term_set_count(const struct term_set *set);

/* One thing a typed word may mean. */
struct term_match {
	const char *text; /* borrowed from the set */
	uint16_t length_bytes;
	uint8_t kinds;
	uint8_t distance;
	bool prefix; /* all words that begin so */
	uint64_t documents;
};

/* The best matches seen so far: nearest first, then most documents. */
struct term_matches {
	struct arena *arena;
	struct term_match *at;
	size_t count, room;
	uint32_t kinds;	 /* only of these */
	bool may_repeat; /* the same text may have been added twice */
	bool is_bounded; /* many were seen: none worse than `bound` is kept */
	struct term_match bound;
};

/* What is known of one word. False: no such word of these kinds. */
bool term_find(const struct term_set *set, const char *word, size_t length,
	       uint32_t kinds, struct term_match *out);

/* What is known of all words that begin so, as one match. */
bool term_find_prefix(const struct term_set *set, const char *word,
		      size_t length, uint32_t kinds, struct term_match *out);

/* The words that begin so, one by one; stops after `most` + 1. */
void term_list_prefix(const struct term_set *set, const char *word,
		      size_t length, size_t most, struct term_matches *out);

/* Words (or, with `prefix`, beginnings of words) whose loose form is that of
 * `word`, other than itself. Texts are the arena's. */
void term_list_loose(const struct term_set *set, const char *word,
		     size_t length, bool prefix, struct term_matches *out);

/* Words whose key of sound is `key` or, with `prefix`, begins so. */
void term_list_key(const struct term_set *set, const char *key, size_t length,
		   bool prefix, struct term_matches *out);

/* Words whose key begins with `key`, and beginnings of up to `letters` letters
 * in their place where all that begins so has such keys. */
void term_list_key_begun(const struct term_set *set, const char *key,
			 size_t length, size_t letters,
			 struct term_matches *out);

/* Words at most `edits` slips away; with `prefix` beginnings of words. The
 * second: words of another script than `foreign_to_latin` says whose key is
 * near to `key`. */
void term_list_typo(const struct term_set *set, const char *word, size_t length,
		    uint8_t edits, bool prefix, struct term_matches *out);
void term_list_key_typo(const struct term_set *set, const char *key,
			size_t length, uint8_t edits, bool prefix,
			bool typed_is_latin, struct term_matches *out);

/* Sorts, merges equal ones, keeps the `most` best. */
void term_matches_finish(struct term_matches *matches, size_t most);

#endif /* OGMA_DRIVER_SEARCH_TERMS_H */
