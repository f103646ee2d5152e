/* search.c - one place to assert, count and trace calls of search drivers, and
 * what is the same for all of them: suggestions and highlights. See search.h.
 */
#include "driver/search.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "base/clock.h"
#include "base/fold.h"
#include "driver/search_plan.h"
#include "driver/search_words.h"

void
search_driver_check(const struct search_driver *driver)
{
	assert(driver->name && driver->summary);
	assert(driver->open && driver->close && driver->state);
	assert(driver->update && driver->query && driver->reset);
	assert(driver->rebuild_begin && driver->rebuild_add);
	assert(driver->rebuild_commit && driver->rebuild_abort);
	assert(driver->tidy);
	(void)driver;
}

enum status
search_open(const struct search_driver *driver,
	    const struct search_open_args *args, struct search_index **out,
	    struct fault *fault)
{
	enum status status;

	search_driver_check(driver);
	status = driver->open(args, out, fault);
	if (status == STATUS_OK)
		(*out)->driver = driver;
	return status;
}

void
search_close(struct search_index *index)
{
	if (index != NULL)
		index->driver->close(index);
}

enum status
search_get_state(struct search_index *index, struct search_state *out,
		 struct fault *fault)
{
	return index->driver->state(index, out, fault);
}

enum status
search_update(struct search_index *index,
	      const struct search_document *documents, size_t count,
	      uint64_t after, uint64_t watermark, struct fault *fault)
{
	assert(after <= watermark);
	return index->driver->update(index, documents, count, after, watermark,
				     fault);
}

enum status
search_run(struct search_index *index, struct arena *arena,
	   const struct search_query *query, struct search_answer *out,
	   struct fault *fault)
{
	struct search_query bounded = *query;
	int64_t start_us = clock_monotonic_us();
	enum status status;

	if (bounded.kinds == 0)
		bounded.kinds = SEARCH_ALL_KINDS;
	bounded.kinds &= SEARCH_ALL_KINDS;
	if (bounded.limit > SEARCH_LIMIT_MAX)
		bounded.limit = SEARCH_LIMIT_MAX;
	if (bounded.offset > SEARCH_OFFSET_MAX)
		bounded.offset = SEARCH_OFFSET_MAX;
	if (bounded.count_up_to > SEARCH_TOTAL_MAX)
		bounded.count_up_to = SEARCH_TOTAL_MAX;
	status = index->driver->query(index, arena, &bounded, out, fault);
	if (status != STATUS_OK)
		return status;
	if (out->did_you_mean != NULL &&
	    search_title_hash(arena, span_of(out->did_you_mean)) ==
		    search_title_hash(arena, span_of(bounded.text)))
		out->did_you_mean = NULL;
	out->engine = index->driver->name;
	out->took_ms = (double)(clock_monotonic_us() - start_us) / 1e3;
	return STATUS_OK;
}

enum status
search_rebuild_begin(struct search_index *index, struct search_rebuild **out,
		     struct fault *fault)
{
	enum status status = index->driver->rebuild_begin(index, out, fault);

	if (status == STATUS_OK)
		(*out)->index = index;
	return status;
}

enum status
search_rebuild_add(struct search_rebuild *rebuild,
		   const struct search_document *documents, size_t count,
		   struct fault *fault)
{
	return rebuild->index->driver->rebuild_add(rebuild, documents, count,
						   fault);
}

enum status
search_rebuild_commit(struct search_rebuild *rebuild, uint64_t watermark,
		      struct fault *fault)
{
	return rebuild->index->driver->rebuild_commit(rebuild, watermark,
						      fault);
}

void
search_rebuild_abort(struct search_rebuild *rebuild)
{
	if (rebuild != NULL)
		rebuild->index->driver->rebuild_abort(rebuild);
}

enum status
search_reset(struct search_index *index, struct fault *fault)
{
	return index->driver->reset(index, fault);
}

enum status
search_tidy(struct search_index *index, struct fault *fault)
{
	return index->driver->tidy(index, fault);
}

#define POPULARITY_STEPS 1024

