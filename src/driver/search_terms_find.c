/* search_terms_find.c - looking for words in runs; see search_terms.h.
 *
 * The walk for typos goes through a sorted list as through a trie: the rows of
 * the distance table are kept per letter of the present path, a word shares
 * the rows of the beginning it has in common with the word before it, and when
 * no cell of a row is near enough all words with that beginning are skipped.
 * Where no edit is left only letters that were typed can follow: the walk looks
 * for these instead of seeing each that does. */
#include <stdlib.h>

#include "driver/search.h"
#include "driver/search_distance.h"
#include "driver/search_terms_inside.h"
#include "driver/search_translit.h"
#include "driver/search_words.h"

#define MATCHES_PRUNE 1024 /* more than this are cut to the best in between */
#define MATCHES_KEEP 128
#define RANGE_LOOKED_AT 512
#define KEY_WORDS_MAX 512 /* more than this are not gathered */

static inline struct span
list_text(const struct term_list *list, size_t i)
{
	return (struct span){ list->text + list->offset[i],
			      list->offset[i + 1] - list->offset[i] };
}

/* -1, 0, 1: before, among, after the texts that begin with `start`. */
static inline int
start_compare(struct span text, struct span start)
{
	size_t least = text.length < start.length ? text.length : start.length;
	int order = memcmp(text.at, start.at, least);

	if (order != 0)
		return order;
	return text.length < start.length ? -1 : 0;
}

/* The first text from `from` on that does not stand before `start`, or, with
 * `past`, that stands after all that begin so. Looks near `from` first. */