uint32_t
search_popularity_step(double popularity)
{
	double step;

	if (!(popularity > 0)) /* NaN too */
		return POPULARITY_STEPS - 1;
	step = floor(16 * log2(1 + popularity));
	return step >= POPULARITY_STEPS - 1
		       ? 0
		       : POPULARITY_STEPS - 1 - (uint32_t)step;
}

/* Steps of popularity that a kind is given in suggestions: three doublings for
 * artists, one for albums and playlists. */
static int
suggest_step(const struct search_hit *hit)
{
	static const int bonus[SEARCH_KINDS] = { 0, 16, 48, 16 };

	return (int)hit->step - bonus[hit->kind];
}

static int
suggest_compare(const void *a, const void *b)
{
	const struct search_hit *x = *(struct search_hit *const *)a;
	const struct search_hit *y = *(struct search_hit *const *)b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (suggest_step(x) != suggest_step(y))
		return suggest_step(x) < suggest_step(y) ? -1 : 1;
	if (x->kind != y->kind) /* artist, album, track */
		return x->kind > y->kind ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* What a person would take for the same line of the list. */
static const char *
suggest_identity(struct arena *arena, const struct search_hit *hit)
{
	return arena_print(
		arena, "%d\n%s\n%s", (int)hit->kind,
		fold_identity(arena, hit->title),
		hit->artist == NULL ? "" : fold_identity(arena, hit->artist));
}

static bool
suggest_is_new(const char *const *seen, size_t count, const char *identity)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(seen[i], identity) == 0)
			return false;
	}
	return true;
}

static void
suggest_choose(struct arena *arena, uint32_t limit,
	       struct search_suggestions *out)
{
	struct search_answer *answer = &out->answer;
	struct search_hit **hits = arena_new(arena, struct search_hit *,
					     SEARCH_KINDS * SEARCH_LIMIT_MAX);
	const char **seen = arena_new(arena, const char *, limit);
	size_t count = 0;

	for (int kind = 0; kind < SEARCH_KINDS; kind++) {
		for (size_t i = 0; i < answer->found[kind].count; i++)
			hits[count++] = &answer->found[kind].hits[i];
	}
	qsort(hits, count, sizeof(struct search_hit *), suggest_compare);
	out->hits = arena_new(arena, struct search_hit, limit);
	for (size_t i = 0; i < count && out->count < limit; i++) {
		const char *identity = suggest_identity(arena, hits[i]);

		if (!suggest_is_new(seen, out->count, identity))
			continue;
		seen[out->count] = identity;
		out->hits[out->count++] = *hits[i];
	}
}

enum status
search_suggest(struct search_index *index, struct arena *arena,
	       const char *text, uint32_t limit, struct search_suggestions *out,
	       struct fault *fault)
{
	struct search_suggestions suggestions = { 0 };
	struct search_query query = { .text = text, .want_text = true };
	enum status status;

	if (limit > SEARCH_SUGGEST_MAX)
		limit = SEARCH_SUGGEST_MAX;
	/* Some more than wanted, for those that turn out to be the same. */
	query.limit = limit * 2;
	status = search_run(index, arena, &query, &suggestions.answer, fault);
	if (status != STATUS_OK)
		return status;
	suggest_choose(arena, limit, &suggestions);
	*out = suggestions;
	return STATUS_OK;
}

/* The answer's pattern that takes most of the word; gives how many letters of
 * it, 0 for none. */
static size_t
word_matched_letters(const struct search_word *word,
		     const struct search_answer *answer, enum search_rank rank)
{
	size_t most = 0;

	for (size_t i = 0; i < answer->pattern_count; i++) {
		const struct search_pattern *pattern = &answer->patterns[i];
		const char *at = pattern->text;
		const char *end = at + pattern->length_bytes;
		size_t letters = 0;

		if (pattern->rank > rank ||
		    !search_pattern_matches(pattern, word))
			continue;
		if (!pattern->prefix)
			return word->letters;
		for (; at < end; letters++)
			utf8_next(&at, end);
		/* A slip may hide the last letters that were typed. */
		if (pattern->rank >= SEARCH_TYPO &&
		    word->letters <= letters + 2)
			letters = word->letters;
		most = letters > most ? letters : most;
	}
	return most;
}

/* Where the first `letters` folded letters of a word end in the original. Each
 * beginning is folded anew: one letter may fold into several (ß) or none. */