static size_t
list_bound(const struct term_list *list, size_t from, struct span start,
	   bool past)
{
	size_t step = 1, low = from, high = from;

	while (high < list->count &&
	       start_compare(list_text(list, high), start) < (past ? 1 : 0)) {
		low = high + 1;
		high += step;
		step *= 2;
	}
	if (high > list->count)
		high = list->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (start_compare(list_text(list, middle), start) <
		    (past ? 1 : 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Binary search proper, when nothing is known of where to look. */
static size_t
list_first(const struct term_list *list, struct span start)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (start_compare(list_text(list, middle), start) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
match_compare_text(const void *a, const void *b)
{
	const struct term_match *x = a, *y = b;
	size_t least = x->length_bytes < y->length_bytes ? x->length_bytes
							 : y->length_bytes;
	int order = memcmp(x->text, y->text, least);

	if (order != 0)
		return order;
	if (x->length_bytes != y->length_bytes)
		return x->length_bytes < y->length_bytes ? -1 : 1;
	return x->prefix - y->prefix;
}

static int
match_compare_worth(const void *a, const void *b)
{
	const struct term_match *x = a, *y = b;

	if (x->distance != y->distance)
		return x->distance - y->distance;
	if (x->documents != y->documents)
		return x->documents > y->documents ? -1 : 1;
	return match_compare_text(a, b);
}

/* Sorts by text and merges what is there twice. */
static void
matches_merge(struct term_matches *matches)
{
	size_t kept = 0;

	qsort(matches->at, matches->count, sizeof *matches->at,
	      match_compare_text);
	for (size_t i = 0; i < matches->count; i++) {
		struct term_match *last = &matches->at[kept - (kept > 0)];
		struct term_match *this = &matches->at[i];

		if (kept == 0 || match_compare_text(last, this) != 0) {
			matches->at[kept++] = *this;
			continue;
		}
		last->kinds |= this->kinds;
		last->documents += this->documents;
		if (this->distance < last->distance)
			last->distance = this->distance;
	}
	matches->count = kept;
}

/* Brings the `most` best to the front, in any order: each round settles on
 * which side of one of them the others stand. */
static void
matches_select(struct term_matches *matches, size_t most)
{
	size_t low = 0, high = matches->count;

	while (high - low > 1 && low < most && most < high) {
		struct term_match pivot =
			matches->at[low + (high - low - 1) / 2];
		size_t i = low, j = high - 1;

		for (;; i++, j--) {
			struct term_match swap;

			while (match_compare_worth(&matches->at[i], &pivot) < 0)
				i++;
			while (match_compare_worth(&matches->at[j], &pivot) > 0)
				j--;
			if (i >= j)
				break;
			swap = matches->at[i];
			matches->at[i] = matches->at[j];
			matches->at[j] = swap;
		}
		if (most <= j + 1)
			high = j + 1;
		else
			low = j + 1;
	}
	if (matches->count > most)
		matches->count = most;
}

void
term_matches_finish(struct term_matches *matches, size_t most)
{
	if (matches->may_repeat && matches->count > 1)
		matches_merge(matches);
	matches_select(matches, most);
	if (matches->count > 1)
		qsort(matches->at, matches->count, sizeof *matches->at,
		      match_compare_worth);
}

static void
matches_add(struct term_matches *matches, struct term_match match)
{
	if ((match.kinds & matches->kinds) == 0)
		return;
	if (matches->is_bounded &&
	    match_compare_worth(&match, &matches->bound) > 0)
		return;
	if (matches->count == MATCHES_PRUNE) {
		term_matches_finish(matches, MATCHES_KEEP);
		matches->is_bounded = matches->count == MATCHES_KEEP;
		matches->bound = matches->at[matches->count - 1];
	}
	if (matches->count == matches->room) {
		size_t room = matches->room > 0 ? matches->room * 2 : 16;
		struct term_match *at =
			arena_new(matches->arena, struct term_match, room);

		if (matches->count > 0)
			memcpy(at, matches->at, matches->count * sizeof *at);
		matches->at = at;
		matches->room = room;
	}
	matches->at[matches->count++] = match;
}

static struct term_match
run_match(const struct term_run *run, size_t word)
{
	struct span text = list_text(&run->list[TERM_WORDS], word);

	return (struct term_match){
		.text = text.at,
		.length_bytes = (uint16_t)text.length,
		.kinds = run->flags[word] & SEARCH_ALL_KINDS,
		.documents = run->list[TERM_WORDS].number[word],
	};
}

/* All words of first..end-1 as one match. Of many words only some are looked
 * at: the number of documents is a hint, and kinds too many do no harm. */
static struct term_match
run_range_match(const struct term_run *run, size_t first, size_t end)
{
	struct term_match match = { .prefix = true };
	size_t looked = end - first;

	if (looked > RANGE_LOOKED_AT) {
		looked = RANGE_LOOKED_AT;
		match.kinds = SEARCH_ALL_KINDS;
	}
	for (size_t i = first; i < first + looked; i++) {
		match.kinds |= run->flags[i] & SEARCH_ALL_KINDS;
		match.documents += run->list[TERM_WORDS].number[i];
	}
	if (looked > 0)
		match.documents = match.documents * (end - first) / looked;
	return match;
}

bool
term_find(const struct term_set *set, const char *word, size_t length,
	  uint32_t kinds, struct term_match *out)
{
	struct span text = { word, length };
	bool found = false;

	for (size_t r = 0; r < set->count; r++) {
		const struct term_run *run = set->runs[r];
		const struct term_list *words = &run->list[TERM_WORDS];
		size_t at = list_first(words, text);

		if (at == words->count ||
		    !span_equal(list_text(words, at), text))
			continue;
		if (!found) {
			*out = run_match(run, at);
		} else {
			out->kinds |= run->flags[at] & SEARCH_ALL_KINDS;
			out->documents += words->number[at];
		}
		found = true;
	}
	return found && (out->kinds & kinds) != 0;
}

bool
term_find_prefix(const struct term_set *set, const char *word, size_t length,
		 uint32_t kinds, struct term_match *out)
{
	struct span start = { word, length };
	struct term_match all = { .text = word,
				  .length_bytes = (uint16_t)length,
				  .prefix = true };

	for (size_t r = 0; r < set->count; r++) {
		const struct term_run *run = set->runs[r];
		const struct term_list *words = &run->list[TERM_WORDS];
		size_t first = list_first(words, start);
		struct term_match part = run_range_match(
			run, first, list_bound(words, first, start, true));

		all.kinds |= part.kinds;
		all.documents += part.documents;
	}
	if ((all.kinds & kinds) == 0)
		return false;
	*out = all;
	return true;
}

void
term_list_prefix(const struct term_set *set, const char *word, size_t length,
		 size_t most, struct term_matches *out)
{
	struct span start = { word, length };

	out->may_repeat |= set->count > 1;
	for (size_t r = 0; r < set->count; r++) {
		const struct term_run *run = set->runs[r];
		const struct term_list *words = &run->list[TERM_WORDS];

		for (size_t i = list_first(words, start);
		     i < words->count &&
		     start_compare(list_text(words, i), start) == 0;
		     i++) {
			if (out->count > most)
				return;
			matches_add(out, run_match(run, i));
		}
	}
}

/* The letters that have the same loose form as `letter`. */
static size_t
loose_family(uint32_t letter, uint32_t out[2])
{
	static const uint32_t families[][2] = { { 0x438, 0x439 },
						{ 0x456, 0x457 },
						{ 0x443, 0x45E } };

	for (size_t i = 0; i < ARRAY_LENGTH(families); i++) {
		if (families[i][0] == letter || families[i][1] == letter) {
			memcpy(out, families[i], sizeof families[i]);
			return 2;
		}
	}
	out[0] = letter;
	return 1;
}

struct loose_walk {
	const struct term_run *run;
	struct span word;
	bool prefix;
	char path[SEARCH_WORD_LETTERS_MAX * 4 + 4];
	struct term_matches *out;
};

static void
loose_add(const struct loose_walk *walk, struct span path, size_t first)
{
	const struct term_list *words = &walk->run->list[TERM_WORDS];
	struct term_match match;

	if (span_equal(path, walk->word))
		return;
	if (walk->prefix)
		match = run_range_match(walk->run, first,
					list_bound(words, first, path, true));
	else if (list_text(words, first).length != path.length)
		return;
	else
		match = run_match(walk->run, first);
	match.text = arena_copy_bytes(walk->out->arena, path.at, path.length);
	match.length_bytes = (uint16_t)path.length;
	matches_add(walk->out, match);
}

/* Goes on from `rest` of the word, having written `length` bytes of path. */
static void
loose_step(struct loose_walk *walk, const char *rest, size_t length)
{
	const char *end = walk->word.at + walk->word.length;
	struct span path = { walk->path, length };
	const struct term_list *words = &walk->run->list[TERM_WORDS];
	size_t first = list_first(words, path), count;
	uint32_t family[2];

	if (first == words->count ||
	    start_compare(list_text(words, first), path) != 0)
		return;
	if (rest == end) {
		loose_add(walk, path, first);
		return;
	}
	count = loose_family(utf8_next(&rest, end), family);
	while (count == 1 && rest < end && (unsigned char)*rest < 0x80) {
		length += utf8_write(family[0], walk->path + length);
		count = loose_family(utf8_next(&rest, end), family);
	}
	for (size_t i = 0; i < count; i++)
		loose_step(walk, rest,
			   length + utf8_write(family[i], walk->path + length));
}

void
term_list_loose(const struct term_set *set, const char *word, size_t length,
		bool prefix, struct term_matches *out)
{
	struct loose_walk walk = { .word = { word, length },
				   .prefix = prefix,
				   .out = out };
	const char *at = word, *end = word + length;
	uint32_t family[2];
	bool any = false;

	while (at < end)
		any = loose_family(utf8_next(&at, end), family) == 2 || any;
	if (!any)
		return;
	out->may_repeat |= set->count > 1;
	for (size_t r = 0; r < set->count; r++) {
		walk.run = set->runs[r];
		loose_step(&walk, word, 0);
	}
}

/* Adds the words of keys first..end-1. */
static void
keys_add(const struct term_run *run, const struct term_list *keys, size_t first,
	 size_t end, uint8_t distance, struct term_matches *out)
{
	for (size_t i = first; i < end; i++) {
		struct term_match match = run_match(run, keys->number[i]);

		match.distance = distance;
		matches_add(out, match);
	}
}

/* The same for words that are their own keys. */
static void
plain_add(const struct term_run *run, size_t first, size_t end,
	  uint8_t distance, struct term_matches *out)
{
	for (size_t i = first; i < end; i++) {
		struct term_match match = run_match(run, i);

		match.distance = distance;
		if (run->flags[i] & TERM_PLAIN)
			matches_add(out, match);
	}
}

static void
list_add(const struct term_run *run, enum term_list_of list, size_t first,
	 size_t end, uint8_t distance, struct term_matches *out)
{
	if (list == TERM_WORDS)
		plain_add(run, first, end, distance, out);
	else
		keys_add(run, &run->list[list], first, end, distance, out);
}

void
term_list_key(const struct term_set *set, const char *key, size_t length,
	      bool prefix, struct term_matches *out)
{
	struct span start = { key, length };

	out->may_repeat |= set->count > 1;
	for (size_t r = 0; r < set->count; r++) {
		for (enum term_list_of l = 0; l < TERM_LISTS; l++) {
			const struct term_list *list = &set->runs[r]->list[l];
			size_t first = list_first(list, start), end = first;

			if (prefix)
				end = list_bound(list, first, start, true);
			else
				while (end < list->count &&
				       span_equal(list_text(list, end), start))
					end++;
			list_add(set->runs[r], l, first, end, 0, out);
		}
	}
}

/* The words of each run whose key begins so, by their numbers in order. */
struct key_words {
	const struct term_set *set;
	struct span key;
	uint32_t at[KEY_WORDS_MAX];
	size_t first[TERM_RUNS_MAX + 1]; /* where those of a run stand */
	size_t letters;			 /* of the longest beginning */
};

static int
number_compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The same for one list of one run; false: there are too many. */
static bool
key_words_of_list(struct key_words *words, const struct term_run *run,
		  enum term_list_of list_of, size_t *count)
{
	const struct term_list *list = &run->list[list_of];
	size_t i = list_first(list, words->key);
	size_t end = list_bound(list, i, words->key, true);

	if (end - i > KEY_WORDS_MAX - *count)
		return false;
	for (; i < end; i++) {
		if (list_of != TERM_WORDS)
			words->at[(*count)++] = list->number[i];
		else if (run->flags[i] & TERM_PLAIN)
			words->at[(*count)++] = (uint32_t)i;
	}
	return true;
}

static bool
key_words_find(struct key_words *words)
{
	size_t count = 0;

	for (size_t r = 0; r < words->set->count; r++) {
		words->first[r] = count;
		for (enum term_list_of l = 0; l < TERM_LISTS; l++) {
			if (!key_words_of_list(words, words->set->runs[r], l,
					       &count))
				return false;
		}
		if (count > words->first[r])
			qsort(words->at + words->first[r],
			      count - words->first[r], sizeof *words->at,
			      number_compare);
		words->first[r + 1] = count;
	}
	return true;
}

/* Whether the words first..end-1 of a run are all among those found. */
static bool
key_words_have(const struct key_words *words, size_t r, size_t first,
	       size_t end)
{
	size_t low = words->first[r], high = words->first[r + 1];
	size_t limit = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (words->at[middle] < first)
			low = middle + 1;
		else
			high = middle;
	}
	/* None is there twice, so the last one's place tells of all. */
	return end - first <= limit - low &&
	       (end == first || words->at[low + (end - first) - 1] == end - 1);
}

/* The same for all words, of all runs, that begin so. */
static bool
key_words_have_all(const struct key_words *words, struct span start)
{
	for (size_t r = 0; r < words->set->count; r++) {
		const struct term_list *list =
			&words->set->runs[r]->list[TERM_WORDS];
		size_t first = list_first(list, start);

		if (!key_words_have(words, r, first,
				    list_bound(list, first, start, true)))
			return false;
	}
	return true;
}

/* The shortest beginning of a found word that may stand for all that begin so;
 * of no length when there is none. */
static struct span
key_words_beginning(const struct key_words *words, struct span word)
{
	struct span start = { word.at, search_translit_begun(
					       word.at, word.length,
					       words->key.at,
					       words->key.length) };
	const char *at = word.at;
	size_t letters = 0;

	while (at < word.at + start.length) {
		utf8_next(&at, word.at + word.length);
		letters++;
	}
	for (; letters <= words->letters; letters++) {
		start.length = (size_t)(at - word.at);
		if (key_words_have_all(words, start))
			return start;
		if (start.length == word.length)
			break;
		utf8_next(&at, word.at + word.length);
	}
	return (struct span){ word.at, 0 };
}

/* The longest beginning that is tried of a word; of no length when the word is
 * shorter than that. */
static struct span
key_words_longest(const struct key_words *words, struct span word)
{
	const char *at = word.at, *end = word.at + word.length;
	size_t letters = 0;

	for (; letters < words->letters && at < end; letters++)
		utf8_next(&at, end);
	return (struct span){
		word.at, letters < words->letters ? 0 : (size_t)(at - word.at)
	};
}

static void
key_words_add(const struct key_words *words, size_t r, struct term_matches *out)
{
	const struct term_run *run = words->set->runs[r];
	const struct term_list *list = &run->list[TERM_WORDS];
	struct span alone = { "", 0 }; /* what begins so is added by itself */
	size_t i = words->first[r];

	while (i < words->first[r + 1]) {
		size_t first = words->at[i], end = first + 1;
		struct span word = list_text(list, first), start = { "", 0 };
		struct term_match match = run_match(run, first);

		if (alone.length == 0 || start_compare(word, alone) != 0)
			start = key_words_beginning(words, word);
		if (start.length > 0) {
			end = list_bound(list, first, start, true);
			match = run_range_match(run, first, end);
			match.text = start.at;
			match.length_bytes = (uint16_t)start.length;
		} else {
			alone = key_words_longest(words, word);
		}
		matches_add(out, match);
		i += end - first;
	}
}

void
term_list_key_begun(const struct term_set *set, const char *key, size_t length,
		    size_t letters, struct term_matches *out)
{
	struct key_words words = { .set = set,
				   .key = { key, length },
				   .letters = letters };

	if (!key_words_find(&words)) {
		term_list_key(set, key, length, true, out);
		return;
	}
	out->may_repeat |= set->count > 1;
	for (size_t r = 0; r < set->count; r++)
		key_words_add(&words, r, out);
}

/* A walk through one list. */
struct typo_walk {
	const struct term_run *run;
	enum term_list_of list_of;
	bool by_key; /* found texts are keys, not words */
	bool prefix;
	uint8_t edits;
	uint32_t typed[SEARCH_WORD_LETTERS_MAX];
	size_t typed_count;
	struct term_matches *out;

	/* The path: letters of the present word that have rows. */
	size_t depth;
	uint32_t letters[SEARCH_WORD_LETTERS_MAX];
	uint16_t bytes[SEARCH_WORD_LETTERS_MAX + 1];
	uint8_t budget[SEARCH_WORD_LETTERS_MAX + 1]; /* edits + 1; 0: none */
	struct search_row rows[SEARCH_WORD_LETTERS_MAX + 1];
};

static void
walk_found(const struct typo_walk *walk, size_t first, size_t bytes,
	   uint8_t distance, bool prefix)
{
	const struct term_list *list = &walk->run->list[walk->list_of];
	struct span start = { list_text(list, first).at, bytes };
	size_t end = prefix ? list_bound(list, first, start, true) : first + 1;
	struct term_match match;

	if (walk->by_key) {
		list_add(walk->run, walk->list_of, first, end, distance,
			 walk->out);
		return;
	}
	match = prefix ? run_range_match(walk->run, first, end)
		       : run_match(walk->run, first);
	match.text = start.at;
	match.length_bytes = (uint16_t)bytes;
	match.distance = distance;
	matches_add(walk->out, match);
}

/* How much of the path text `i` keeps of its predecessor's. */
static size_t
walk_common(const struct typo_walk *walk, struct span text, const char *before)
{
	size_t depth = 0;

	while (depth < walk->depth && walk->bytes[depth + 1] <= text.length &&
	       memcmp(before + walk->bytes[depth], text.at + walk->bytes[depth],
		      (size_t)(walk->bytes[depth + 1] - walk->bytes[depth])) ==
		       0)
		depth++;
	return depth;
}

/* Adds one letter to the path; false: nothing that begins so is near. */
static bool
walk_letter(struct typo_walk *walk, size_t i, struct span text)
{
	const char *at = text.at + walk->bytes[walk->depth];
	size_t j = walk->depth + 1;
	uint8_t budget = walk->budget[j - 1], here;

	walk->letters[j - 1] = utf8_next(&at, text.at + text.length);
	walk->bytes[j] = (uint16_t)(at - text.at);
	walk->depth = j;
	search_row_next(walk->rows, j, walk->typed, walk->typed_count,
			walk->letters);
	here = search_row_end(&walk->rows[j], j, walk->typed_count);
	if (walk->prefix && here < budget) {
		walk_found(walk, i, walk->bytes[j], here, true);
		budget = here;
	}
	walk->budget[j] = budget;
	return walk->rows[j].least < budget;
}

/* When the path has used up its edits, only a letter that was typed near this
 * place keeps it near: the one that stands there, or one changed over with its
 * neighbour. Gives the letter itself when it is such a one, else the next one
 * behind it; 0: none. */
static uint32_t
walk_letter_wanted(const struct typo_walk *walk, uint32_t letter)
{
	size_t j = walk->depth + 1;
	size_t i = j > SEARCH_BAND - 1 ? j - (SEARCH_BAND - 1) : 0;
	uint32_t wanted = 0;

	if (walk->rows[j - 1].least + 1 < walk->budget[j - 1])
		return letter;
	for (; i < walk->typed_count && i <= j + 1; i++) {
		if (walk->typed[i] >= letter &&
		    (wanted == 0 || walk->typed[i] < wanted))
			wanted = walk->typed[i];
	}
	return wanted;
}

/* Goes along text `i` while it is near. Gives `i`, or where to go on when it
 * cannot be near; then all between begins in a way that is not. */
static size_t
walk_along(struct typo_walk *walk, size_t i, struct span text)
{
	const struct term_list *list = &walk->run->list[walk->list_of];
	char next[SEARCH_WORD_LETTERS_MAX * 4 + 4];

	while (walk->bytes[walk->depth] < text.length &&
	       walk->depth < SEARCH_WORD_LETTERS_MAX) {
		size_t bytes = walk->bytes[walk->depth];
		const char *at = text.at + bytes;
		uint32_t letter = utf8_next(&at, text.at + text.length);
		uint32_t wanted = walk_letter_wanted(walk, letter);

		if (wanted == letter && walk_letter(walk, i, text))
			continue;
		if (wanted == letter || wanted == 0)
			return list_bound(
				list, i + 1,
				(struct span){ text.at,
					       walk->bytes[walk->depth] },
				true);
		memcpy(next, text.at, bytes);
		bytes += utf8_write(wanted, next + bytes);
		return list_bound(list, i + 1, (struct span){ next, bytes },
				  false);
	}
	return i;
}

static void
walk_list(struct typo_walk *walk)
{
	const struct term_list *list = &walk->run->list[walk->list_of];
	const char *before = NULL;
	size_t i = 0;

	search_row_first(&walk->rows[0], walk->typed_count);
	walk->depth = 0;
	walk->bytes[0] = 0;
	walk->budget[0] = (uint8_t)(walk->edits + 1);
	while (i < list->count) {
		struct span text = list_text(list, i);
		size_t next;

		walk->depth =
			before == NULL ? 0 : walk_common(walk, text, before);
		before = text.at;
		next = walk_along(walk, i, text);
		if (next != i) {
			i = next;
			continue;
		}
		if (!walk->prefix) {
			uint8_t distance =
				search_row_end(&walk->rows[walk->depth],
					       walk->depth, walk->typed_count);

			if (distance <= walk->edits)
				walk_found(walk, i, text.length, distance,
					   false);
		}
		i++;
	}
}

void
term_list_typo(const struct term_set *set, const char *word, size_t length,
	       uint8_t edits, bool prefix, struct term_matches *out)
{
	struct typo_walk walk = { .list_of = TERM_WORDS,
				  .prefix = prefix,
				  .edits = edits,
				  .out = out };

	out->may_repeat = true; /* with what the other walk finds */
	walk.typed_count = search_letters_of(word, length, walk.typed);
	for (size_t r = 0; r < set->count; r++) {
		walk.run = set->runs[r];
		walk_list(&walk);
	}
}

void
term_list_key_typo(const struct term_set *set, const char *key, size_t length,
		   uint8_t edits, bool prefix, bool typed_is_latin,
		   struct term_matches *out)
{
	struct typo_walk walk = {
		.by_key = true, .prefix = prefix, .edits = edits, .out = out
	};

	out->may_repeat = true; /* a path may lead to a word twice */
	walk.typed_count = search_letters_of(key, length, walk.typed);
	for (size_t r = 0; r < set->count; r++) {
		walk.run = set->runs[r];
		walk.list_of =
			typed_is_latin ? TERM_FOREIGN_KEYS : TERM_LATIN_KEYS;
		walk_list(&walk);
		if (typed_is_latin)
			continue;
		walk.list_of = TERM_WORDS;
		walk_list(&walk);
	}
}