static size_t
word_matched_end(struct arena *arena, const char *text,
		 const struct search_word *word, size_t letters)
{
	const char *start = text + word->start, *end = text + word->end;
	const char *at = start;
	size_t bytes = 0;

	for (const char *f = word->text; letters > 0; letters--) {
		utf8_next(&f, word->text + word->length_bytes);
		bytes = (size_t)(f - word->text);
	}
	while (at < end) {
		struct search_words part = { 0 };
		size_t got;

		utf8_next(&at, end);
		search_words_add(arena,
				 (struct span){ start, (size_t)(at - start) },
				 SEARCH_WORDS_OF_QUERY, &part);
		got = 0;
		for (size_t i = 0; i < part.count; i++)
			got += part.at[i].length_bytes;
		if (got >= bytes)
			break;
	}
	return (size_t)(at - text);
}

/* Sets marks[i] for every byte of `text` that is matched. */
static void
marks_set(struct arena *arena, const char *text,
	  const struct search_answer *answer, enum search_rank rank,
	  char *marks)
{
	struct search_words words = { 0 };

	search_words_add(arena, span_of(text), SEARCH_WORDS_OF_DOCUMENT,
			 &words);
	for (size_t i = 0; i < words.count; i++) {
		const struct search_word *word = &words.at[i];
		size_t letters = word_matched_letters(word, answer, rank);
		size_t end = word->end;

		if (letters == 0)
			continue;
		if (letters < word->letters)
			end = word_matched_end(arena, text, word, letters);
		memset(marks + word->start, 1, end - word->start);
	}
}

/* A grapheme of which a byte is marked is marked whole. NULL iterator: every
 * code point is taken for one. */
static void
marks_widen(const char *text, size_t length, char *marks)
{
	UErrorCode code = U_ZERO_ERROR;
	UText wide = UTEXT_INITIALIZER;
	UBreakIterator *graphemes;
	int32_t start = 0, end;

	utext_openUTF8(&wide, text, (int64_t)length, &code);
	graphemes = ubrk_open(UBRK_CHARACTER, "", NULL, 0, &code);
	if (U_SUCCESS(code))
		ubrk_setUText(graphemes, &wide, &code);
	while (U_SUCCESS(code) && (end = ubrk_next(graphemes)) != UBRK_DONE) {
		size_t count = (size_t)(end - start);

		if (memchr(marks + start, 1, count) != NULL)
			memset(marks + start, 1, count);
		start = end;
	}
	if (graphemes != NULL)
		ubrk_close(graphemes);
	utext_close(&wide);
}

/* ASCII and Cyrillic without combining marks: every code point is a grapheme,
 * but for CR LF. */
static bool
is_plain(const char *text)
{
	for (; *text != 0; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == 0x0D || (c >= 0xC0 && c != 0xD0 && c != 0xD1))
			return false;
	}
	return true;
}

static char *
utf8_repair(struct arena *arena, const char *text)
{
	const char *at = text, *end = text + strlen(text);
	char *good = arena_alloc(arena, (size_t)(end - at) * 3 + 1);
	char *out = good;

	while (at < end)
		out += utf8_write(utf8_next(&at, end), out);
	*out = '\0';
	return good;
}

size_t
search_highlight(struct arena *arena, const char *text,
		 const struct search_answer *answer, enum search_rank rank,
		 struct search_segment **out)
{
	size_t length = strlen(text), count = 0;
	struct search_segment *segments;
	char *marks;

	if (rank < SEARCH_EXACT)
		rank = SEARCH_EXACT;
	if (!utf8_valid(text, length)) {
		text = utf8_repair(arena, text);
		length = strlen(text);
	}
	marks = arena_alloc(arena, length + 1);
	segments = arena_new(arena, struct search_segment, length + 1);
	marks_set(arena, text, answer, rank, marks);
	if (!is_plain(text))
		marks_widen(text, length, marks);
	for (size_t i = 0; i < length; i++) {
		if (i == 0 || marks[i] != marks[i - 1])
			segments[count++] =
				(struct search_segment){ { text + i, 0 },
							 marks[i] != 0 };
		segments[count - 1].text.length++;
	}
	*out = segments;
	return count;
}
